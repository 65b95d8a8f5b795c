"""Which counts are published: none under five, and none that somebody could work out."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.figures import FEWEST, Area, Counted, Place, publish, safe

GAP: Area = ("05", "gap")
NEXT: Area = ("05", "next")


def at(x: int, family: str = "noise") -> Place:
    return (x, 0, family)


def counted(place: Place, *shares: int, sector: Area | None = GAP) -> list[Counted]:
    """So many by each of as many reporters."""
    return [Counted(sector, place, f"reporter {n}", share) for n, share in enumerate(shares)]


# the shares of the reporters -> is their sum told?
SHARES = {
    (): False,
    (4,): False,
    (5,): False,  # whoever reported them would read that nobody else did
    (50,): False,
    (1, 1, 1, 1, 1): False,  # each of the five reads of four others
    (1, 1, 1, 1, 1, 1): True,
    (5, 5): True,
    (50, 4): False,  # the larger one would read of four
    (50, 5): True,
    (50, 3, 2): True,
    (3, 3, 2): True,
    (3, 2, 2): False,
}


@pytest.mark.parametrize(("shares", "told"), SHARES.items())
def test_a_count_is_told_if_it_stays_five_without_the_largest_share(shares, told):
    assert safe(Counter(dict(enumerate(shares)))) is told  # type: ignore[arg-type]
    figures = publish(counted(at(1), *shares))
    assert figures.places == ({at(1): sum(shares)} if told else {})
    assert figures.sectors == ({GAP: sum(shares)} if told else {})


def test_a_small_rest_of_a_sector_takes_the_smallest_place_with_it():
    rows = [*counted(at(1), 9, 9), *counted(at(2), 5, 6), *counted(at(3), 1, 1)]
    figures = publish(rows)
    # 31 in the sector; with both places told, it would be 2 elsewhere.
    assert figures.sectors == {GAP: 31}
    assert figures.places == {at(1): 18}


def test_a_rest_that_is_large_or_nothing_takes_none():
    assert publish([*counted(at(1), 9, 9), *counted(at(2), 5, 6)]).places == {at(1): 18, at(2): 11}
    many = [row for x in range(2, 8) for row in counted(at(x), 1, 1)]
    assert publish([*counted(at(1), 9, 9), *many]).places == {at(1): 18}


def test_a_hidden_sector_has_no_sum_to_subtract_from():
    figures = publish([*counted(at(1), 9, 9, sector=None), *counted(at(2), 3, 1)])
    assert (figures.sectors, figures.places) == ({}, {at(1): 18})


def test_a_place_in_two_sectors_is_hidden_for_either():
    shared = [*counted(at(1), 5, 5), *counted(at(1), 5, 5, sector=NEXT)]
    rows = [*shared, *counted(at(2), 9, 9), *counted(at(3), 1, 1, sector=NEXT)]
    figures = publish(rows)
    assert figures.sectors == {GAP: 28, NEXT: 12}
    # Hidden for the rest of the one; what it leaves in the other is large enough.
    assert figures.places == {at(2): 18}


counts = st.builds(
    Counted,
    sector=st.sampled_from([GAP, NEXT, None]),
    place=st.tuples(st.integers(0, 3), st.just(0), st.sampled_from(["noise", "traffic"])),
    reporter=st.sampled_from(["a", "b", "c", "d"]),
    count=st.integers(1, 9),
)


@given(st.lists(counts, max_size=30))
def test_nobody_works_out_a_small_count_of_others(rows):
    """Not from a figure, nor from a sector less its places, nor by taking off what one reported oneself."""
    figures = publish(rows)
    for who in ("nobody", "a", "b", "c", "d"):
        for place, total in figures.places.items():
            assert total == sum(row.count for row in rows if row.place == place)
            own = sum(row.count for row in rows if row.place == place and row.reporter == who)
            assert total - own >= FEWEST
        for area, total in figures.sectors.items():
            inside = [row for row in rows if row.sector == area]
            assert total == sum(row.count for row in inside)
            assert total - sum(row.count for row in inside if row.reporter == who) >= FEWEST
            rest = [row for row in inside if row.place not in figures.places]
            others = sum(row.count for row in rest if row.reporter != who)
            assert not rest or others >= FEWEST
