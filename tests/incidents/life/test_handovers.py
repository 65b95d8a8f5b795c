"""Handed over outside: to whom, why, and whether they say that it has arrived; nothing else of the concern changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AccessLog
from incidents import changes
from incidents.models import Handover, HandoverTo, Incident
from ogcapi.geojson import Refused
from tests.incidents.life.living import brought

pytestmark = pytest.mark.django_db
WHOM: dict[str, Any] = {"to": "mairie", "recipient": "Service propreté", "reason": "Dépôt sur la voie publique"}


def refusal(call, **given) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        call(**given)
    return refused.value.status, refused.value.code


@pytest.mark.parametrize("to", HandoverTo.values)
@pytest.mark.parametrize("who", ["referent_a", "director"])
def test_told_and_acknowledged(row, by, person, monday, who, to):
    made = changes.hand_over(incident=row, **{**WHOM, "to": to}, **by(who))
    assert (made.to, made.recipient, made.reason, made.at, made.author) == (
        to, WHOM["recipient"], WHOM["reason"], monday, person(who),
    )  # fmt: skip
    stored = Incident.objects.get()
    assert (stored.status, stored.post, stored.due_at) == (row.status, row.post, row.due_at)
    logged = AccessLog.objects.order_by("-pk")[0]
    assert (logged.operation, logged.recipient) == ("incident.handover", f"{to}: Service propreté")
    later = monday + timedelta(days=2)
    changes.acknowledge(incident=row, to=to, note="Reçu sous le n° 12", at=later, **by(who))
    kept = Handover.objects.get()
    assert (kept.acknowledged_at, kept.acknowledged_by, kept.acknowledgement) == (
        later, person(who), "Reçu sous le n° 12",
    )  # fmt: skip
    assert AccessLog.objects.order_by("-pk")[0].operation == "incident.acknowledge"
    assert refusal(changes.acknowledge, incident=row, to=to, **by(who)) == (409, "nothing_handed_over")


def test_the_same_hands_are_not_asked_twice_before_they_answer(row, by):
    changes.hand_over(incident=row, **WHOM, **by("referent_a"))
    assert refusal(changes.hand_over, incident=row, **WHOM, **by("referent_a")) == (409, "already_handed_over")
    changes.hand_over(incident=row, **{**WHOM, "to": "clspd"}, **by("referent_a"))
    changes.acknowledge(incident=row, to="mairie", **by("referent_a"))
    changes.hand_over(incident=row, **WHOM, **by("referent_a"))
    assert Handover.objects.count() == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": "parquet"}, "unknown_recipient"),
        ({"recipient": " "}, "recipient_required"),
        ({"recipient": "x" * 161}, "too_long"),
        ({"recipient": "Appeler le 06 12 34 56 78"}, "personal_data"),
        ({"reason": ""}, "reason_required"),
        ({"reason": "Vu AB-123-CD"}, "personal_data"),
    ],
)
def test_what_is_written_is_checked(row, by, given, code):
    assert refusal(changes.hand_over, incident=row, **{**WHOM, **given}, **by("referent_a")) == (422, code)
    assert Handover.objects.count() == 0


@pytest.mark.parametrize("status", ["repondue", "close", "non_retenue"])
def test_what_is_settled_is_not_handed_over(row, by, person, status):
    brought(row, person("referent_a"), status)
    assert refusal(changes.hand_over, incident=row, **WHOM, **by("referent_a")) == (409, "already_settled")


@pytest.mark.parametrize("who", ["referent_b", "partner_a", "mayor_gap", "gendarme", "administrator", "auditor"])
def test_only_the_desk_hands_over_and_acknowledges(row, by, who):
    with pytest.raises(PermissionDenied):
        changes.hand_over(incident=row, **WHOM, **by(who))
    changes.hand_over(incident=row, **WHOM, **by("referent_a"))
    with pytest.raises(PermissionDenied):
        changes.acknowledge(incident=row, to="mairie", **by(who))
    assert Handover.objects.get().acknowledged_at is None
