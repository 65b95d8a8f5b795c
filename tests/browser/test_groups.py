"""The pages of a group's work as they are looked at, by rule; and a place that is drawn on the map."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from partnership import changes
from partnership.models import Problem
from tests.browser.conftest import WIDE, Visits
from tests.browser.test_pages import check
from tests.conftest import CAST
from tests.incidents.sending import reported
from tests.partnership.evaluated import evaluated, suggested
from tests.partnership.groups import GROUP, does, given, group, landlord, proposed, retained

MIDDLE = (6.079, 44.56)
DAY = timedelta(days=1)


def person(name: str) -> User:
    return User.objects.get(email=f"{CAST[name]}@psq.example")


@pytest.fixture
def at_work(visits: Visits) -> dict[str, str]:
    """A group with something on each of its pages: what stands in an address by its name."""
    now = timezone.now()
    desk, partner = person("referent_a"), person("partner_a")
    found = [reported(partner, now - (7 * n + 2) * DAY, MIDDLE) for n in range(6)]
    problem = retained(desk, now, incidents=found[:3], description="Chaque soir dans le hall, depuis l’été.")
    given(problem, desk, now, owner=landlord(), due_on=timezone.localdate() + 9 * DAY, details="Avec le gardien.")
    given(problem, desk, now, title="Passer le soir", due_on=timezone.localdate() + 12 * DAY)
    does(changes.contribute, partner, now, problem=problem, phase="analyse", text="Le hall reste ouvert la nuit.")
    does(changes.write_diagnosis, desk, now, problem=problem, text="Le hall attire, faute de lumière.")
    does(changes.co_sign, desk, now, problem=problem, version=1)
    proposed(partner, now, title="Rodéos rue Carnot")
    evaluated(desk, "EEEE-0001", now)
    closed = evaluated(desk, "EEEE-0002", now, title="Bruit rue Élisée")
    does(changes.contribute, partner, now, problem=closed, phase="reperage", text="Le vendredi surtout.")
    does(changes.close, desk, now, problem=closed, result="partiellement_resolue")
    does(
        changes.write_charter, desk, now, group=group(), text="Une réunion par mois.\nChacun parle pour son organisme."
    )
    suggested("SSSS-0001", now, tuple(each.pk for each in found[3:]))
    return {"problem": problem.reference}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("referent_a", f"/groupes/{GROUP}/"),
        ("partner_a", f"/groupes/{GROUP}/"),
        ("referent_a", f"/groupes/{GROUP}/charte/"),
        ("referent_a", f"/groupes/{GROUP}/chiffres/"),
        ("referent_a", "/problematiques/"),
        ("mayor_gap", "/problematiques/"),
        ("mayor_gap", "/accueil/"),
        ("referent_a", "/problematiques/{problem}/"),
        ("partner_a", "/problematiques/{problem}/"),
        ("mayor_gap", "/problematiques/{problem}/"),
        ("director", "/problematiques/{problem}/"),
        ("referent_a", "/problematiques/{problem}/evaluer/"),
        ("referent_a", "/problematiques/{problem}/clore/"),
        ("referent_a", "/problematiques/EEEE-0001/evaluer/"),
        ("referent_a", "/problematiques/EEEE-0001/clore/"),
        ("partner_a", "/problematiques/EEEE-0001/evaluation/"),
        ("partner_a", "/problematiques/EEEE-0002/avis/"),
        ("partner_a", "/engagements/"),
        ("referent_a", "/problematiques/suggestions/"),
        ("referent_a", "/problematiques/suggestions/SSSS-0001/"),
        ("partner_a", "/problematiques/proposer/"),
    ],
)
def test_page(visits: Visits, at_work: dict[str, str], picture: Any, name: str, path: str) -> None:
    page = visits.page(name)
    page.goto(path.format(**at_work))
    expect(page.locator("h1")).to_be_visible()
    check(page)
    if (name, path) == ("partner_a", f"/groupes/{GROUP}/"):
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        picture(page, "groupe")


def test_what_is_missing_is_said_with_a_way_to_its_field(visits: Visits, at_work: dict[str, str]) -> None:
    """By keyboard: the link of the summary leads to the boxes and radios, which have no single field."""
    page = visits.page("referent_a")
    for path, field in (
        ("/problematiques/EEEE-0001/clore/", "result"),
        ("/problematiques/EEEE-0001/evaluer/", "criteria"),
    ):
        page.goto(path)
        for box in page.locator("input[name='criteria']").all():
            box.uncheck()
        page.locator("main form button:not([name])").last.click()
        link = page.locator(f"#errors a[href='#id_{field}']")
        expect(link).to_be_visible()
        link.press("Enter")
        expect(page.locator(f"#id_{field} input").first).to_be_focused()
        check(page)
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def test_a_place_is_drawn_by_mouse_and_by_keyboard(visits: Visits, picture: Any) -> None:
    page = visits.page("partner_a")
    page.goto("/problematiques/proposer/")
    state = page.locator("[data-draw-state]")
    expect(state).to_have_text("Aucun coin")
    map_ = page.locator("#map_sectors")
    map_.scroll_into_view_if_needed()
    box = map_.bounding_box()
    assert box is not None
    middle = (box["width"] / 2, box["height"] / 2)
    around = [(middle[0] + 60 * math.cos(turn), middle[1] + 60 * math.sin(turn)) for turn in (0, 2, 4)]
    for x, y in around:
        map_.click(position={"x": x, "y": y})
    expect(state).to_have_text("3 coins")
    expect(page.locator("path.map-extent")).to_have_count(1)
    picture(page, "proposer", whole=False)
    page.locator("[data-draw-undo]").click()
    expect(state).to_have_text("2 coins")
    page.locator("[data-draw-clear]").click()
    expect(state).to_have_text("Aucun coin")
    assert page.locator("input[name='drawn']").input_value() == ""
    # With the keyboard: the map goes under its centre, and Enter sets a corner there.
    page.evaluate("([lon, lat]) => map_sectors.setView([lat, lon], 17, {animate: false})", list(MIDDLE))
    map_.focus()
    for steps in ((0, 0), (80, 0), (0, 80)):
        page.evaluate("([x, y]) => map_sectors.panBy([x, y], {animate: false})", list(steps))
        map_.press("Enter")
    expect(state).to_have_text("3 coins")
    drawn = page.locator("input[name='drawn']").input_value()
    # What was drawn stays where something is missing.
    page.locator("main form .fr-btn--big").click()
    expect(page.locator("#errors")).to_be_visible()
    assert page.locator("input[name='drawn']").input_value() == drawn
    expect(page.locator("[data-draw-state]")).to_have_text("3 coins")
    page.get_by_label("En une ligne").fill("Bruit le soir")
    page.get_by_label("De quelle nature").select_option("tranquillite")
    page.locator("#id_recurrence").select_option("recurrente")
    with page.expect_navigation():
        page.locator("main form .fr-btn--big").click()
    assert page.locator("#errors li").all_inner_texts() == []
    expect(page.locator("h1")).to_have_text("Bruit le soir")
    extent = Problem.objects.get().extent
    assert extent is not None
    corners = [tuple(float(number) for number in pair.split()) for pair in drawn.split(",")]
    assert extent.num_coords == 4
    for corner in corners:
        assert any(math.dist(corner, each) < 1e-6 for each in extent[0][0].coords)
    expect(page.locator("path.map-extent")).to_have_count(1)
