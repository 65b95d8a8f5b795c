"""How long each post, and each person who held it, had what in hand: by the rule, and by the database."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import changes
from incidents.answering import InHand, hands_by_holder, hands_by_post
from incidents.deadlines import PARIS
from incidents.hands import Held, by_holder, stretches
from incidents.models import Incident
from sectors.models import Holding, Post
from sectors.scope import scope_of
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import GAP, reported

pytestmark = pytest.mark.django_db
FIRST = date(2026, 10, 1)


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=PARIS)


def made(person: Any, day: str, to: str = "signalee", on: str = "", **more: Any) -> Incident:
    """A concern reported at noon of this day, brought to a status on another."""
    return brought(reported(person("partner_a"), noon(day), **more), person("referent_a"), to, noon(on or day))


DAY = timedelta(days=1)


def test_how_long_each_post_had_it_in_hand():
    """Ten days at one post, of which three suspended; two at another until it was answered, reopened for one day."""
    start = noon("2026-11-01")
    found = stretches(
        [(start + 10 * DAY, 2), (start, 1), (start + 4 * DAY, 1)],
        [
            (start, "signalee"),
            (start + 2 * DAY, "suspendue"),
            (start + 5 * DAY, "qualifiee"),
            (start + 12 * DAY, "repondue"),
            (start + 20 * DAY, "rouverte"),
        ],
        start + 21 * DAY,
    )
    assert [(each.post, each.until, each.in_hand) for each in found] == [
        (1, start + 10 * DAY, 7 * DAY),
        (2, None, 3 * DAY),
    ]
    assert stretches([], [], start) == []
    assert stretches([(start, 1)], [(start, "signalee")], start - DAY) == []


def test_the_database_reckons_as_the_rule_does(person, monday):
    referent, director = person("referent_a"), person("director")
    for day in ("2026-10-05", "2026-10-06"):
        row = made(person, day, "suspendue", "2026-10-08", point=GAP)
        moved(row, referent, "prise_en_charge", noon("2026-10-12"))
        changes.assign(
            incident=row, to_post="gap-economique", author=director, scope=scope_of(director, noon("2026-10-14")),
            reason="Connaît le bailleur", at=noon("2026-10-14"),
        )  # fmt: skip
        brought(row, person("referent_b"), "repondue", noon("2026-10-15"))
    at = noon("2026-11-20")
    expected: dict[int, list[timedelta]] = {}
    for row in Incident.objects.all():
        routed = row.routings.order_by("pk").values_list("at", "post_id")
        for each in stretches(routed, row.status_changes.order_by("pk").values_list("at", "status_to"), at):
            expected.setdefault(each.post, []).append(each.in_hand)
    with CaptureQueriesContext(connection) as captured:
        found = hands_by_post(Incident.objects.filter(due_on__gte=FIRST), list(expected), at)
    assert len(captured) == 1
    (first, *_) = expected
    assert hands_by_post(Incident.objects.all(), [first], at) == {first: found[first]}
    assert hands_by_post(Incident.objects.all(), [], at) == {}
    assert found == {post: InHand(len(spans), sum(spans, timedelta())) for post, spans in expected.items()}
    assert sorted(each.waited for each in found.values()) == [2 * DAY, 9 * DAY]


def test_how_long_each_holder_had_it_in_hand():
    """Held by 7, then by nobody for a day, then by 8; 9 stands in for two days, of which one is suspended."""
    start = noon("2026-11-01")
    held = [
        Held(1, 7, start - 30 * DAY, start + 4 * DAY, stand_in=False),
        Held(1, 8, start + 5 * DAY, None, stand_in=False),
        Held(1, 9, start + 6 * DAY, start + 8 * DAY, stand_in=True),
        Held(2, 7, start, None, stand_in=False),
    ]
    routings = [(start, 1), (start + 10 * DAY, 2)]
    statuses = [
        (start, "signalee"),
        (start + 7 * DAY, "suspendue"),
        (start + 9 * DAY, "qualifiee"),
        (start + 12 * DAY, "repondue"),
    ]
    found = by_holder(routings, statuses, held, start + 20 * DAY)
    assert found == {1: {7: 4 * DAY, None: DAY, 8: 2 * DAY, 9: DAY}, 2: {7: 2 * DAY}}
    sums = {post: sum(persons.values(), timedelta()) for post, persons in found.items()}
    assert sums == {each.post: each.in_hand for each in stretches(routings, statuses, start + 20 * DAY)}
    assert by_holder(routings, statuses, [], start + DAY) == {1: {None: DAY}}


def test_the_database_reckons_by_holder_as_the_rule_does(person, monday):
    post = Post.objects.get(code="gap-hyper-centre")
    Holding.objects.filter(post=post).delete()
    for name, since, until, stand_in in (
        ("referent_a", "2026-01-01", "2026-10-07", False),
        ("referent_b", "2026-10-08", None, False),
        ("referent_briancon", "2026-10-09", "2026-10-11", True),
    ):
        validity = (noon(since), noon(until) if until else None)
        Holding.objects.create(post=post, user=person(name), validity=validity, stand_in=stand_in)
    for day in ("2026-10-05", "2026-10-06"):
        row = made(person, day, point=GAP)
        changes.assign(
            incident=row, to_post="gap-economique", author=person("director"), reason="Connaît le bailleur",
            scope=scope_of(person("director"), noon("2026-10-14")), at=noon("2026-10-14"),
        )  # fmt: skip
    at = noon("2026-11-20")
    held = [
        Held(each.post_id, each.user_id, each.validity.lower, each.validity.upper, each.stand_in)
        for each in Holding.objects.all()
    ]
    expected: dict[int, dict[int, timedelta]] = {}
    for row in Incident.objects.all():
        routed = row.routings.order_by("pk").values_list("at", "post_id")
        moves = row.status_changes.order_by("pk").values_list("at", "status_to")
        for key, persons in by_holder(routed, moves, held, at).items():
            for who, waited in persons.items():
                if who is not None:
                    sums = expected.setdefault(key, {})
                    sums[who] = sums.get(who, timedelta()) + waited
    with CaptureQueriesContext(connection) as captured:
        found = hands_by_holder(Incident.objects.all(), list(expected), at)
    assert len(captured) == 1
    assert {key: {who: each.waited for who, each in persons.items()} for key, persons in found.items()} == expected
    assert {who: each.waited for who, each in found[post.pk].items()} == {
        person("referent_a").pk: 3 * DAY,
        person("referent_b").pk: 2 * (1 + 3) * DAY,
        person("referent_briancon").pk: 2 * 2 * DAY,
    }
    assert {each.concerns for each in found[post.pk].values()} == {2}
    assert hands_by_holder(Incident.objects.all(), [], at) == {}
