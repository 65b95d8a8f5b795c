"""A border of Gap is drawn anew: previewed, approved for tomorrow, and the open concerns follow it tomorrow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
import time_machine
from shapely.geometry import box

from incidents import changes, tasks
from incidents.changes import decided
from incidents.models import Incident, Routing
from messaging.changes import choose
from messaging.models import Message, MessageState, Notice
from ogcapi.geojson import Refused
from sectors.changes import drafts, drawing
from sectors.changes.drawing import Drawn
from sectors.models import Edition, EditionState, Holding
from sectors.scope import scope_of
from tests.conftest import MONDAY
from tests.incidents.sending import BRIANCON, GAP, GAP_BUSINESS, GAP_DESK, reported

TOMORROW = date(2026, 11, 24)
# The eastern part of the hyper-centre, with the place of the concern in it.
EAST = box(GAP[0] - 0.001, 44, 7, 45)


@pytest.fixture
def director(person) -> Any:
    return person("director")


@pytest.fixture
def draft(director, monday) -> Any:
    """The map of today, but the east of the hyper-centre is for the référent of the economic areas."""
    model = Edition.objects.get(territory__code="05")
    made = drafts.begin(by=director, territory=model.territory_id, at=monday, model=model.pk)
    old = made.sectors.get(code="gap-hyper-centre")
    whole = shapely.from_wkb(bytes(old.area.wkb))
    west = Drawn(old.code, old.name, old.kind, post="gap-hyper-centre", area=whole.difference(EAST).wkb)
    east = Drawn("gap-est", "Gap – Est", old.kind, post="gap-economique", area=whole.intersection(EAST).wkb)
    drawing.redraw(by=director, edition=made.pk, drawn=[west, east], seen=0, at=monday)
    return made


@pytest.fixture
def previewed(draft, director, monday) -> Any:
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    changes.preview(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    return draft


def at(person, where, **more) -> Incident:
    return reported(person("partner_a"), MONDAY, where, **more)


def refused(status: int, why: str, change, **facts) -> None:
    with pytest.raises(Refused) as caught:
        change(**facts)
    assert (caught.value.status, caught.value.code) == (status, why)


def test_a_preview_tells_what_would_change_hands_and_changes_nothing(draft, director, person, monday):
    moved = at(person, GAP)
    for where in (GAP_BUSINESS, GAP_DESK, BRIANCON):
        at(person, where)
    settled = at(person, GAP)
    Incident.objects.filter(pk=settled.pk).update(status="close")
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    found = changes.preview(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    (told,) = found.concerns
    assert (told.reference, told.from_post, told.to_post) == (moved.reference, "gap-hyper-centre", "gap-economique")
    assert (told.from_sector, told.to_sector, told.outcome) == ("gap-hyper-centre", "gap-est", "inside")
    assert (told.due_on, told.days_left) == (moved.due_on, (moved.due_on - monday.date()).days)
    by_code = {each.code: each for each in found.sectors}
    assert set(by_code) == {"gap-est", "gap-hyper-centre"}
    east, west = by_code["gap-est"], by_code["gap-hyper-centre"]
    assert east.area_gained_m2 == pytest.approx(west.area_lost_m2)
    assert east.area_lost_m2 == 0
    assert west.area_gained_m2 == pytest.approx(0, abs=1)
    assert (east.concerns_gained, west.concerns_lost, east.concerns_lost, west.concerns_gained) == (1, 1, 0, 0)
    assert Edition.objects.drafts().get(pk=draft.pk).state is EditionState.PREVIEWED
    assert Edition.objects.get(code="05-2026-01").validity.upper is None
    assert Routing.objects.filter(trigger="boundary").count() == 0


def test_whatever_lies_near_the_new_border_is_decided_as_a_report_would_be(draft, director, person, monday):
    """The statement that finds candidates leaves out none of a grid across the border, whatever their accuracy."""
    places = [
        (GAP[0] - 0.001 + i * 0.0001, GAP[1] + j * 0.002, accuracy)
        for i in range(-6, 7, 2) for j in (-1, 0, 1) for accuracy in (None, 40.0, 300.0)
    ]  # fmt: skip
    made = [at(person, (lon, lat), accuracy_m=accuracy) for lon, lat, accuracy in places]
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    found = changes.preview(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    told = {each.reference: each.to_post for each in found.concerns}
    changes.approve(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    posts = dict(Incident.objects.values_list("reference", "post__code"))
    tomorrow = monday + timedelta(days=1)
    real = {}
    for incident in made:
        place, accuracy = incident.location, incident.accuracy_m
        new = decided.decide(place.x, place.y, tomorrow, accuracy_m=accuracy, category="tapage", home=None)
        code = new.directory.posts[new.decision.post].code
        if code != posts[incident.reference]:
            real[incident.reference] = code
    assert told == real
    assert 0 < len(real) < len(made)


def test_a_preview_costs_the_same_whatever_is_open(draft, director, person, monday, django_assert_max_num_queries):
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    for number in range(12):
        # As telephones measure it: no two are alike.
        at(person, GAP, accuracy_m=4.75 + number / 7)
    with django_assert_max_num_queries(30):
        found = changes.preview(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    assert len(found.concerns) == 12


def test_a_post_that_nobody_holds_that_day_is_told_with_the_desk_in_its_place(draft, director, person, monday):
    moved = at(person, GAP)
    Holding.objects.filter(post__code="gap-economique").delete()
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    found = changes.preview(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    (told,) = found.concerns
    assert (told.to_post, told.vacant, told.to_sector) == ("desk-gap", "gap-economique", "gap-est")
    changes.approve(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert tasks.apply_editions() == 1
    moved.refresh_from_db()
    assert moved.post.code == told.to_post


def test_what_lies_at_the_desk_of_a_vacant_post_does_not_leave_it(draft, director, person, monday):
    """From one post that nobody holds to another of the same unit, the same desk answers."""
    Holding.objects.filter(post__code__in=["gap-hyper-centre", "gap-economique"]).delete()
    assert at(person, GAP).post.code == "desk-gap"
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    found = changes.preview(by=director, edition=draft.pk, seen=1, start_on=TOMORROW, at=monday)
    assert found.concerns == ()


def test_nothing_is_approved_that_was_not_checked_and_previewed_as_it_stands(draft, director, monday):
    facts = {"by": director, "edition": draft.pk, "start_on": TOMORROW, "at": monday}
    refused(409, "not_checked", changes.preview, **facts, seen=1)
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    refused(409, "not_previewed", changes.approve, **facts, seen=1)
    changes.preview(**facts, seen=1)
    drafts.undo(by=director, edition=draft.pk, seen=1, at=monday)
    refused(409, "changed_meanwhile", changes.approve, **facts, seen=1)
    refused(409, "not_previewed", changes.approve, **facts, seen=2)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 1, 1)])
def test_an_edition_begins_tomorrow_at_the_earliest(previewed, director, monday, day):
    facts = {"by": director, "edition": previewed.pk, "start_on": day, "at": monday, "seen": 1}
    refused(422, "in_the_past", changes.approve, **facts)
    refused(422, "in_the_past", changes.preview, **facts)


@pytest.mark.parametrize("name", ["referent_a", "partner_a", "mayor_gap", "auditor", "gendarme"])
def test_who_draws_no_map_approves_none(previewed, person, monday, name):
    for change in (changes.preview, changes.approve):
        with pytest.raises(Edition.DoesNotExist):
            change(by=person(name), edition=previewed.pk, seen=1, start_on=TOMORROW, at=monday)


def test_approved_for_tomorrow_it_answers_yesterday_today_and_tomorrow(client, previewed, director, monday):
    changes.approve(by=director, edition=previewed.pk, seen=1, start_on=TOMORROW, at=monday)

    def post(**asked: str) -> tuple[str, str]:
        answer = client.get("/api/locate/", {"lon": str(GAP[0]), "lat": str(GAP[1]), **asked}).json()
        return answer["edition"]["code"], answer["post"]["code"]

    old, new = ("05-2026-01", "gap-hyper-centre"), (previewed.code, "gap-economique")
    assert post() == post(at="2026-10-23") == post(at="2026-11-23T23:59:59+01:00") == old
    assert post(at="2026-11-24") == post(at="2027-03-01") == new
    refused(
        409, "not_a_draft", changes.approve, by=director, edition=previewed.pk, seen=1, start_on=TOMORROW, at=monday
    )
    late = drafts.begin(by=director, territory=previewed.territory_id, at=monday, model=previewed.pk)
    drafts.mark_checked(by=director, edition=late.pk, seen=0, at=monday)
    refused(409, "too_early", changes.preview, by=director, edition=late.pk, seen=0, start_on=TOMORROW, at=monday)


def test_the_day_it_begins_open_concerns_follow_it_once(previewed, director, person, monday):
    moved, stays = at(person, GAP), at(person, GAP_BUSINESS)
    kept = at(person, GAP)
    changes.take(incident=moved, author=person("referent_a"), scope=scope_of(person("referent_a"), monday))
    changes.approve(
        by=director, edition=previewed.pk, seen=1, start_on=TOMORROW, at=monday, kept=[kept.reference]
    )  # fmt: skip
    assert tasks.apply_editions() == 0  # not yet
    late = at(person, GAP)  # reported between the approval and the day: fixed anew
    Message.objects.all().delete()
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert tasks.apply_editions() == 2
        assert tasks.apply_editions() == 0
    found = {each.pk: each for each in Incident.objects.select_related("post", "sector")}
    assert [found[each.pk].post.code for each in (moved, late, kept, stays)] == [
        "gap-economique", "gap-economique", "gap-hyper-centre", "gap-economique",
    ]  # fmt: skip
    after = found[moved.pk]
    assert previewed.sectors.get(code="gap-est").pk == after.sector_id
    assert after.status == "signalee"
    assert (after.due_on, after.due_at) == (moved.due_on, moved.due_at)  # no clock is reset
    row = moved.routings.latest("pk")
    assert (row.trigger, row.author_id, row.edition_id, row.comment) == (
        "boundary", director.pk, previewed.pk, previewed.code,
    )  # fmt: skip
    assert row.post.code == "gap-economique"
    assert kept.routings.count() == stays.routings.count() == 1
    letters = Message.objects.filter(dedupe_key__startswith="reminders:")
    told = {name: person(name).email for name in ("referent_a", "referent_b", "partner_a")}
    assert sorted(letters.values_list("recipient", flat=True)) == sorted(told.values())
    for letter in letters:
        assert all(letter.body.count(each.reference) == 1 for each in (moved, late))
        assert kept.reference not in letter.body
    said = {each.recipient: each.body for each in letters}
    assert "Elles vous arrivent (2)" in said[told["referent_b"]]
    assert "Elles vous quittent (2)" in said[told["referent_a"]]
    assert "Un autre poste en répond (2)" in said[told["partner_a"]]
    waiting = Message.objects.exclude(pk__in=letters)
    assert set(waiting.values_list("state", flat=True)) == {MessageState.TOLD}


def test_what_is_dealt_with_in_another_goes_with_it(previewed, director, person, monday):
    first, second = at(person, GAP), at(person, (GAP[0] - 0.0015, GAP[1]))
    scope = scope_of(person("referent_a"), monday)
    changes.merge(kept=first, merged=second, author=person("referent_a"), scope=scope)
    changes.approve(by=director, edition=previewed.pk, seen=1, start_on=TOMORROW, at=monday)
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert tasks.apply_editions() == 2
    assert set(Incident.objects.values_list("post__code", flat=True)) == {"gap-economique"}


def test_only_open_concerns_of_the_territory_are_kept(previewed, director, person, monday):
    facts = {"by": director, "edition": previewed.pk, "seen": 1, "start_on": TOMORROW, "at": monday}
    refused(422, "unknown_concern", changes.approve, **facts, kept=["0000-0000"])


def test_two_workers_apply_an_edition_once(previewed, director, person, monday):
    at(person, GAP)
    changes.approve(by=director, edition=previewed.pk, seen=1, start_on=TOMORROW, at=monday)
    tomorrow = monday + timedelta(days=1)
    assert [changes.apply_editions(at=tomorrow) for _ in range(3)] == [1, 0, 0]
    assert Edition.objects.get(pk=previewed.pk).applied_at == tomorrow


def began(previewed, director, monday, **facts) -> None:
    changes.approve(by=director, edition=previewed.pk, seen=1, start_on=TOMORROW, at=monday, **facts)
    Message.objects.all().delete()
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        tasks.apply_editions()


def test_of_one_concern_each_reader_is_told_by_itself_and_of_its_due_date(previewed, director, person, monday):
    moved = at(person, GAP)
    began(previewed, director, monday)
    told = {each.recipient: each for each in Message.objects.all()}
    assert set(told) == {person(name).email for name in ("referent_a", "referent_b", "partner_a")}
    assert {each.state for each in told.values()} == {MessageState.OWED}
    assert all(moved.reference in each.subject and "23 décembre 2026" in each.body for each in told.values())
    assert "ne reste rien à faire" in told[person("referent_a").email].body
    assert len({each.subject for each in told.values()}) == 3
    assert moved.description not in "".join(each.body for each in told.values())


@pytest.mark.parametrize(("mail", "letters"), [("daily", 0), ("never", 0), ("at_once", 1)])
def test_the_wishes_of_who_loses_concerns_are_followed(previewed, director, person, monday, mail, letters):
    user = person("referent_a")
    choose(user=user.pk, mail=mail, bell=True, sms=False, quiet_from=None, quiet_until=None)
    for _ in range(3):
        at(person, GAP)
    began(previewed, director, monday)
    own = Message.objects.filter(recipient=user.email)
    assert own.filter(dedupe_key__startswith="reminders:").count() == letters
    held = own.exclude(dedupe_key__startswith="reminders:").values_list("state", flat=True)
    after = {"daily": MessageState.HELD, "never": MessageState.BELL, "at_once": MessageState.TOLD}
    assert set(held) == {after[mail]}
    assert Notice.objects.filter(user=user).count() == 3


def test_who_approved_is_not_told_of_what_they_did(previewed, director, person, monday):
    at(person, GAP)
    began(previewed, director, monday)
    assert not Message.objects.filter(recipient=director.email).exists()
