"""Merged and separated: one is dealt with, the other follows, and everything is as before when that was wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AccessLog
from incidents import changes
from incidents.models import Escalation, Incident, Merge, Suspension
from ogcapi.geojson import Refused
from sectors.models import Territory
from tests.incidents.life.living import ANSWER, brought, moved
from tests.incidents.sending import GAP_HOUSING, reported

pytestmark = pytest.mark.django_db
WHY = "Même hall, mêmes soirs"


@pytest.fixture
def merged(row, other, by) -> Merge:
    return changes.merge(kept=row, merged=other, reason=WHY, **by("referent_a"))


def refusal(call, **given) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        call(**given)
    return refused.value.status, refused.value.code


def as_it_is(incident: Incident) -> tuple[Any, ...]:
    found = Incident.objects.get(pk=incident.pk)
    return tuple(
        getattr(found, name)
        for name in ("status", "post_id", "due_on", "due_at", "policy_version", "description", "location", "author_id",
                     "partner_id", "merged_into_id", "co_reader_posts", "support_count")
    )  # fmt: skip


def test_a_merge_is_recorded_and_the_reporter_told(row, other, told, merged, person, monday):
    stored = Incident.objects.get(pk=other.pk)
    assert (stored.merged_into, merged.kept, merged.author, merged.reason) == (row, row, person("referent_a"), WHY)
    assert set(Incident.objects.on_desk()) == {row}
    assert Incident.objects.get(pk=row.pk).support_count == 1
    entry = AccessLog.objects.latest("pk")
    assert (entry.operation, entry.reference, entry.recipient) == (
        "incident.merge", f"incident:{other.reference}", row.reference,
    )  # fmt: skip
    letter = told()["maire.gap"]
    assert "21 décembre 2026" in letter.body
    # Which other concern it is, is not the town's to know.
    assert row.reference not in letter.body


def test_it_takes_the_status_of_the_one_kept_and_follows_it(row, other, by, person, told):
    brought(row, person("referent_a"), "prise_en_charge")
    changes.merge(kept=row, merged=other, **by("referent_a"))
    assert Incident.objects.get(pk=other.pk).status == "prise_en_charge"
    told()
    moved(row, person("referent_a"), "repondue")
    assert Incident.objects.get(pk=other.pk).status == "repondue"
    letters = told()
    assert set(letters) == {"partenaire.bailleur", "maire.gap"}
    assert ANSWER in letters["maire.gap"].body
    assert other.reference in letters["maire.gap"].subject


def test_a_stopped_clock_stops_both_and_each_keeps_its_own(row, other, by, person, monday):
    brought(row, person("referent_a"), "prise_en_charge")
    changes.merge(kept=row, merged=other, **by("referent_a"))
    until = (monday + timedelta(days=7)).date()
    moved(row, person("referent_a"), "suspendue", until=until)
    assert set(Suspension.objects.values_list("incident", "until")) == {(row.pk, until), (other.pk, until)}
    moved(row, person("referent_a"), "prise_en_charge", at=monday + timedelta(days=7))
    kept, follower = Incident.objects.order_by("pk")
    assert {kept.status, follower.status} == {"prise_en_charge"}
    assert (kept.due_on - row.due_on, follower.due_on - other.due_on) == (timedelta(days=7), timedelta(days=7))


@pytest.mark.parametrize("steps", [(), ("qualifiee", "prise_en_charge"), ("qualifiee", "prise_en_charge", "repondue")])
def test_unmerged_all_is_as_before(row, other, by, person, told, steps):
    moved(other, person("referent_a"), "qualifiee")
    before = as_it_is(other)
    changes.merge(kept=row, merged=other, **by("referent_a"))
    for step in steps:
        moved(row, person("referent_a"), step)
    told()
    ended = changes.unmerge(incident=Incident.objects.get(pk=other.pk), reason="Autre immeuble", **by("referent_a"))
    assert as_it_is(other) == before
    assert (ended.undone_by, ended.undone_reason) == (person("referent_a"), "Autre immeuble")
    assert Incident.objects.get(pk=row.pk).support_count == 0
    assert "21 décembre 2026" in told()["maire.gap"].body
    # It follows no more.
    if not steps:
        moved(row, person("referent_a"), "qualifiee")
        moved(row, person("referent_a"), "prise_en_charge")
        assert Incident.objects.get(pk=other.pk).status == "qualifiee"
    # And it may be merged again: both stay on record.
    elif "repondue" not in steps:
        changes.merge(kept=row, merged=Incident.objects.get(pk=other.pk), **by("referent_a"))
        assert Merge.objects.count() == 2


def test_what_follows_is_not_worked_on_by_itself(row, other, merged, by):
    follower = Incident.objects.get(pk=other.pk)
    calls: list[tuple[Any, dict[str, Any]]] = [
        (changes.change_status, {"to": "qualifiee"}),
        (changes.take, {}),
        (changes.offer, {"to_post": "gap-economique", "reason": WHY}),
        (changes.hand_over, {"to": "mairie", "recipient": "Service propreté", "reason": WHY}),
        (changes.move, {"lon": 6.08, "lat": 44.56, "reason": WHY}),
    ]
    changes.change_status(incident=row, to="qualifiee", **by("referent_a"))
    for call, given in calls:
        code = "status_unchanged" if given.get("to") == "qualifiee" else "merged"
        assert refusal(call, incident=follower, **given, **by("referent_a")) == (409, code)


def test_who_is_not_content_leaves_the_group(row, other, merged, by, person):
    brought(row, person("referent_a"), "close")
    moved(Incident.objects.get(pk=other.pk), person("mayor_gap"), "rouverte")
    kept, left = Incident.objects.order_by("pk")
    assert (kept.status, left.status, left.merged_into) == ("close", "rouverte", None)
    assert Merge.objects.get().undone_by == person("mayor_gap")


def test_it_goes_with_the_one_kept_to_another_post(row, other, merged, by):
    changes.assign(incident=row, to_post="gap-economique", reason=WHY, **by("director"))
    assert set(Incident.objects.values_list("post__code", flat=True)) == {"gap-economique"}


def test_a_reply_to_what_follows_calls_the_one_kept_to_the_desk(row, other, told, merged, by):
    changes.remark(incident=Incident.objects.get(pk=other.pk), text="Cela continue", **by("mayor_gap"))
    assert Incident.objects.get(pk=row.pk).replied_at is not None
    assert set(told()) == {"maire.gap", "referent.gap1"}
    changes.seen(incident=Incident.objects.get(pk=row.pk), **by("referent_a"))
    assert not Incident.objects.filter(replied_at__isnull=False).exists()


def test_a_word_to_what_follows_is_an_answer_for_the_desk(row, other, merged, by):
    follower = Incident.objects.get(pk=other.pk)
    changes.remark(incident=follower, text="Cela continue", **by("mayor_gap"))
    changes.remark(incident=follower, text="Nous y passons ce soir", **by("referent_a"))
    assert not Incident.objects.filter(replied_at__isnull=False).exists()


def test_no_clock_is_lost_by_merging(row, other, by):
    assert refusal(changes.merge, kept=other, merged=row, **by("referent_a")) == (409, "due_first")
    kept, made = changes.merge_many(incidents=[other, row], **by("referent_a"))
    assert (kept, [each.merged for each in made]) == (row, [other])


def test_what_is_not_merged(row, other, merged, by, person, monday):
    third = reported(person("partner_a"), monday)
    mine = by("referent_a")
    follower = Incident.objects.get(pk=other.pk)
    assert refusal(changes.merge, kept=row, merged=row, **mine) == (409, "same_concern")
    assert refusal(changes.merge, kept=row, merged=follower, **mine) == (409, "already_merged")
    assert refusal(changes.merge, kept=follower, merged=third, **mine) == (409, "already_merged")
    first = reported(person("partner_a"), monday - timedelta(days=20))
    assert refusal(changes.merge, kept=first, merged=row, **mine) == (409, "has_merged")
    assert refusal(changes.unmerge, incident=row, **mine) == (409, "not_merged")
    changes.offer(incident=third, to_post="gap-economique", reason=WHY, **mine)
    assert refusal(changes.merge, kept=row, merged=third, **mine) == (409, "offered")
    changes.withdraw(incident=third, **mine)
    assert refusal(changes.merge, kept=row, merged=third, reason="Vu AB-123-CD", **mine) == (422, "personal_data")
    brought(third, person("referent_a"), "suspendue")
    assert refusal(changes.merge, kept=row, merged=third, **mine) == (409, "suspended")
    moved(third, person("referent_a"), "non_retenue", reason="Hors champ")
    assert refusal(changes.merge, kept=row, merged=third, **mine) == (409, "already_settled")
    Incident.objects.filter(pk=first.pk).update(territory=_other_territory())
    assert refusal(changes.merge, kept=row, merged=first, **by("referent_a")) == (409, "other_territory")


def _other_territory() -> int:
    made = Territory.objects.get()
    made.pk, made.code = None, "autre"
    made.save(force_insert=True)
    return int(made.pk)


@pytest.mark.parametrize("who", ["partner_a", "mayor_gap", "referent_b", "administrator", "auditor"])
def test_only_who_holds_both_merges(row, other, by, who):
    with pytest.raises(PermissionDenied):
        changes.merge(kept=row, merged=other, **by(who))


def test_one_of_two_is_not_enough(row, by, person, monday):
    elsewhere = reported(person("partner_a"), monday, GAP_HOUSING)
    with pytest.raises(PermissionDenied):
        changes.merge(kept=row, merged=elsewhere, **by("referent_a"))
    changes.merge(kept=row, merged=elsewhere, **by("director"))


def at_post(incident: Incident) -> str:
    return Incident.objects.get(pk=incident.pk).post.code


@pytest.mark.parametrize("steps", [(), ("qualifiee", "prise_en_charge"), ("qualifiee", "prise_en_charge", "repondue")])
def test_what_was_handed_on_with_the_other_one_comes_back(row, other, merged, by, person, told, monday, steps):
    changes.assign(incident=row, to_post="gap-economique", reason="Zone", **by("director"))
    assert (at_post(row), at_post(other)) == ("gap-economique", "gap-economique")
    for to in steps:
        moved(Incident.objects.get(pk=row.pk), person("referent_b"), to)
    told()
    changes.unmerge(incident=Incident.objects.get(pk=other.pk), reason="Autre immeuble", **by("referent_b"))
    found = Incident.objects.get(pk=other.pk)
    assert (found.post.code, found.status, found.due_on) == ("gap-hyper-centre", "signalee", other.due_on)
    assert found.unit_id == other.unit_id
    assert at_post(row) == "gap-economique"
    last = found.routings.latest("pk")
    assert (last.trigger, last.post.code, last.comment) == ("manual", "gap-hyper-centre", "Autre immeuble")
    letters = told()
    assert set(letters) == {"maire.gap", "referent.gap1"}
    assert other.reference in letters["referent.gap1"].subject


def test_reopened_by_its_own_reporter_it_comes_back_too(row, other, merged, by, person, told):
    changes.assign(incident=row, to_post="gap-economique", reason="Zone", **by("director"))
    for to in ("qualifiee", "prise_en_charge", "repondue"):
        moved(Incident.objects.get(pk=row.pk), person("referent_b"), to)
    told()
    found = moved(Incident.objects.get(pk=other.pk), person("mayor_gap"), "rouverte")
    assert (found.post.code, found.status) == ("gap-hyper-centre", "rouverte")
    assert set(told()) == {"referent.gap1"}


def test_what_was_handed_on_before_the_merge_stays_so(row, other, by, person):
    director = by("director")
    for each in (row, other):
        before = timezone.now() - timedelta(hours=1)
        changes.assign(incident=each, to_post="gap-economique", reason="Zone", at=before, **director)
    changes.merge(kept=row, merged=other, **by("referent_b"))
    changes.unmerge(incident=Incident.objects.get(pk=other.pk), **by("referent_b"))
    assert at_post(other) == "gap-economique"
    assert Incident.objects.get(pk=other.pk).routings.count() == 2


@pytest.mark.parametrize("who", ["partner_a", "mayor_gap", "referent_b"])
def test_others_do_not_separate(other, merged, by, who):
    with pytest.raises(PermissionDenied):
        changes.unmerge(incident=Incident.objects.get(pk=other.pk), **by(who))


def test_the_database_keeps_one_merge_at_a_time(row, other, merged, monday):
    facts = {"at": monday, "author": merged.author, "status_before": "signalee"}
    for kept, gone in ((row, other), (other, other)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Merge.objects.create(kept=kept, merged=gone, **facts)


def test_what_follows_is_not_reminded_of_by_itself(row, other, merged, monday):
    changes.escalate(at=monday + timedelta(days=42))
    assert set(Escalation.objects.values_list("incident", flat=True)) == {row.pk}
