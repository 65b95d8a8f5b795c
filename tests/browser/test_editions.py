"""The pages of the editions of the map in a browser: by rule, on a phone, without JavaScript, and an approval."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from shapely.affinity import translate
from shapely.geometry import box

from accounts.models import User
from incidents import changes
from incidents.deadlines import paris_date
from sectors.changes import drafts, drawing
from sectors.changes.drawing import Drawn
from sectors.models import CitizenWatch, Commune, Edition, Territory
from tests.browser.conftest import PHONE, Visits
from tests.browser.test_pages import check, reported
from tests.conftest import CAST
from tests.incidents.sending import GAP

IN_FORCE = "05-2026-01"
CODE = "05-essai"


def draft() -> dict[str, Any]:
    """The hyper-centre of Gap in two, the eastern piece a few metres askew; who draws it, and which version."""
    by = User.objects.get(email=f"{CAST['director']}@psq.example")
    now = timezone.now()
    model = Edition.objects.get(code=IN_FORCE)
    made = drafts.begin(by=by, territory=model.territory_id, at=now, model=model.pk, code=CODE, note="La gare.")
    old = made.sectors.get(code="gap-hyper-centre")
    whole, east = shapely.from_wkb(bytes(old.area.wkb)), box(GAP[0] - 0.001, 44, 7, 45)
    pieces = [
        Drawn(old.code, old.name, old.kind, post="gap-hyper-centre", area=whole.difference(east).wkb),
        Drawn("gap-est", "Gap – Est", old.kind, "gap-economique", translate(whole.intersection(east), -0.00008).wkb),
    ]
    drawing.redraw(by=by, edition=made.pk, drawn=pieces, seen=0, at=now)
    return {"by": by, "edition": made.pk, "seen": 1, "at": now}


def previewed() -> str:
    """The same, checked and previewed for tomorrow, with a concern that would change hands; its day."""
    reported()
    facts, day = draft(), paris_date(timezone.now()) + timedelta(days=1)
    drafts.mark_checked(**facts)
    changes.preview(**facts, start_on=day)
    return f"?start_on={day}"


def at(name: str, *more: Any) -> str:
    return reverse(name, args=[CODE, *more])


def drawn(name: str, *more: Any, args: list[str] | None = None) -> str:
    """The address of a page about a draft that is there."""
    draft()
    return at(name, *more) if args is None else reverse(name, args=args)


PAGES = {
    "list": lambda: drawn("editions", args=[]),
    "begin": lambda: reverse("edition_begin"),
    "in force": lambda: reverse("edition", args=[IN_FORCE]),
    "draft": lambda: drawn("edition"),
    "name": lambda: drawn("edition_rename"),
    "give up": lambda: drawn("edition_abandon"),
    "file": lambda: drawn("edition_import"),
    "check": lambda: drawn("edition_check"),
    "repair": lambda: drawn("edition_repair", 1),
    "compare": lambda: drawn("edition_compare"),
    "not checked": lambda: drawn("edition_preview"),
    "preview": lambda: at("edition_preview") + previewed(),
    "approve": lambda: at("edition_approve") + previewed(),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_editions(visits: Visits, name: str) -> None:
    path = PAGES[name]()
    page = visits.page("director")
    page.goto(path)
    check(page)


@pytest.mark.parametrize("path", ["/secteurs/", "/secteurs/?at=2020-01-01", "/secteurs/?at=hier"])
def test_the_sectors_of_a_day(visits: Visits, path: str) -> None:
    page = visits.page()
    page.goto(path)
    check(page)


def test_a_protocol_of_citizen_watch_is_read_beside_its_perimeter(visits: Visits) -> None:
    facts = {"territory": Territory.objects.get(code="05"), "commune": Commune.objects.get(code="05061")}
    CitizenWatch.objects.create(code="watch", state="en_vigueur", volunteers=12, **facts)
    page = visits.page()
    page.goto("/participation-citoyenne/")
    check(page)
    expect(page.locator("#watch")).to_contain_text("toute la commune")
    expect(page.locator(".map-number")).to_have_text("1")
    page.locator("#watch").hover()
    expect(page.locator(".leaflet-overlay-pane path.watched--read.is-lit")).to_have_count(1)


def test_a_shape_and_its_row_light_up_together(visits: Visits) -> None:
    draft()
    page = visits.page("administrator")
    page.goto(at("edition"))
    expect(page.locator(".leaflet-overlay-pane path.area")).to_have_count(7)
    expect(page.locator(".map-number")).to_have_count(7)
    page.locator("tr[data-fid='gap-est']").hover()
    expect(page.locator(".leaflet-overlay-pane path.area.is-lit")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_draft_is_checked_previewed_and_approved_for_tomorrow(visits: Visits, scripts: bool) -> None:
    reported()
    draft()
    page = visits.page("director", size=PHONE, scripts=scripts)
    page.goto(at("edition"))
    page.locator("main").get_by_role("link", name="Contrôler", exact=True).click()
    page.get_by_role("button", name="noter comme contrôlé").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ce que change 05-essai")
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.locator("#results tbody").get_by_role("checkbox").check()
    page.get_by_role("button", name="Garder ce choix").click()
    expect(page.locator("main")).to_contain_text("Votre choix est gardé avec le brouillon.")
    page.get_by_role("link", name="L’approuver pour le").click()
    expect(page.locator("main")).to_contain_text("1 préoccupation reste au poste qui l’a.")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="L’approuver pour le").click()
    expect(page.locator("main")).to_contain_text("05-essai est approuvée.")
    edition = Edition.objects.get(code=CODE)
    assert edition.approved_at is not None
    assert len(edition.kept) == 1
    asked = {"lon": str(GAP[0]), "lat": str(GAP[1])}
    days = (paris_date(timezone.now()) + timedelta(days=days) for days in (-30, 0, 1))
    found = [
        page.request.get("/api/locate/", params={**asked, "at": f"{day}"}).json()["sector"]["code"] for day in days
    ]
    assert found == ["gap-hyper-centre", "gap-hyper-centre", "gap-est"]
