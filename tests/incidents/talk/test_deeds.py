"""What was done about a concern: written down by its desk, kept in its timeline, and told to nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import AccessLog
from incidents import changes, timeline
from incidents.models import Deed, Remark
from incidents.models.remark import LONGEST_REMARK
from incidents.words import DEEDS
from messaging.models import Message
from ogcapi.geojson import Refused

pytestmark = pytest.mark.django_db
DONE: dict[str, Any] = {"deed": "passage", "done_on": date(2026, 11, 20), "text": "Passage à 22 h, hall calme."}


def test_every_kind_has_its_words():
    assert set(DEEDS) == set(Deed.values)


def test_what_was_done_stays_in_the_timeline_of_the_desk_alone(row, by):
    before = Message.objects.count()
    made = changes.record_deed(incident=row, **DONE, **by("referent_a"))
    assert (made.internal, made.side, made.deed, made.done_on) == (True, "desk", "passage", DONE["done_on"])
    assert Message.objects.count() == before
    assert AccessLog.objects.latest("pk").operation == "incident.deed"
    (entry,) = [each for each in timeline.of(row, by("referent_a")["scope"]) if each.deed]
    assert (entry.kind, entry.internal, entry.text) == ("remark", True, "Passage à 22 h, hall calme.")
    assert entry.title == "Passage d’une patrouille, le 20 novembre 2026"
    assert DONE["text"] not in [each.text for each in timeline.of(row, by("partner_a")["scope"])]


def test_a_reply_still_waits_for_a_word(row, by):
    changes.remark(incident=row, text="Cela continue", **by("partner_a"))
    changes.record_deed(incident=row, **DONE, **by("referent_a"))
    row.refresh_from_db()
    assert row.replied_at is not None


@pytest.mark.parametrize("who", ["partner_a", "referent_b", "mayor_gap", "administrator"])
def test_nobody_but_the_desk_writes_it_down(row, by, who):
    with pytest.raises(PermissionDenied):
        changes.record_deed(incident=row, **DONE, **by(who))
    assert not Remark.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"deed": "arrestation"}, "deed", "unknown_deed"),
        ({"deed": ""}, "deed", "unknown_deed"),
        ({"done_on": date(2026, 11, 24)}, "done_on", "not_yet"),
        ({"done_on": date(2025, 11, 1)}, "done_on", "too_long_ago"),
        ({"text": "  "}, "text", "required"),
        ({"text": "x" * (LONGEST_REMARK + 1)}, "text", "too_long"),
        ({"text": "Vu la plaque AB-123-CD"}, "text", "personal_data"),
    ],
)
def test_what_could_not_have_been_done_is_refused_in_its_field(row, by, changed, field, code):
    with pytest.raises(Refused) as refused:
        changes.record_deed(incident=row, **DONE | changed, **by("referent_a"))
    assert (refused.value.status, refused.value.errors[0].field, refused.value.errors[0].code) == (422, field, code)


def test_today_and_the_days_before_it_was_reported_are_taken(row, by, monday):
    for day in (monday.date(), row.reported_at.date() - timedelta(days=30)):
        changes.record_deed(incident=row, **DONE | {"done_on": day}, **by("referent_a"))


@pytest.mark.parametrize("wrong", [{"internal": False}, {"done_on": None}, {"deed": ""}, {"deed": "vol"}])
def test_the_database_holds_it_too(row, by, monday, wrong):
    facts = {"incident": row, "at": monday, "author": by("referent_a")["author"], "side": "desk", "internal": True}
    Remark.objects.create(**facts, **DONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.create(**facts | DONE | wrong)


def test_the_api_tells_it_to_the_desk(row, by, client_of):
    changes.record_deed(incident=row, **DONE, **by("referent_a"))
    address = f"/api/incidents/{row.reference}/timeline/"
    titles = [each["title"] for each in client_of("referent_a").get(address).json()["entries"]]
    assert "Passage d’une patrouille, le 20 novembre 2026" in titles
    assert not any("patrouille" in each["title"] for each in client_of("partner_a").get(address).json()["entries"])
