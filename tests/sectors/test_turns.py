"""Who answers for a seat, turn after turn: in days from a first one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sectors.gaps import Stay, Turn, holding, turns

FIRST = datetime(2026, 11, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def stay(who: str, since: int, until: int | None, *, stand_in: bool = False) -> Stay[str]:
    return Stay(who, day(since), None if until is None else day(until), stand_in)


def told(found: list[Turn[str]]) -> list[tuple[str, int, int]]:
    return [
        (turn.stay.who if turn.stay else "", (turn.since - FIRST).days, (turn.until - FIRST).days) for turn in found
    ]


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([], [("", 0, 30)]),
        ([stay("a", -9, None)], [("a", 0, 30)]),
        ([stay("a", -9, 30)], [("a", 0, 30)]),
        ([stay("a", -9, 10)], [("a", 0, 10), ("", 10, 30)]),
        ([stay("a", 10, 20)], [("", 0, 10), ("a", 10, 20), ("", 20, 30)]),
        ([stay("a", -9, 10), stay("b", 10, None)], [("a", 0, 10), ("b", 10, 30)]),
        ([stay("a", -9, None), stay("b", 5, 8, stand_in=True)], [("a", 0, 5), ("b", 5, 8), ("a", 8, 30)]),
        # Who stands in fills the gap of a holder gone.
        ([stay("a", -9, 10), stay("b", 5, 20, stand_in=True)], [("a", 0, 5), ("b", 5, 20), ("", 20, 30)]),
        ([stay("a", 40, None)], [("", 0, 30)]),
    ],
)
def test_turns_follow_each_other(stays: list[Stay[str]], expected: list[tuple[str, int, int]]) -> None:
    assert told(turns(stays, FIRST, day(30))) == expected


spans = some.tuples(some.integers(-5, 35), some.integers(1, 40), some.booleans())


@given(some.lists(spans, max_size=6), some.integers(0, 29))
def test_no_moment_is_left_out_and_each_is_told_as_it_is(rows: list[tuple[int, int, bool]], at: int) -> None:
    stays = [
        stay(str(number), since, since + long, stand_in=stand_in) for number, (since, long, stand_in) in enumerate(rows)
    ]
    found = turns(stays, FIRST, day(30))
    assert found[0].since == FIRST
    assert found[-1].until == day(30)
    assert all(one.until == two.since for one, two in pairwise(found))
    (here,) = [turn for turn in found if turn.since <= day(at) < turn.until]
    assert here.stay == holding(stays, day(at))
