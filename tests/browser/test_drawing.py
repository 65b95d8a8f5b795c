"""A draft drawn in a real browser: neighbours follow, each step is saved, and two people overwrite nothing."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
import shapely
from django.utils import timezone
from playwright.sync_api import Page, expect
from shapely.geometry import LineString

from accounts.models import User
from sectors.changes import drafts, drawing
from sectors.models import Edition
from tests.browser.conftest import PHONE, Visits
from tests.conftest import CAST

CENTRE, HOUSING = "gap-hyper-centre", "gap-habitat-dense"


@pytest.fixture
def draft(site: str) -> Edition:
    """A draft with the sectors of today."""
    model = Edition.objects.get(territory__code="05", validity__isnull=False)
    director = User.objects.get(email=f"{CAST['director']}@psq.example")
    return drafts.begin(by=director, territory=model.territory_id, at=timezone.now(), model=model.pk, code="05-dessin")


def area(draft: Edition, code: str) -> Any:
    return shapely.from_wkb(bytes(draft.sectors.get(code=code).area.wkb))


def opened(visits: Visits, person: str = "director", **options: Any) -> Page:
    page = visits.page(person, **options)
    page.goto("/editions/05-dessin/dessin/")
    return page


def place(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where this position is on the screen."""
    found = page.evaluate(
        "([lon, lat]) => { const map = window.map_sectors; const box = map.getContainer().getBoundingClientRect();"
        " const at = map.latLngToContainerPoint([lat, lon]); return [box.x + at.x, box.y + at.y]; }",
        [lon, lat],
    )
    return float(found[0]), float(found[1])


def shared(draft: Edition) -> tuple[float, float]:
    """A corner that the centre and the housing of Gap share."""
    one, other = (set(area(draft, code).geoms[0].exterior.coords) for code in (CENTRE, HOUSING))
    found: list[tuple[float, float]] = sorted(one & other)
    return found[1]


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2, steps=4)
    page.mouse.move(start[0] + by[0], start[1] + by[1], steps=4)
    page.mouse.up()


def picked(page: Page, code: str) -> None:
    page.locator(f"#sector-{code} summary").click()
    page.locator(f"[data-pick='{code}']").click()
    expect(page.locator(".is-picked")).to_have_count(1)
    page.wait_for_timeout(50)


def test_a_corner_takes_the_neighbours_with_it_and_is_saved(visits: Visits, draft: Edition) -> None:
    page = opened(visits)
    before = {code: area(draft, code) for code in (CENTRE, HOUSING)}
    corner = shared(draft)
    picked(page, CENTRE)
    drag(page, place(page, *corner), (25, 35))
    expect(page.locator("[data-state]")).to_contain_text("version 1")
    draft.refresh_from_db()
    after = {code: area(draft, code) for code in (CENTRE, HOUSING)}
    assert draft.number == 1
    assert all(not after[code].equals(before[code]) for code in before)
    gone = set(before[CENTRE].geoms[0].exterior.coords) - set(after[CENTRE].geoms[0].exterior.coords)
    assert gone == {corner}
    (came,) = set(after[CENTRE].geoms[0].exterior.coords) - set(before[CENTRE].geoms[0].exterior.coords)
    assert came in set(after[HOUSING].geoms[0].exterior.coords)
    assert shapely.intersection(*after.values()).area < 1e-15
    # What the two hold together was moved, and no gap was left.
    expect(page.locator("#drawing-findings")).to_contain_text("Rien")
    expect(page.locator("#drawing-sectors input[name='version']").first).to_have_value("1")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#drawing-state")).to_contain_text("Version 2")
    assert area(draft, CENTRE).equals(before[CENTRE])
    assert area(draft, HOUSING).equals(before[HOUSING])


def test_a_new_corner_and_one_less(visits: Visits, draft: Edition) -> None:
    page = opened(visits)
    picked(page, CENTRE)
    before = area(draft, CENTRE)
    count = shapely.get_num_coordinates(before)
    drag(page, _middle(page, draft), (12, 30))
    expect(page.locator("[data-state]")).to_contain_text("version 1")
    assert shapely.get_num_coordinates(area(draft, CENTRE)) == count + 1
    came = sorted(set(area(draft, CENTRE).geoms[0].exterior.coords) - set(before.geoms[0].exterior.coords))[0]
    assert came in set(area(draft, HOUSING).geoms[0].exterior.coords)
    page.mouse.click(*place(page, *came), button="right")
    expect(page.locator("[data-state]")).to_contain_text("version 2")
    assert shapely.get_num_coordinates(area(draft, CENTRE)) == count
    assert came not in set(area(draft, HOUSING).geoms[0].exterior.coords)


def _middle(page: Page, draft: Edition) -> tuple[float, float]:
    """The middle of an edge that the centre and the housing share, on the screen."""
    other = set(area(draft, HOUSING).geoms[0].exterior.coords)
    ring = area(draft, CENTRE).geoms[0].exterior.coords
    pairs = [(a, b) for a, b in pairwise(ring) if a in other and b in other]
    one, two = (place(page, *at) for at in max(pairs, key=lambda pair: LineString(pair).length))
    return (one[0] + two[0]) / 2, (one[1] + two[1]) / 2


def test_a_cut_drawn_on_the_map_goes_to_its_form(visits: Visits, draft: Edition) -> None:
    page = opened(visits)
    picked(page, CENTRE)
    west, south, east, north = area(draft, CENTRE).bounds
    page.get_by_role("button", name="Dessiner une coupe").click()
    middle = (south + north) / 2
    for lon in (west - 0.0003, east + 0.0003):
        page.mouse.move(*place(page, lon, middle), steps=3)
        page.mouse.click(*place(page, lon, middle))
    page.get_by_role("button", name="Terminer le dessin").click()
    expect(page.locator("#id_split_line")).not_to_have_value("")
    page.locator("#id_split_sector").select_option(CENTRE)
    page.locator("#id_split_code").fill("gap-sud")
    page.locator("#id_split_name").fill("Gap – Sud")
    page.locator("#id_split_post").select_option("gap-economique")
    page.get_by_role("button", name="Le couper").click()
    expect(page.locator("#drawing-sectors")).to_contain_text("Gap – Sud")
    assert draft.sectors.filter(code="gap-sud").exists()


def test_two_who_draw_at_once_see_both_and_decide(visits: Visits, draft: Edition) -> None:
    page = opened(visits)
    corner = shared(draft)
    other = User.objects.get(email=f"{CAST['administrator']}@psq.example")
    wanted: Any = {"code": CENTRE, "name": "Leur centre", "kind": "economic", "post": "gap-economique"}
    theirs = area(draft, CENTRE).buffer(-0.0005)
    drawing.redraw(
        by=other, edition=draft.pk, seen=0, at=timezone.now(), drawn=[drawing.Drawn(**wanted, area=theirs.wkb)]
    )
    picked(page, CENTRE)
    drag(page, place(page, *corner), (25, 35))
    told = page.locator("#drawing-told")
    expect(told).to_contain_text("Quelqu’un d’autre a dessiné en même temps")
    # The browser says of itself that it was refused.
    visits.wrong[:] = [each for each in visits.wrong if "status of 409" not in each]
    expect(page.locator("path.mine")).not_to_have_count(0)
    expect(told.locator("textarea[data-mine]")).not_to_have_count(0)
    assert area(draft, CENTRE).equals(theirs) or area(draft, CENTRE).symmetric_difference(theirs).area < 1e-12
    told.get_by_role("button", name="Mettre le mien à sa place").click()
    expect(page.locator("#drawing-state")).to_contain_text("Version 2")
    assert corner not in set(area(draft, CENTRE).geoms[0].exterior.coords)
    assert draft.sectors.get(code=CENTRE).name == "Leur centre"


def test_it_can_be_drawn_by_keyboard_and_without_scripts(visits: Visits, draft: Edition) -> None:
    page = opened(visits, scripts=False)
    part = page.locator(f"#sector-{CENTRE}")
    part.locator("summary").focus()
    page.keyboard.press("Enter")
    field = part.locator("textarea[name='outline']")
    first, *rest = field.input_value().splitlines()
    lon, lat = map(float, first.split())
    field.fill("\n".join([f"{lon} {lat + 0.00003}", *rest]))
    part.get_by_role("button", name="Enregistrer ce secteur").press("Enter")
    expect(page.locator("#drawing-state")).to_contain_text("Version 1")
    row = page.locator("[data-finding]").first
    row.locator("summary").press("Enter")
    row.get_by_role("button", name="Accepter cette réparation").press("Enter")
    expect(page.locator("#drawing-state")).to_contain_text("Version 2")


@pytest.mark.parametrize("dark", [False, True])
def test_findings_are_on_the_map_and_beside_it_on_a_phone_too(visits: Visits, draft: Edition, dark: bool) -> None:
    row = draft.sectors.get(code=CENTRE)
    wanted: Any = {"code": CENTRE, "name": row.name, "kind": row.kind, "post": row.post.code}
    moved = shapely.affinity.translate(area(draft, CENTRE), 0.00005)
    director = User.objects.get(email=f"{CAST['director']}@psq.example")
    drawing.redraw(
        by=director, edition=draft.pk, seen=0, at=timezone.now(), drawn=[drawing.Drawn(**wanted, area=moved.wkb)]
    )
    page = opened(visits, size=PHONE, dark=dark)
    found = json.loads(page.locator("#drawing-data").text_content() or "")["findings"]["features"]
    assert found
    expect(page.locator("[data-finding]")).to_have_count(len(found))
    expect(page.locator("path.faulty")).not_to_have_count(0)
    repaired = next(each for each in found if each["properties"]["repair"])
    part = page.locator(f"[data-finding='{repaired['id']}']")
    part.locator("summary").click()
    part.locator("[data-preview-finding]").click()
    expect(page.locator("path.mended")).to_have_count(len(repaired["properties"]["changes"]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    part.get_by_role("button", name="Accepter cette réparation").click()
    expect(page.locator("#drawing-state")).to_contain_text("Version 2")
