"""Agreements on a border, editions, holders and territories: what holds on which dates, to the very second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from shapely.geometry import LineString

from sectors import atlas
from sectors.atlas import directory
from sectors.models import Edition
from sectors.routing import Decision, choose
from sectors.survey import survey
from tests.factories import Land, Point, beside, corner, land, person, since, square

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CHANGE = datetime(2026, 2, 28, 23, tzinfo=UTC)  # 1 March, 00:00 in Paris
TICK = timedelta(microseconds=1)


def decided(point: Point, at: datetime = NOW, **asked) -> Decision:
    return choose(survey([point], at, **asked)[0].facts)


def told(decision: Decision) -> tuple[str, str | None]:
    return str(decision.outcome), decision.sector.code if decision.sector else None


@pytest.fixture
def pair(db) -> Land:
    """Two cells side by side, a and b, in a commune of the police zone."""
    made = land()
    made.sector("a", square(0, 0))
    made.sector("b", square(1, 0))
    made.commune("22001", square(-1, -1, 5, 4))
    return made


def test_a_polygon_agreed_on(pair: Land):
    pair.agreement("market", "b", square(0.8, 0.4, 0.1, 0.1))
    assert told(decided(corner(0.85, 0.45))) == ("agreement", "b")
    assert told(decided(corner(0.8, 0.4))) == ("agreement", "b")  # on its rim
    assert told(decided(corner(0.79, 0.45))) == ("inside", "a")
    readers = decided(corner(0.85, 0.45)).co_readers
    assert [each.code for each in readers] == ["a"]


def test_a_line_reaches_on_both_sides(pair: Land):
    edge = LineString([corner(1, 0.2), corner(1, 0.8)])
    pair.agreement("street", "b", edge, reach_m=30)
    for metres, expected in [
        (-29.9, ("agreement", "b")),
        (29.9, ("agreement", "b")),
        (-30.1, ("inside", "a")),
        (30.1, ("inside", "b")),
        (0.0, ("agreement", "b")),
    ]:
        assert told(decided(beside(corner(1, 0.5), east_m=metres))) == expected, metres
    # Its ends are round.
    assert told(decided(beside(corner(1, 0.8), east_m=-20, north_m=20))) == ("agreement", "b")
    assert told(decided(beside(corner(1, 0.8), east_m=-22, north_m=22))) == ("inside", "a")


def test_an_agreement_reaches_a_place_that_no_sector_covers(pair: Land):
    pair.agreement("lake", "a", square(3, 1, 0.2, 0.2))
    assert told(decided(corner(3.1, 1.1))) == ("agreement", "a")


def test_of_two_agreements_the_lower_code_holds(pair: Land):
    pair.agreement("k2", "a", square(0.9, 0.4, 0.2, 0.2))
    pair.agreement("k1", "b", square(0.9, 0.4, 0.2, 0.2))
    assert told(decided(corner(0.95, 0.5))) == ("agreement", "b")


def test_an_agreement_on_a_sector_that_is_not_in_force_is_none(pair: Land):
    pair.agreement("gone", "z", square(0.8, 0.4, 0.1, 0.1))
    assert told(decided(corner(0.85, 0.45))) == ("inside", "a")


def test_an_agreement_holds_from_its_first_moment_to_before_its_last(pair: Land):
    end = CHANGE + timedelta(days=10)
    pair.agreement("fair", "b", square(0.8, 0.4, 0.1, 0.1), start=CHANGE, end=end)
    point = corner(0.85, 0.45)
    outcomes = [told(decided(point, at))[0] for at in (CHANGE - TICK, CHANGE, end - TICK, end)]
    assert outcomes == ["inside", "agreement", "agreement", "inside"]


def test_an_agreement_comes_before_a_rule_and_a_rule_before_the_sector(pair: Land):
    pair.rule("schools", pair.post("schools"))
    point = corner(0.85, 0.45)
    decision = decided(point, category="schools")
    assert (decision.outcome, decision.post) == ("category_rule", pair.posts["schools"].pk)
    assert told(decided(point)) == ("inside", "a")
    assert told(decided(point, category="noise")) == ("inside", "a")
    pair.agreement("market", "b", square(0.8, 0.4, 0.1, 0.1))
    assert told(decided(point, category="schools")) == ("agreement", "b")


@pytest.fixture
def redrawn(pair: Land) -> Land:
    """From CHANGE on the two are one, answered for by b's post."""
    pair.edition.validity = since(end=CHANGE)
    pair.edition.save()
    second = Edition.objects.create(territory=pair.territory, code="bzh-2", validity=since(CHANGE))
    pair.sector("b", square(0, 0, 2, 1), edition=second)
    return pair


def test_the_old_edition_answers_until_the_new_one_begins(redrawn: Land):
    point = corner(0.5, 0.5)
    assert told(decided(point, CHANGE - TICK)) == ("inside", "a")
    assert told(decided(point, CHANGE)) == ("inside", "b")
    assert told(decided(point, CHANGE + timedelta(days=900))) == ("inside", "b")
    # Before the first edition, the commune alone.
    before = decided(point, datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert before.outcome == "outside"  # nor was any competence known then
    edition_of = survey([point], CHANGE)[0].editions[redrawn.territory.pk]
    assert Edition.objects.get(pk=edition_of).code == "bzh-2"


@pytest.mark.parametrize(
    ("at", "edition", "sector"),
    [
        ("2026-02-28T23:59:59.999999+01:00", "bzh-1", "a"),
        ("2026-03-01T00:00:00+01:00", "bzh-2", "b"),
        ("2026-03-01", "bzh-2", "b"),
        ("2026-02-28", "bzh-1", "a"),
        ("2026-02-28T23:00:00Z", "bzh-2", "b"),
    ],
)
def test_the_address_answers_the_past(redrawn: Land, at, edition, sector):
    lon, lat = corner(0.5, 0.5)
    answer = Client(SERVER_NAME="localhost").get("/api/locate/", {"lon": lon, "lat": lat, "at": at}).json()
    assert (answer["outcome"], answer["sector"]["code"]) == ("inside", sector)
    assert answer["territory"] == "bzh"
    assert answer["edition"]["code"] == edition
    if edition == "bzh-2":
        assert answer["edition"]["in_force_from"] == "2026-03-01"


def test_memory_follows_the_clock_over_a_change(redrawn: Land):
    """The image tells until when it is true."""
    image = atlas.read(CHANGE - timedelta(days=1))
    assert image.directory.valid_until == CHANGE
    lon, lat = corner(0.5, 0.5)
    assert told(choose(image.facts(lon, lat))) == ("inside", "a")
    assert told(choose(atlas.read(CHANGE).facts(lon, lat))) == ("inside", "b")


def test_a_draft_edition_answers_nothing(pair: Land):
    draft = Edition.objects.create(territory=pair.territory, code="bzh-draft", validity=None)
    pair.sector("z", square(0, 0, 2, 1), edition=draft)
    assert told(decided(corner(0.5, 0.5))) == ("inside", "a")


def test_who_holds_a_post_on_which_date(pair: Land):
    first, second, guest = (person(f"{name}@bzh.example", name.title()) for name in ("anna", "bruno", "chloe"))
    handover, leave, back = CHANGE, CHANGE + timedelta(days=30), CHANGE + timedelta(days=40)
    pair.held("a", first, end=handover)
    pair.held("a", second, start=handover)
    pair.held("a", guest, stand_in=True, start=leave, end=back)
    expected = [
        (handover - TICK, "Anna", False),
        (handover, "Bruno", False),
        (leave - TICK, "Bruno", False),
        (leave, "Chloe", True),
        (back - TICK, "Chloe", True),
        (back, "Bruno", False),
    ]
    for at, name, stand_in in expected:
        card = directory.read(at).posts[pair.posts["a"].pk]
        assert (card.holder_name, card.stand_in) == (name, stand_in), at
    vacant = pair.vacate("b")
    nobody = directory.read(NOW).posts[vacant.pk]
    assert (nobody.holder_id, nobody.holder_name, nobody.stand_in) == (None, "", False)


def test_competence_changes_hands_on_its_day(pair: Land):
    commune = pair.commune("22009", square(6, 0), None)
    desk, brigade = pair.post("desk-x", "desk"), pair.post("brigade-x", "gendarmerie")
    commune.competences.create(force="PN", unit=pair.unit, post=desk, validity=since(end=CHANGE))
    commune.competences.create(force="GN", unit=pair.unit, post=brigade, validity=since(CHANGE))
    point = corner(6.5, 0.5)
    assert decided(point, CHANGE - TICK).outcome == "commune_desk"
    assert decided(point, CHANGE).outcome == "gendarmerie"


def test_two_territories_each_with_its_own_tolerance_edition_and_triage(pair: Land):
    other = land("pays", rank=60, tolerance_m=80.0)
    other.sector("far", square(6, 0))
    assert told(decided(beside(corner(6.5, 1), north_m=79))) == ("nearest", "far")
    assert told(decided(beside(corner(0.5, 1), north_m=79))) == ("commune_desk", None)
    in_the_sea = (-20.0, 50.0)
    assert decided(in_the_sea, home=other.territory.pk).post == other.posts["triage-pays"].pk
    assert decided(in_the_sea, home=pair.territory.pk).post == pair.posts["triage-bzh"].pk
    # Without a home: the installation's first, which is the embedded one.
    assert decided(in_the_sea).territory not in {pair.territory.pk, other.territory.pk}
    assert decided(in_the_sea, home=987_654).territory == decided(in_the_sea).territory
