"""Whatever is said of a concern later is screened as its report is: what may be of a person is told, and taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from incidents import changes
from incidents.models import Incident
from sectors.scope import scope_of
from tests.incidents.sending import ADDRESS, BRIANCON, reported

pytestmark = pytest.mark.django_db
DOUBTFUL = "Voir M. Durand au rez-de-chaussée"
By = Callable[[str], dict[str, Any]]


@pytest.fixture
def by(person: Callable[[str], User], monday: Any, settings: Any) -> By:
    settings.THROTTLES = False
    return lambda name: {"author": person(name), "scope": scope_of(person(name), monday)}


@pytest.fixture
def row(person: Callable[[str], User], monday: Any) -> Incident:
    return reported(person("partner_a"), monday)


def taken(row: Incident, by: By) -> None:
    changes.take(incident=row, **by("referent_a"))


def answered(row: Incident, by: By) -> None:
    taken(row, by)
    changes.change_status(incident=row, to="repondue", answer="Une ronde passe.", **by("referent_a"))


def closed(row: Incident, by: By) -> None:
    answered(row, by)
    changes.change_status(incident=row, to="close", **by("referent_a"))


def offered(row: Incident, by: By) -> None:
    changes.offer(incident=row, to_post="gap-economique", reason="Zone commerciale", **by("referent_a"))


def nothing(row: Incident, by: By) -> None: ...


# (who, address, how it came to it, what is sent with the doubtful text, its member)
SAID = [
    ("partner_a", "messages", nothing, {}, "text"),
    ("referent_a", "messages", nothing, {}, "text"),
    ("referent_a", "messages", nothing, {"internal": True}, "text"),
    ("referent_a", "status", taken, {"status": "repondue"}, "answer"),
    ("referent_a", "status", nothing, {"status": "non_retenue"}, "reason"),
    ("partner_a", "status", closed, {"status": "rouverte"}, "reason"),
    ("referent_a", "transfers", nothing, {"decision": "offer", "to": "gap-economique"}, "reason"),
    ("referent_b", "transfers", offered, {"decision": "refuse"}, "reason"),
    ("referent_a", "transfers", nothing, {"decision": "hand_over", "to": "mairie", "recipient": "Mairie"}, "reason"),
    ("partner_a", "satisfaction", closed, {"answer": "non"}, "comment"),
    ("mayor_gap", "support", nothing, {}, "note"),
    ("partner_a", "move", nothing, {"coordinates": [6.0787, 44.5595]}, "reason"),
    ("partner_a", "move", nothing, {"coordinates": list(BRIANCON)}, "reason"),
]


@pytest.mark.parametrize(("who", "where", "before", "more", "member"), SAID)
def test_what_may_be_of_a_person_is_told(
    client_of: Any, row: Incident, by: By, who: str, where: str, before: Any, more: Any, member: str
) -> None:
    before(row, by)
    path = f"{ADDRESS}{row.reference}/{where}/"
    answer = client_of(who).post(path, {**more, member: DOUBTFUL}, content_type="application/json")
    assert answer.status_code in {200, 201}, answer.content
    (warning,) = answer.json()["warnings"]
    assert (warning["field"], warning["code"]) == (member, "personal_data_suspected")
    assert "6 à 14" in warning["message"]
    assert "warnings" not in client_of("referent_a").get(f"{ADDRESS}{row.reference}/").json()


def test_of_a_merge_as_well(client_of: Any, row: Incident, person: Any, monday: Any, by: By) -> None:
    other = reported(person("mayor_gap"), monday)
    path = f"{ADDRESS}{other.reference}/group/"
    for sent in ({"decision": "merge", "into": row.reference}, {"decision": "separate"}):
        answer = client_of("referent_a").post(path, {**sent, "reason": DOUBTFUL}, content_type="application/json")
        assert [each["field"] for each in answer.json()["warnings"]] == ["reason"]


def test_nothing_is_told_of_plain_words(client_of: Any, row: Incident, by: By) -> None:
    path = f"{ADDRESS}{row.reference}/messages/"
    answer = client_of("partner_a").post(path, {"text": "Encore hier soir"}, content_type="application/json")
    assert "warnings" not in answer.json()
