"""« Déjà signalé ? »: the open concerns near a place that this person may see, about how far and since which month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from incidents.models import Incident
from incidents.nearby import Nearby, already_reported
from sectors import atlas
from sectors.models import Territory
from sectors.scope import NOBODY, scope_of
from tests.factories import beside
from tests.incidents.sending import BRIANCON, GAP, reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(person):
    def near(
        who: str, point: tuple[float, float] = GAP, category: str = "tapage", at: datetime | None = None
    ) -> list[Nearby]:
        at = at or timezone.now()
        return already_reported(point[0], point[1], category, scope_of(person(who), at), at)

    return near


def test_what_a_card_says(person, told, monday):
    row = reported(person("partner_a"), monday - timedelta(days=3), beside(GAP, east_m=52))
    assert told("partner_a", category="rodeo") == [
        Nearby(
            row.reference,
            row.territory_id,
            "tapage",
            50,
            "2026-11",
            "signalee",
            full=True,
            same_category=False,
            supports=0,
        )
    ]
    assert told("partner_a")[0].same_category is True


def test_a_mayor_is_not_told_the_month(person, told, monday):
    reported(person("partner_a"), monday - timedelta(days=3))
    assert [card.month for card in told("mayor_gap")] == [""]
    assert [card.month for card in told("partner_a")] == ["2026-11"]


@pytest.mark.parametrize(("metres", "found"), [(0, True), (90, True), (99, True), (101, False), (3000, False)])
def test_within_the_territory_s_distance(person, told, metres, found):
    reported(person("partner_a"), timezone.now(), beside(GAP, north_m=metres))
    assert bool(told("partner_a")) is found


def test_the_distance_is_the_territory_s_own(person, told):
    reported(person("partner_a"), timezone.now(), beside(GAP, east_m=400))
    assert told("partner_a") == []
    Territory.objects.update(nearby_m=500.0)
    atlas.forget()
    assert [each.distance_m for each in told("partner_a")] == [400]


def test_the_rule_is_that_of_the_place_and_not_of_whoever_asks(person, monday):
    elsewhere = Territory.objects.create(
        code="zz", name_fr="Ailleurs", name_en="Elsewhere", rank=99, departments=[], nearby_m=10.0, nearby_days=1
    )
    atlas.forget()
    reported(person("partner_a"), monday - timedelta(days=3), beside(GAP, east_m=52))
    scope = replace(scope_of(person("partner_a"), monday), home=elsewhere.pk)
    assert len(already_reported(*GAP, "tapage", scope, monday)) == 1


def test_within_the_territory_s_days(person, told, monday):
    reported(person("partner_a"), monday - timedelta(days=30))
    reported(person("partner_a"), monday - timedelta(days=30, seconds=1))
    assert len(told("partner_a", at=monday)) == 1


@pytest.mark.parametrize(
    ("status", "found"), [("signalee", 1), ("suspendue", 1), ("repondue", 0), ("close", 0), ("non_retenue", 0)]
)
def test_only_open_ones(person, told, status, found):
    reported(person("partner_a"), timezone.now())
    Incident.objects.update(status=status)
    assert len(told("partner_a")) == found


def test_who_is_told_of_what(person, told):
    """In full what is one's own, in part what the group or the town may know, and nothing of what is foreign."""
    row = reported(person("partner_b"), timezone.now(), beside(GAP, east_m=30))
    seen = {who: told(who) for who in ("partner_b", "referent_a", "director", "partner_a", "mayor_gap")}
    assert {who: [each.full for each in cards] for who, cards in seen.items()} == {
        "partner_b": [True], "referent_a": [True], "director": [True], "partner_a": [False], "mayor_gap": [False],
    }  # fmt: skip
    for who in ("referent_b", "referent_briancon", "mayor_briancon", "gendarme", "auditor", "administrator"):
        assert told(who) == []
    now = timezone.now()
    assert already_reported(*GAP, "tapage", NOBODY, now) == []
    assert row.description not in str(seen["mayor_gap"])


def test_one_who_knows_the_street_only_measures_to_the_street(person, told):
    """However the point of the question is moved about, the distance says no more than the street's place."""
    row = reported(person("partner_b"), timezone.now(), GAP)
    street = (row.street_location.x, row.street_location.y)
    assert told("mayor_gap", point=street)[0].distance_m == 0
    for east in range(-40, 41, 10):
        asked = beside(street, east_m=east)
        assert told("mayor_gap", point=asked)[0].distance_m == 25 * round(abs(east) / 25)


def test_five_at_most_the_nearest_first(person, told):
    for metres in (80, 5, 60, 30, 95, 45, 20):
        reported(person("partner_a"), timezone.now(), beside(GAP, east_m=metres))
    assert [each.distance_m for each in told("partner_a")] == [0, 25, 25, 50, 50]


def test_the_month_is_the_one_of_paris(person, told):
    at = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 1 December, 00:30 in Paris
    with time_machine.travel(at, tick=False):
        reported(person("partner_a"), at)
        assert told("partner_a", at=at)[0].month == "2026-12"


def test_elsewhere_and_at_the_ends_of_the_world(person, told):
    reported(person("partner_a"), timezone.now())
    for point in (BRIANCON, (180.0, 90.0), (-180.0, -90.0), (-0.0, 0.0)):
        assert told("partner_a", point=point) == []


def test_one_query(person, told, django_assert_num_queries):
    now = timezone.now()
    for k in range(6):
        reported(person("partner_a"), now, beside(GAP, east_m=k))
    scope = scope_of(person("partner_a"), now)
    already_reported(*GAP, "tapage", scope, now)
    with django_assert_num_queries(1):
        already_reported(*GAP, "tapage", scope, now)


# Of "Tranquillité et voisinage" with the noise are the neighbours, and not the rodeo.
@pytest.mark.parametrize(
    ("rule", "found"),
    [("any", {"tapage", "voisinage", "rodeo"}), ("family", {"tapage", "voisinage"}), ("same", {"tapage"})],
)
def test_of_the_natures_that_the_territory_takes_for_alike(person, told, rule, found):
    for code in ("tapage", "voisinage", "rodeo"):
        reported(person("partner_a"), timezone.now(), category=code)
    Territory.objects.update(nearby_natures=rule)
    atlas.forget()
    assert {each.category for each in told("partner_a")} == found
