"""Texts that are programs elsewhere, opened in a real browser: nothing of them runs, and they are read as written.

`Visits` fails a test for what the policy blocked as well: a script that was only stopped by it was no text.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Incident
from ogcapi.geojson import Refused
from sectors import atlas
from tests import payloads
from tests.browser.conftest import Visits
from tests.browser.test_pages import reported
from tests.data.hostile.texts import shown

HIT = "window.hit"


def unharmed(page: Page) -> None:
    """Nothing ran, here or in what the page loaded since."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate(f"typeof {HIT}") == "undefined"
    assert page.locator("img[src='x'], iframe, base, svg[onload], [onerror], [onfocus]").count() == 0


# Each field meets two of the texts here, and all of them in tests/psq_geo/test_payloads.py.
@pytest.fixture(params=[0, 2])
def poisoned(request: pytest.FixtureRequest, site: str) -> Iterator[str]:
    """Every name of the territory and of the people is such a text; afterwards they have their own again."""
    kept = [(model, name, dict(model._base_manager.values_list("pk", name))) for model, name, _ in payloads.fields()]
    payloads.poison(request.param)
    atlas.forget()
    yield payloads.NAMES[request.param]
    for model, name, values in kept:
        rows = list(model._base_manager.filter(pk__in=values))
        for row in rows:
            setattr(row, name, values[row.pk])
        model._base_manager.bulk_update(rows, [name], batch_size=500)
    atlas.forget()


def test_names(poisoned: str, visits: Visits) -> None:
    """The map and its list, the answer for a place, the wizard's steps, the lists and the pages of each role."""
    row = reported()
    Incident.objects.filter(pk=row.pk).update(description=poisoned, external_reference=poisoned)
    page = visits.page()
    for path in (
        "/",
        "/qui-repond/?q=gap",
        "/qui-repond/?lat=44.5594&lon=6.0786&place=" + "%3Cscript%3E",
        "/connexion/",
    ):
        page.goto(path)
        unharmed(page)
    partner = visits.page("partner_a")
    partner.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    unharmed(partner)
    partner.locator("main form .fr-btn--big").click()
    partner.wait_for_url("**/signaler/quoi/")
    unharmed(partner)
    alone = f"/preoccupations/{row.reference}/"
    for person, paths in (
        ("partner_a", ("/preoccupations/", alone, "/compte/")),
        ("referent_a", ("/bureau/", alone, "/compte/")),
        ("director", ("/bureau/",)),
    ):
        page = visits.page(person)
        for path in paths:
            page.goto(path)
            unharmed(page)


def test_what_is_written_is_read(visits: Visits) -> None:
    """A concern for each text: in the list, and alone, where it stands as its writer wrote it."""
    texts = {}
    for _, text in shown():
        try:
            texts[reported(description=text).reference] = text
        except Refused:
            continue
    page = visits.page("referent_a")
    page.goto("/bureau/")
    unharmed(page)
    for reference, text in texts.items():
        page.goto(f"/preoccupations/{reference}/")
        assert page.evaluate(f"typeof {HIT}") == "undefined", text
        if text.isprintable() and text.isascii():
            expect(page.locator("main")).to_contain_text(text.strip())
