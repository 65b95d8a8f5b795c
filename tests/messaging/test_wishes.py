from __future__ import annotations

import re
from datetime import datetime, time

import pytest

from messaging.short_texts import short
from messaging.wishes import (
    NEWS,
    PARIS,
    Way,
    Wish,
    concern_of,
    digest_moment,
    is_news,
    page_of,
    quiet_end,
    reference_of,
    way_of,
)

NIGHT = Wish(quiet_from=time(20), quiet_until=time(7, 30))
NOON = Wish(quiet_from=time(12), quiet_until=time(14))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("key", "reference"),
    [
        ("report:7K3F-9QXM:post", "7K3F-9QXM"),
        ("deadline-7d:7K3F-9QXM", "7K3F-9QXM"),
        ("status:7K3F-9QXM:12:3", "7K3F-9QXM"),
        ("problem.retained:7K3F-9QXM:2026", ""),
        ("reset:17:9f86d081884c7d659a2feaa0", ""),
        ("second_factor:added:17:00ff", ""),
        ("invitation:k3f9qxm:1", ""),
        ("digest:2026-11-23:9f86d081884c7d65", ""),
        ("reset:7K3F-9QXM7:x", ""),
        ("7K3F-9QXM", ""),
    ],
)
def test_only_a_message_about_a_concern_follows_wishes(key, reference):
    assert concern_of(key) == reference


@pytest.mark.parametrize(
    ("key", "reference", "page"),
    [
        ("problem.retained:7K3F-9QXM:2026-11-23T10:00:00+00:00:4", "7K3F-9QXM", "problem"),
        ("problem.rate_later:7K3F-9QXM:2026", "7K3F-9QXM", "problem_rate"),
        ("problem.given:7K3F-9QXM:2:2026", "7K3F-9QXM", "problem"),
        ("report:7K3F-9QXM:post", "7K3F-9QXM", "concern"),
        ("minutes.minutes:7K3F-9QXM:2026", "7K3F-9QXM", "meeting_minutes"),
        ("minutes.addendum:7K3F-9QXM:2026", "7K3F-9QXM", "meeting_minutes"),
        ("group.planned:7K3F-9QXM:2026", "", "meeting"),
    ],
)
def test_a_message_about_a_problem_leads_to_its_page(key, reference, page):
    assert (reference_of(key), page_of(key)) == (reference, page)
    assert is_news(key) == bool(reference)
    assert bool(re.search(NEWS, key)) == bool(reference)


@pytest.mark.parametrize(
    ("wish", "now", "end"),
    [
        (Wish(), "2026-11-23T03:00", None),
        (NIGHT, "2026-11-23T19:59:59", None),
        (NIGHT, "2026-11-23T20:00", "2026-11-24T07:30"),
        (NIGHT, "2026-11-23T23:59:59", "2026-11-24T07:30"),
        (NIGHT, "2026-11-24T00:00", "2026-11-24T07:30"),
        (NIGHT, "2026-11-24T07:29:59", "2026-11-24T07:30"),
        (NIGHT, "2026-11-24T07:30", None),
        (NOON, "2026-11-23T11:59:59", None),
        (NOON, "2026-11-23T12:00", "2026-11-23T14:00"),
        (NOON, "2026-11-23T14:00", None),
        # The clocks are put forward in the night: the end is of the wall, not a number of hours.
        (NIGHT, "2026-03-28T23:00", "2026-03-29T07:30"),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(wish, now, end):
    assert quiet_end(wish, at(now)) == (at(end) if end else None)


def test_what_is_wished_decides_and_then_the_hour():
    now = at("2026-11-23T22:00")
    assert way_of(Wish(), now) == (Way.NOW, now)
    assert way_of(NIGHT, now) == (Way.LATER, at("2026-11-24T07:30"))
    assert way_of(Wish(mail="daily", quiet_from=time(20), quiet_until=time(7)), now) == (Way.DIGEST, now)
    assert way_of(Wish(mail="never"), now) == (Way.BELL, now)


def test_the_digest_is_made_at_seven():
    assert digest_moment(at("2026-11-23T07:29")) == at("2026-11-22T07:30")
    assert digest_moment(at("2026-11-23T07:30")) == at("2026-11-23T07:30")


def test_a_text_message_is_one_message_of_its_alphabet():
    assert short("Préoccupation 7K3F-9QXM – « prise en charge »") == 'Préoccupation 7K3F-9QXM - " prise en charge "'
    assert short("L’hôtel où l’œuvre coûte 5 €") == "L'hotel où l'oeuvre coute 5 EUR"
    assert short("{a}\n\t~b~ 漢") == "a b"
    assert len(short("é" * 300)) == 160
    assert short("x" * 300).endswith("...")
