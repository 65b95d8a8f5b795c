"""A border between two sectors is moved, by hand and by a file, and approved: each day has its own answer."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from shapely.geometry import LineString, Polygon

from incidents.deadlines import paris_date
from incidents.models import Incident
from sectors.models import Edition
from tests.browser.conftest import Visits
from tests.browser.test_drawing import CENTRE, HOUSING, area, draft, drag, opened, picked, place, shared
from tests.browser.test_pages import check, reported

__all__ = ["draft"]  # the fixture
Point = tuple[float, float]


def between(draft: Edition, before: dict[str, Any]) -> tuple[Point, str, str]:
    """A place that changes hands, and the sectors that have it before and after."""
    after = {code: area(draft, code) for code in before}
    passed = {
        (old, new): _surface(shapely.intersection(before[old], after[new]))
        for old, new in ((CENTRE, HOUSING), (HOUSING, CENTRE))
    }
    (old, new), piece = max(passed.items(), key=lambda each: each[1].area)
    middle = shapely.maximum_inscribed_circle(piece).coords[0]
    return (middle[0], middle[1]), old, new


def _surface(shape: Any) -> Any:
    """The largest polygon of a shape that may have lines too, where both lay along a border."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return max(parts, key=lambda part: part.area, default=Polygon())


def concern(at: Point) -> Incident:
    return reported(lon=at[0], lat=at[1])


def approved(page: Page, moved: Incident) -> None:
    """From the checked draft on: what changes hands is looked at, and approved for tomorrow."""
    page.get_by_role("button", name="noter comme contrôlé").click()
    page.get_by_role("button", name="Aperçu").click()
    row = page.locator("#results tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(moved.reference)
    page.get_by_role("link", name="L’approuver pour le").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="L’approuver pour le").click()
    expect(page.locator("main")).to_contain_text("est approuvée.")


def answers(page: Page, at: Point) -> list[str]:
    """The sector of a place a month ago, today and tomorrow."""
    today = paris_date(timezone.now())
    asked: list[dict[str, str | float | bool]] = [
        {"lon": str(at[0]), "lat": str(at[1]), "at": f"{today + timedelta(days=days)}"} for days in (-30, 0, 1)
    ]
    return [page.request.get("/api/locate/", params=each).json()["sector"]["code"] for each in asked]


def test_drawn_by_hand(visits: Visits, draft: Edition) -> None:
    before = {code: area(draft, code) for code in (CENTRE, HOUSING)}
    page = opened(visits)
    picked(page, CENTRE)
    drag(page, place(page, *shared(draft)), (30, 45))
    expect(page.locator("[data-state]")).to_contain_text("version 1")
    expect(page.locator("#drawing-findings")).to_contain_text("Rien")
    at, old, new = between(draft, before)
    moved = concern(at)
    assert moved.sector is not None
    assert moved.sector.code == old
    page.goto(reverse("edition_check", args=[draft.code]))
    approved(page, moved)
    assert answers(page, at) == [old, old, new]
    # The concern goes with the border when it moves, not before.
    moved.refresh_from_db()
    assert moved.sector is not None
    assert moved.sector.code == old


def test_brought_as_a_file(visits: Visits, draft: Edition, tmp_path: Path) -> None:
    before = {code: area(draft, code) for code in (CENTRE, HOUSING)}
    other = set(before[HOUSING].geoms[0].exterior.coords)
    ring = before[CENTRE].geoms[0].exterior.coords
    edge = max(
        ((one, two) for one, two in pairwise(ring) if one in other and two in other),
        key=lambda pair: LineString(pair).length,
    )
    strip = _surface(shapely.intersection(before[HOUSING], LineString(edge).buffer(0.0012)))
    areas = {CENTRE: shapely.union(before[CENTRE], strip), HOUSING: shapely.difference(before[HOUSING], strip)}
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(shapely.to_geojson(shape))}
        for code, shape in areas.items()
    ]
    brought = tmp_path / "secteurs.geojson"
    brought.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    page = visits.page("director")
    page.goto(reverse("edition_import", args=[draft.code]))
    page.locator("#id_file").set_input_files(brought)
    page.get_by_label("Garder les secteurs du brouillon").check()
    page.get_by_role("button", name="Apporter ce fichier").click()
    expect(page.get_by_role("button", name="noter comme contrôlé")).to_be_visible()
    at, old, new = between(draft, before)
    assert (old, new) == (HOUSING, CENTRE)
    approved(page, concern(at))
    assert answers(page, at) == [HOUSING, HOUSING, CENTRE]


@pytest.mark.parametrize("name", ["edition_draw", "edition_what_if", "agreements", "agreement_add"])
def test_its_pages_by_rule(visits: Visits, draft: Edition, name: str) -> None:
    page = visits.page("director")
    page.goto(reverse(name, args=[draft.code] if name.startswith("edition") else []))
    check(page)
