"""The checker of borders: each crafted defect is told with its size and mended; no repair loses ground."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from sectors.boundaries import Drawn, Finding, accept, keeps, look

DATA = Path(__file__).parent.parent / "data" / "boundaries" / "defects.toml"
CASES: list[dict[str, Any]] = tomllib.loads(DATA.read_text())["case"]


def drawn_of(case: dict[str, Any]) -> tuple[list[Drawn], dict[str, Any]]:
    communes = {code: shapely.from_wkt(wkt) for code, (wkt, *_sectors) in case.get("communes", {}).items()}
    home = {sector: code for code, (_wkt, *sectors) in case.get("communes", {}).items() for sector in sectors}
    return [Drawn(code, shapely.from_wkt(wkt), home.get(code, "")) for code, wkt in case["sectors"].items()], communes


def summary(finding: Finding) -> list[Any]:
    repair = finding.repair
    means, moved = (repair.means, round(repair.moved_m2)) if repair else ("", 0)
    return [finding.kind, list(finding.sectors), round(finding.size_m2, 1), finding.severity, means, moved]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_crafted_defect(case: dict[str, Any]) -> None:
    drawn, communes = drawn_of(case)
    found = look(drawn, communes)
    assert [summary(finding) for finding in found] == case["found"]
    repairs = [finding.repair for finding in found if finding.repair]
    for repair in repairs:
        mended = accept(drawn, repair)
        assert keeps([shapely.make_valid(each.area) for each in drawn], [each.area for each in mended])
        assert len(look(mended, communes)) < len(found), "a repair mends, and makes no new defect"
    for code, size in case.get("gives", {}).items():
        areas = {each.code: each.area for each in accept(drawn, repairs[0])}
        assert shapely.area(areas[code]) == pytest.approx(size, abs=1)


def test_every_kind_of_finding_and_of_repair_has_a_case() -> None:
    told = [row for case in CASES for row in case["found"]]
    assert {row[0] for row in told} == {"invalid", "gap", "overlap", "sliver", "near_miss", "outside_commune", "hole"}
    assert {row[4] for row in told} == {"", "make_valid", "fill", "yield", "assign", "snap"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_same_is_found_anywhere_in_the_country(case: dict[str, Any]) -> None:
    drawn, communes = drawn_of(case)
    there = [Drawn(each.code, affinity.translate(each.area, 941_234.5, 6_387_654.25), each.commune) for each in drawn]
    moved = {code: affinity.translate(area, 941_234.5, 6_387_654.25) for code, area in communes.items()}
    assert [summary(finding) for finding in look(there, moved)] == case["found"]


def test_nothing_is_changed_by_looking() -> None:
    drawn, communes = drawn_of(CASES[-1])
    before = [each.area.wkb for each in drawn]
    look(drawn, communes)
    assert [each.area.wkb for each in drawn] == before


def test_a_repair_of_what_was_changed_since_is_refused() -> None:
    drawn, _communes = drawn_of(next(case for case in CASES if case["name"] == "two that overlap by a strip"))
    [finding] = look(drawn, {})
    assert finding.repair
    mended = accept(drawn, finding.repair)
    with pytest.raises(ValueError, match="was changed since"):
        accept(mended, finding.repair)
    with pytest.raises(ValueError, match="no sector"):
        accept([], finding.repair)


def test_one_code_twice_is_refused_and_no_sector_is_no_finding() -> None:
    square = shapely.box(0, 0, 100, 100)
    with pytest.raises(ValueError, match="same code"):
        look([Drawn("a", square), Drawn("a", square)], {})
    assert look([], {}) == []


@st.composite
def editions(draw: st.DrawFn) -> list[Drawn]:
    """Squares of a grid whose corners each neighbour drew for itself, some of them moved, a few crossing themselves."""
    slip = st.sampled_from([0.0, 0.0, 0.0, 0.4, -0.4, 3.0, -3.0, 12.0])
    drawn: list[Drawn] = []
    for column in range(draw(st.integers(1, 3))):
        for row in range(draw(st.integers(1, 3))):
            x, y = column * 100.0, row * 100.0
            corners = [(x, y), (x + 100, y), (x + 100, y + 100), (x, y + 100)]
            moved = [(cx + draw(slip), cy + draw(slip)) for cx, cy in corners]
            if draw(st.integers(0, 9)) == 0:
                moved[1], moved[2] = moved[2], moved[1]
            drawn.append(Drawn(f"s{column}{row}", shapely.polygons(moved)))
    return drawn


@given(editions())
def test_after_an_accepted_repair_no_point_of_the_old_sectors_is_lost(drawn: list[Drawn]) -> None:
    old = shapely.union_all(shapely.make_valid(np.array([each.area for each in drawn])))
    for finding in look(drawn, {}):
        if finding.repair is None:
            continue
        mended = accept(drawn, finding.repair)
        sound = shapely.make_valid(np.array([each.area for each in mended]))
        # To the millimetre: further from what there is now lies nothing of what there was.
        assert shapely.difference(old, shapely.buffer(shapely.union_all(sound), 0.001)).is_empty
        assert not shapely.is_empty(sound).any()
        assert {change.code for change in finding.repair.changes} <= {each.code for each in drawn}
