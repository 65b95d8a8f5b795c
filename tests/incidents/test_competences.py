"""A commune passes to the gendarmerie on a day: new concerns follow, open ones are handed over, no clock moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from incidents import changes, tasks
from incidents.changes import editions, successions
from incidents.changes.competences import apply_competences, preview_competence
from incidents.models import Incident, Routing, Succession
from messaging.models import Message
from ogcapi.geojson import Refused
from sectors import atlas
from sectors.changes import drafts, drawing, passing
from sectors.changes.dating import give_dates
from sectors.locating import locate
from sectors.models import Commune, Competence, CompetenceChange, Edition, Post, Sector
from sectors.moments import paris_midnight
from sectors.scope import scope_of
from tests.conftest import MONDAY
from tests.incidents.life.living import brought
from tests.incidents.sending import BRIANCON, GAP, reported

pytestmark = pytest.mark.django_db
Cast = Callable[[str], User]
DAY = date(2026, 12, 1)
START = paris_midnight(DAY)
# In the commune of Briançon, in no sector.
OUTSKIRTS = (6.668, 44.8998)


@pytest.fixture
def briancon(db: None) -> Commune:
    return Commune.objects.get(code="05023")


@pytest.fixture
def gendarmes(db: None) -> Post:
    return Post.objects.get(code="gendarmerie-05")


def planned(person: Cast, commune: Commune, post: Post) -> CompetenceChange:
    made = passing.plan(by=person("director"), commune=commune, post=post, start_on=DAY, at=MONDAY)
    atlas.forget()
    return made


def outskirts() -> tuple[float, float]:
    assert locate(*OUTSKIRTS, at=MONDAY).payload()["post"]["code"] == "desk-briancon"
    return OUTSKIRTS


def test_new_concerns_follow_from_that_midnight_on_and_the_past_stays(person: Cast, briancon, gendarmes):
    planned(person, briancon, gendarmes)
    instant = timedelta(microseconds=1)
    for point, before in ((BRIANCON, "briancon-hyper-centre"), (outskirts(), "desk-briancon")):
        told = [locate(*point, at=at).payload()["post"]["code"] for at in (START - instant, START)]
        assert told == [before, "gendarmerie-05"], point
    assert locate(*BRIANCON, at=START).payload()["commune"]["competence"] == "GN"
    # Gap keeps its sectors, in the edition that was made for the day.
    assert locate(*GAP, at=START).payload()["sector"]["code"] == "gap-hyper-centre"
    with time_machine.travel(START, tick=False):
        atlas.forget()
        found = reported(person("partner_a"), START, BRIANCON)
        assert (found.post.code, found.outcome) == ("gendarmerie-05", "gendarmerie")


def test_the_preview_names_what_would_pass_and_changes_nothing(person: Cast, briancon, gendarmes):
    mine = reported(person("partner_a"), MONDAY - timedelta(days=3), BRIANCON)
    desk = reported(person("partner_a"), MONDAY - timedelta(days=2), outskirts())
    reported(person("partner_a"), MONDAY - timedelta(days=2), GAP)
    before = (Edition.objects.count(), Competence.objects.count(), Sector.objects.count())
    found = preview_competence(by=person("director"), commune=briancon, post=gendarmes, start_on=DAY, at=MONDAY)
    assert [(each.reference, each.from_post, each.to_post) for each in found] == [
        (mine.reference, "briancon-hyper-centre", "gendarmerie-05"),
        (desk.reference, "desk-briancon", "gendarmerie-05"),
    ]
    assert all(each.days_left > 0 for each in found)
    assert (Edition.objects.count(), Competence.objects.count(), Sector.objects.count()) == before
    assert not CompetenceChange.objects.exists()


def test_on_the_day_open_concerns_pass_once_are_acknowledged_and_keep_their_clock(person: Cast, briancon, gendarmes):
    mine = reported(person("partner_a"), MONDAY - timedelta(days=3), BRIANCON)
    desk = reported(person("partner_a"), MONDAY - timedelta(days=2), outskirts())
    gap = reported(person("partner_a"), MONDAY - timedelta(days=2), GAP)
    due = dict(Incident.objects.values_list("pk", "due_at"))
    planned(person, briancon, gendarmes)
    assert apply_competences(at=START - timedelta(microseconds=1)) == 0
    later = START + timedelta(minutes=3)
    with time_machine.travel(later, tick=False):
        atlas.forget()
        assert tasks.apply_editions() == 2
        assert tasks.apply_editions() == 0
    passed = dict(Incident.objects.values_list("pk", "post__code"))
    assert passed == {mine.pk: "gendarmerie-05", desk.pk: "gendarmerie-05", gap.pk: "gap-hyper-centre"}
    assert dict(Incident.objects.values_list("pk", "due_at")) == due
    # It waited at the desk to be handed on, and does no more.
    assert Incident.objects.get(pk=desk.pk).triage_due_at is None
    row = Routing.objects.filter(incident=mine).latest("pk")
    assert (row.trigger, row.comment, row.author) == ("boundary", "competence 05023", person("director"))
    told = {(each.from_post and each.from_post.code, *each.concerns) for each in Succession.objects.all()}
    assert told == {("briancon-hyper-centre", mine.reference), ("desk-briancon", desk.reference)}
    letters = Message.objects.filter(dedupe_key__startswith="succession:")
    assert {each.recipient for each in letters} == {person("gendarme").email}
    assert any(mine.reference in each.body and "passent de" in each.subject for each in letters)
    gendarme = person("gendarme")
    for each in Succession.objects.all():
        successions.receive(by=gendarme, row=each, posts=scope_of(gendarme, later).posts, at=later)
    assert not Succession.objects.filter(received_at=None).exists()


def test_an_offer_that_waits_and_a_clock_that_stands_still_end_with_the_old_service(person: Cast, briancon, gendarmes):
    """Who was asked is asked no more; the days of waiting are given back, and no day is lost."""
    early, holder = MONDAY - timedelta(days=3), person("referent_briancon")
    offered = reported(person("partner_a"), early, BRIANCON)
    changes.offer(
        incident=offered, to_post="briancon-economique", author=holder, scope=scope_of(holder, MONDAY),
        reason="Devant le supermarché.", at=MONDAY,
    )  # fmt: skip
    resting = brought(reported(person("partner_a"), early, BRIANCON, category="rodeo"), holder, "suspendue", MONDAY)
    promised = {offered.pk: offered.due_on, resting.pk: Incident.objects.get(pk=resting.pk).due_on}
    planned(person, briancon, gendarmes)
    later = START + timedelta(minutes=3)
    with time_machine.travel(later, tick=False):
        atlas.forget()
        assert tasks.apply_editions() == 2
    rows = {row.pk: row for row in Incident.objects.select_related("post")}
    assert {(row.post.code, row.status) for row in rows.values()} == {("gendarmerie-05", "signalee")}
    assert offered.transfers.get().answered_at == later
    assert resting.suspensions.get().ended_at == later
    assert rows[offered.pk].due_on == promised[offered.pk]
    # Eight days it stood still, to the day of the change: as many are put on to the first promise.
    assert date(2026, 12, 20) < rows[resting.pk].due_on <= promised[resting.pk]
    assert Succession.objects.count() == 1
    assert sorted(Succession.objects.get().concerns) == sorted([offered.reference, resting.reference])


def test_what_was_handed_on_by_hand_stays_where_the_change_moves_nothing(person: Cast):
    """Gap goes to another desk and keeps its sectors: what lies in one of them is not taken from whom it was given."""
    given, other = Post.objects.get(code="gap-economique"), Post.objects.get(code="desk-briancon")
    mine = reported(person("partner_a"), MONDAY - timedelta(days=3), GAP)
    Incident.objects.filter(pk=mine.pk).update(post=given)
    gap = Commune.objects.get(code="05061")
    assert not preview_competence(by=person("director"), commune=gap, post=other, start_on=DAY, at=MONDAY)
    planned(person, gap, other)
    with time_machine.travel(START + timedelta(minutes=3), tick=False):
        atlas.forget()
        assert tasks.apply_editions() == 0
    assert Incident.objects.get(pk=mine.pk).post == given
    assert not Succession.objects.exists()
    assert CompetenceChange.objects.get().applied_at is not None


def test_within_the_gendarmerie_no_edition_is_made(person: Cast, gendarmes):
    valley = Commune.objects.filter(competences__post=gendarmes).order_by("code").first()
    assert valley is not None
    made = passing.plan(
        by=person("administrator"), commune=valley, post=Post.objects.get(code="desk-gap"), start_on=DAY, at=MONDAY
    )
    assert made.edition is None
    assert Competence.objects.in_force(START).get(commune=valley).force == "PN"


def test_a_plan_withdrawn_leaves_everything_as_it_was(person: Cast, briancon, gendarmes):
    made = planned(person, briancon, gendarmes)
    assert made.edition is not None
    passing.withdraw(by=person("director"), change=made.pk, at=MONDAY + timedelta(days=1))
    atlas.forget()
    for at in (START - timedelta(days=1), START, START + timedelta(days=400)):
        assert locate(*BRIANCON, at=at).payload()["post"]["code"] == "briancon-hyper-centre"
        assert locate(*OUTSKIRTS, at=at).payload()["post"]["code"] == "desk-briancon"
    assert apply_competences(at=START) == 0
    # And may be planned anew, for the same day.
    planned(person, briancon, gendarmes)


def test_no_edition_takes_back_a_commune_that_another_force_has_then(person: Cast, briancon, gendarmes):
    """One drawn from the sectors of before would: they go before who is competent in the commune."""
    planned(person, briancon, gendarmes)
    director, model = person("director"), Edition.objects.in_force(MONDAY).get(territory__code="05")
    made = drafts.begin(by=director, territory=model.territory_id, at=MONDAY, model=model.pk)
    drafts.mark_checked(by=director, edition=made.pk, seen=0, at=MONDAY)
    with pytest.raises(Refused) as refused:
        editions.preview(by=director, edition=made.pk, seen=0, start_on=DAY + timedelta(days=5), at=MONDAY)
    (error,) = refused.value.errors
    assert (refused.value.status, error.code) == (409, "passed_on")
    assert "Briançon" in str(error.message)
    for key in made.sectors.filter(commune=briancon).values_list("pk", flat=True):
        drawing.remove(by=director, sector=key, seen=None, at=MONDAY)
    made.refresh_from_db()
    drafts.mark_checked(by=director, edition=made.pk, seen=made.number, at=MONDAY)
    seen: Any = {
        "by": director,
        "edition": made.pk,
        "seen": made.number,
        "start_on": DAY + timedelta(days=5),
        "at": MONDAY,
    }
    editions.preview(**seen)
    editions.approve(**seen)
    atlas.forget()
    told = locate(*BRIANCON, at=START + timedelta(days=9)).payload()
    assert (told["edition"]["code"], told["post"]["code"]) == (made.code, "gendarmerie-05")


def test_a_plan_withdrawn_leaves_what_was_planned_after_it(person: Cast, briancon, gendarmes):
    """Its sectors and its competence go on until the later edition and the later change begin."""
    first, director = planned(person, briancon, gendarmes), person("director")
    desk, later = Post.objects.get(code="desk-briancon"), DAY + timedelta(days=9)
    passing.plan(by=director, commune=briancon, post=desk, start_on=later, at=MONDAY)
    draft = drafts.begin(by=director, territory=desk.territory_id, at=MONDAY, model=first.edition_id)
    give_dates(draft, start=paris_midnight(later), at=MONDAY)
    passing.withdraw(by=director, change=first.pk, at=MONDAY)
    dates = Competence.objects.filter(commune=briancon).order_by("validity").values_list("validity", flat=True)
    assert [each.lower for each in dates][1:] == [paris_midnight(later)]
    assert [each.upper for each in dates] == [paris_midnight(later), None]
    dates = Edition.objects.filter(territory=desk.territory_id, validity__isnull=False).order_by("validity")
    assert [each.validity.upper for each in dates] == [paris_midnight(later), None]
    with pytest.raises(Refused) as caught:
        passing.withdraw(by=director, change=first.pk, at=MONDAY)
    assert (caught.value.status, caught.value.code) == (409, "withdrawn")


def test_what_has_begun_is_not_withdrawn(person: Cast, briancon, gendarmes):
    made = planned(person, briancon, gendarmes)
    with pytest.raises(Refused) as refused:
        passing.withdraw(by=person("director"), change=made.pk, at=START)
    assert refused.value.errors[0].code == "begun"


@pytest.mark.parametrize(
    ("who", "post", "day", "code"),
    [
        ("director", "gendarmerie-05", MONDAY.date(), "in_the_past"),
        ("director", "desk-briancon", DAY, "same_post"),
        ("referent_a", "gendarmerie-05", DAY, "not_drawn"),
        ("auditor", "gendarmerie-05", DAY, "not_drawn"),
    ],
)
def test_what_is_refused_and_why(person: Cast, briancon, who: str, post: str, day: date, code: str):
    with pytest.raises(Refused) as refused:
        passing.plan(by=person(who), commune=briancon, post=Post.objects.get(code=post), start_on=day, at=MONDAY)
    assert refused.value.errors[0].code == code
    assert not CompetenceChange.objects.exists()


def test_two_changes_of_one_commune_follow_each_other_in_time(person: Cast, briancon, gendarmes):
    planned(person, briancon, gendarmes)
    with pytest.raises(Refused) as refused:
        passing.plan(
            by=person("director"), commune=briancon, post=Post.objects.get(code="desk-gap"),
            start_on=DAY - timedelta(days=3), at=MONDAY,
        )  # fmt: skip
    assert refused.value.errors[0].code == "too_early"
