"""Hostile texts in every text of every JSON document that a program sends: taken as text or refused, nothing else.

What is stored is asked for in test_payloads and test_payloads_said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection
from django.utils import timezone

from incidents import changes
from partnership import changes as partnership
from sectors.scope import scope_of
from tests.assault import BREAKING, MOST_S, TABLE, Assault
from tests.authorisation.addresses import addresses, problem_of
from tests.authorisation.people import Scene
from tests.authorisation.stage import set_scene, stage
from tests.authorisation.table import SOON
from tests.data.hostile.texts import TEXTS
from tests.incidents.life.living import brought
from tests.incidents.sending import reported

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
WORK: Final = "api/problems/<reference:reference>/"
CONCERN: Final = "api/incidents/<reference:reference>/"
# Members that are kept as they are written; the others are codes.
FREE: Final = {
    "description",
    "external_reference",
    "reason",
    "answer",
    "recipient",
    "text",
    "comment",
    "note",
    "title",
    "details",
    "place",
}
OTHER: Final = "the reference of another concern"


def leaves(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a JSON document holds a text."""
    match document:
        case dict():
            for name, inner in document.items():
                yield from leaves(inner, (*at, name))
        case list():
            for index, inner in enumerate(document):
                yield from leaves(inner, (*at, index))
        case str():
            yield at


def untouched(scene: Scene) -> None:
    """The concern as it was reported."""


def taken(scene: Scene) -> None:
    """Somebody has it in charge."""
    brought(scene.incident, scene.users["hol"], "prise_en_charge")


def closed(scene: Scene) -> None:
    """Its reporter is asked whether it is settled."""
    brought(scene.incident, scene.users["hol"], "close")


def offered(scene: Scene) -> None:
    """The next référent is asked to take it."""
    changes.offer(incident=scene.incident, to_post="gap-economique", reason="Zone commerciale", **_holder(scene))


def handed(scene: Scene) -> None:
    """The town hall was told of it."""
    changes.hand_over(incident=scene.incident, to="mairie", recipient="Mairie", reason="Éclairage", **_holder(scene))


def worked_on(scene: Scene) -> None:
    """The group has retained the problem."""
    partnership.retain(problem=problem_of(scene), **_holder(scene))


def _holder(scene: Scene) -> dict[str, Any]:
    return {"author": scene.users["hol"], "scope": scope_of(scene.users["hol"], timezone.now())}


@dataclass(frozen=True)
class Sent:
    """A document that is taken, who sends it, where, and how the concern stands by then."""

    address: str
    document: dict[str, Any]
    who: str = "hol"
    before: Callable[[Scene], None] = untouched
    # Can a text that is sent for a code not go with how things stand?
    may_conflict: bool = False


REPORT: Final = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [6.0786, 44.5594]},
    "properties": {
        "category": "tapage", "description": "Bruit chaque soir", "occurred_at": "2026-11-20T23:10:00+01:00",
        "external_reference": "B-17",
    },
}  # fmt: skip
PROBLEM: Final = {
    "type": "Feature",
    "geometry": {
        "type": "Polygon", "coordinates": [[[6.078, 44.559], [6.08, 44.559], [6.08, 44.561], [6.078, 44.559]]],
    },
    "properties": {
        "title": "Bruit", "family": "tranquillite", "description": "Chaque soir", "recurrence": "isolee",
        "post": "gap-hyper-centre",
    },
}  # fmt: skip
DOCUMENTS: Final = {
    "report": Sent("api/incidents/", REPORT, "own"),
    "move": Sent(f"{CONCERN}move/", {"coordinates": [6.0787, 44.5595], "reason": "Mauvaise adresse"}),
    "batch": Sent("api/locate/batch/", {"points": [[6.0786, 44.5594]], "category": "tapage", "at": "2026-03-01"}),
    "answer": Sent(f"{CONCERN}status/", {"status": "repondue", "answer": "Une ronde passe."}, before=taken),
    "set aside": Sent(f"{CONCERN}status/", {"status": "non_retenue", "reason": "Hors du champ"}),
    "suspend": Sent(f"{CONCERN}status/", {"status": "suspendue", "reason": "travaux_en_cours"}, before=taken),
    "reopen": Sent(f"{CONCERN}status/", {"status": "rouverte", "reason": "Encore"}, "own", closed),
    "offer": Sent(f"{CONCERN}transfers/", {"decision": "offer", "to": "gap-economique", "reason": "Zone commerciale"}),
    "refuse": Sent(f"{CONCERN}transfers/", {"decision": "refuse", "reason": "Pas chez moi"}, "nei", offered),
    "assign": Sent(
        f"{CONCERN}transfers/", {"decision": "assign", "to": "gap-economique", "reason": "Au suivant"}, "dir"
    ),
    "hand over": Sent(
        f"{CONCERN}transfers/", {"decision": "hand_over", "to": "mairie", "recipient": "Mairie", "reason": "Éclairage"}
    ),
    "acknowledge": Sent(
        f"{CONCERN}transfers/",
        {"decision": "acknowledge", "to": "mairie", "reason": "Reçu"},
        before=handed,
        may_conflict=True,
    ),
    "message": Sent(f"{CONCERN}messages/", {"text": "Encore hier"}, "own"),
    "note": Sent(f"{CONCERN}messages/", {"text": "Entre nous", "internal": True}),
    "rate": Sent(
        f"{CONCERN}satisfaction/", {"answer": "non", "comment": "Le bruit continue", "stage": "closing"}, "own", closed
    ),
    "support": Sent(f"{CONCERN}support/", {"note": "Chez nous aussi", "partner": "shop"}, "ally"),
    "propose": Sent("api/problems/", PROBLEM, "own"),
    "retain": Sent(WORK, {"decision": "retain", "recurrence": "installee"}),
    "contribute": Sent(
        WORK, {"decision": "contribute", "phase": "analyse", "text": "Vu", "partner": "bailleur"}, "own", worked_on
    ),
    "give": Sent(
        WORK,
        {"decision": "give", "title": "Fermer", "details": "Le soir", "due_on": SOON, "owner": "bailleur"},
        before=worked_on,
    ),
    "plan": Sent(
        "api/meetings/",
        {
            "group": "gpo-gap-hyper-centre",
            "place": "Mairie",
            "begins_at": f"{SOON}T14:00:00+01:00",
            "ends_at": f"{SOON}T16:00:00+01:00",
        },
    ),
    "add point": Sent("api/meetings/<reference:reference>/", {"decision": "add_point", "title": "Agenda"}),
    "begin": Sent(
        "api/editions/", {"note": "Hiver", "model": "05-2026-01", "territory": "05"}, "adm", may_conflict=True
    ),
    "merge": Sent(f"{CONCERN}group/", {"decision": "merge", "into": OTHER, "reason": "Le même bruit"}),
}


def test_every_address_that_takes_a_document_is_asked():
    """Those of programs; photos are no text, and what is done to a draft holds a number, a day and references."""
    taking = {each for each in addresses() if each.startswith("api/") and "POST" in TABLE.get(each, {})}
    assert taking - {f"{CONCERN}photos/", "api/editions/<slug:code>/<slug:verb>/"} == {
        each.address for each in DOCUMENTS.values()
    }


@pytest.fixture
def hurried(stage: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{MOST_S:.0f}s'")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_texts_in_every_text_of_a_document(stage: Scene, name: str) -> None:
    sent = DOCUMENTS[name]
    # Of two concerns the one that is due first is kept.
    kept = reported(stage.users["own"], timezone.now() - timedelta(days=9)).reference if name == "merge" else ""
    sent.before(stage)
    right = json.dumps(sent.document).replace(OTHER, kept)
    against = Assault(stage, sent.address, sent.who)
    answer = against.send(f"{name} as it should be", "POST", against.path, right.encode(), "application/json")
    assert answer.status_code in {200, 201}, (name, answer.content)
    for at in leaves(sent.document):
        for case in TEXTS if at[-1] in FREE else BREAKING:
            text = TEXTS[case]
            document = json.loads(right)
            inner = document
            for step in at[:-1]:
                inner = inner[step]
            inner[at[-1]] = text
            body = json.dumps(document).encode()
            response = against.send(f"{name} {at}: {case}", "POST", against.path, body, "application/json")
            assert response.status_code in {200, 201, 400, 422} | ({409} if sent.may_conflict else set()), (at, case)
            if "\x00" in text:
                assert response.status_code == 400, (at, case)
