"""Words that may designate a person are shown to their writer before they are sent, on every form that says some."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.models import Incident, Remark
from sectors.scope import scope_of

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
DOUBTFUL = "Voir M. Durand au rez-de-chaussée"
BOX = re.compile(r'name="([\w-]+-read_again)" value="([\w-]+)"( checked)?')


@pytest.fixture
def row(reported: Callable[..., Incident]) -> Incident:
    return reported()


def closed(row: Incident, person: Callable[[str], User]) -> None:
    by: dict[str, Any] = {"author": person("referent_a"), "scope": scope_of(person("referent_a"), timezone.now())}
    changes.take(incident=row, **by)
    changes.change_status(incident=row, to="repondue", answer="Une ronde passe.", **by)
    changes.change_status(incident=row, to="close", **by)


def nothing(row: Incident, person: Callable[[str], User]) -> None: ...


# (who, step, how it came to it, what is sent with the doubtful text, its member)
FORMS = [
    ("partner_a", "repondre", nothing, {}, "text"),
    ("partner_a", "satisfaction", closed, {"answer": "non"}, "comment"),
    ("partner_a", "rouvrir", closed, {}, "reason"),
    ("referent_a", "agir/ecrire", nothing, {}, "ecrire-text"),
    ("referent_a", "agir/noter", nothing, {}, "noter-text"),
    ("referent_a", "agir/proposer", nothing, {"proposer-to_post": "gap-economique"}, "proposer-reason"),
    ("referent_a", "agir/ecarter", nothing, {}, "ecarter-reason"),
    ("referent_a", "agir/transmettre", nothing, {"transmettre-to": "mairie", "transmettre-recipient": "Mairie"},
     "transmettre-reason"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "step", "before", "more", "member"), FORMS)
def test_asked_once_and_then_sent(
    seen_by: Seen, person: Any, row: Incident, who: str, step: str, before: Any, more: Any, member: str
) -> None:
    before(row, person)
    client, path = seen_by(who), f"/preoccupations/{row.reference}/{step}/"
    page = client.post(path, {**more, member: DOUBTFUL})
    assert page.status_code == 200
    shown = page.content.decode()
    assert "<mark>M. Durand</mark>" in shown
    assert f'href="#id_{member}"' in shown, "the summary leads to the field"
    ((name, mark, checked),) = BOX.findall(shown)
    assert (name, checked) == (f"{member}-read_again", "")
    # Read again is this text and no other.
    other = client.post(path, {**more, member: "Voir M. Martin", name: mark})
    assert "<mark>M. Martin</mark>" in other.content.decode()
    assert client.post(path, {**more, member: DOUBTFUL, name: mark}).status_code == 302


def test_what_is_certain_cannot_be_confirmed(seen_by: Seen, row: Incident) -> None:
    page = seen_by("partner_a").post(
        f"/preoccupations/{row.reference}/repondre/", {"text": "Appelez le 06 12 34 56 78"}
    )
    assert not BOX.findall(page.content.decode())
    assert not Remark.objects.exists()


def test_an_answer_read_again_stays_so_while_it_is_read_over(seen_by: Seen, person: Any, row: Incident) -> None:
    by: dict[str, Any] = {"author": person("referent_a"), "scope": scope_of(person("referent_a"), timezone.now())}
    changes.take(incident=row, **by)
    client, path = seen_by("referent_a"), f"/preoccupations/{row.reference}/agir/repondre/"
    ((name, mark, _),) = BOX.findall(client.post(path, {"repondre-answer": DOUBTFUL}).content.decode())
    page = client.post(path, {"repondre-answer": DOUBTFUL, name: mark, "preview": "1"}).content.decode()
    assert 'id="preview-title"' in page
    assert BOX.findall(page) == [(name, mark, " checked")]
