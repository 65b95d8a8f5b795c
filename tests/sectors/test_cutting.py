"""Sectors split by a line and merged: what each piece keeps, and what no line and no pair is taken for."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from ogcapi.geojson import Refused
from sectors.boundaries.cutting import NotCutError, cut, join
from sectors.changes import cutting, drafts
from sectors.checking import findings_of
from sectors.models import Edition

SQUARE = box(0, 0, 4, 4)
NORTH = [(6.05, 44.5555), (6.1, 44.5605)]


@pytest.mark.parametrize("line", [[(1, -1), (1, 5)], [(1, 0), (1, 4)], [(1, 0.05), (1, 3.95)], [(1, 4), (1, 0)]])
def test_a_line_from_side_to_side_makes_two_pieces(line: list[tuple[float, float]]) -> None:
    kept, piece = cut(SQUARE, line, reach=0.1)
    assert (kept.area, piece.area) == pytest.approx((12, 4))
    assert shapely.union(kept, piece).equals(SQUARE)


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ([(1, 1), (2, 2)], 0),  # ends within
        ([(5, 0), (5, 4)], 0),  # beside it
        ([(-1, 1), (5, 1), (5, 3), (-1, 3)], 3),
    ],
)
def test_no_other_line_does(line: list[tuple[float, float]], pieces: int) -> None:
    with pytest.raises(NotCutError) as caught:
        cut(SQUARE, line, reach=0.1)
    assert caught.value.pieces == pieces


def test_other_parts_and_holes_stay_with_the_larger_piece() -> None:
    area = MultiPolygon([Polygon(SQUARE.exterior, [box(2.5, 1, 3, 2).exterior]), box(6, 0, 7, 1)])
    kept, piece = cut(area, [(1, -1), (1, 5)])
    assert (kept.area, piece.area) == pytest.approx((12 - 0.5 + 1, 4))
    assert len(shapely.get_parts(kept)) == 2


def test_neighbours_become_one_and_what_lies_apart_does_not() -> None:
    whole = join(SQUARE, box(4, 1, 6, 3))
    assert whole is not None
    assert whole.area == pytest.approx(20)
    assert join(SQUARE, box(4.01, 0, 6, 4)) is None
    assert join(SQUARE, box(4, 4, 6, 6)) is None  # a corner is no border


@pytest.fixture
def draft(person: Any, monday: Any) -> Edition:
    model = Edition.objects.get(territory__code="05", validity__isnull=False)
    return drafts.begin(by=person("director"), territory=model.territory_id, at=monday, model=model.pk)


def areas(edition: Edition) -> dict[str, Any]:
    return {row.code: shapely.from_wkb(bytes(row.area.wkb)) for row in edition.sectors.all()}


def test_a_sector_of_a_draft_is_split_as_one_step(draft: Edition, person: Any, monday: Any) -> None:
    before = areas(draft)["gap-hyper-centre"]
    given: dict[str, Any] = {"by": person("director"), "edition": draft.pk, "at": monday}
    new: Any = {"code": "gap-nord", "name": "Gap – Nord", "post": "gap-economique"}
    made = cutting.split(**given, sector="gap-hyper-centre", line=NORTH, seen=0, **new)
    after = areas(made)
    assert made.number == 1
    assert shapely.union(after["gap-hyper-centre"], after["gap-nord"]).symmetric_difference(before).area < 1e-15
    assert after["gap-nord"].area < after["gap-hyper-centre"].area
    row = made.sectors.get(code="gap-nord")
    assert (row.name, row.kind, row.post.code, row.commune and row.commune.code) == (
        "Gap – Nord", "city_centre", "gap-economique", "05061",
    )  # fmt: skip
    assert findings_of(made) == []
    undone = drafts.undo(**given, seen=1)
    assert areas(undone)["gap-hyper-centre"].equals(before)
    assert "gap-nord" not in areas(undone)


def test_sectors_of_a_draft_are_merged_as_one_step(draft: Edition, person: Any, monday: Any) -> None:
    before, found = areas(draft), findings_of(draft)
    given: dict[str, Any] = {"by": person("director"), "edition": draft.pk, "at": monday}
    made = cutting.merge(**given, sector="gap-hyper-centre", other="gap-habitat-dense", seen=0)
    after = areas(made)
    assert "gap-habitat-dense" not in after
    lost = shapely.union(before["gap-hyper-centre"], before["gap-habitat-dense"]).difference(
        after["gap-hyper-centre"].buffer(1e-7)
    )
    assert lost.is_empty
    assert len(findings_of(made)) <= len(found)


def test_what_can_be_neither_split_nor_merged_says_why(draft: Edition, person: Any, monday: Any) -> None:
    given: dict[str, Any] = {"by": person("director"), "edition": draft.pk, "at": monday, "seen": 0}
    new: Any = {"code": "gap-nord", "name": "Nord", "post": "gap-economique"}
    taken, line = new | {"code": "gap-economique"}, [(6.0, 44.0), (6.1, 44.0)]
    for why, status, change in (
        ("not_cut", 422, lambda: cutting.split(**given, sector="gap-hyper-centre", line=line, **new)),
        ("unknown_code", 422, lambda: cutting.split(**given, sector="nowhere", line=NORTH, **new)),
        ("code_taken", 409, lambda: cutting.split(**given, sector="gap-hyper-centre", line=NORTH, **taken)),
        ("not_neighbours", 422, lambda: cutting.merge(**given, sector="gap-hyper-centre", other="gap-hyper-centre")),
        ("not_neighbours", 422, lambda: cutting.merge(**given, sector="gap-hyper-centre", other="briancon-economique")),
        ("unknown_code", 422, lambda: cutting.merge(**given, sector="gap-hyper-centre", other="nowhere")),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            change()
        assert (caught.value.code, caught.value.status) == (why, status)
    draft.refresh_from_db()
    assert draft.number == 0
