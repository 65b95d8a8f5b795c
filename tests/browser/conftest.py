"""A real server, a real Chromium, and pages that fail a test for anything said on the console or asked of elsewhere.

The database is not flushed: what the journeys wrote is emptied after each test, and the territory stays.
`PSQ_SCREENSHOTS=1` also writes the pictures of docs/screenshots.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from sectors import atlas
from sectors.account_files import embedded_accounts
from sectors.models import Sector
from tests.conftest import CAST, empty_what_was_written, end_other_sessions, load_embedded_territory

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "docs" / "screenshots"
# What was drawn beside the map of the territory, or approved in its place.
DRAWN = """
UPDATE sectors_edition SET approved_at = NULL, approved_by_id = NULL WHERE sealed_at IS NULL;
DELETE FROM sectors_sector WHERE edition_id IN (
  SELECT edition.id FROM sectors_edition AS edition JOIN sectors_territory AS territory ON territory.id = territory_id
  WHERE sealed_at IS NULL AND territory.code = '05');
DELETE FROM sectors_edition WHERE sealed_at IS NULL
  AND territory_id = (SELECT id FROM sectors_territory WHERE code = '05');
UPDATE sectors_edition SET validity = tstzrange(lower(validity), NULL) WHERE NOT upper_inf(validity);
"""
WIDE, PHONE, NARROW = (1280, 900), (390, 844), (320, 700)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser; one that is late on a busy machine gets a second try."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The distribution's Chromium, which stays on this machine."""
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        quiet.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": quiet}


@pytest.fixture(scope="session")
def running(django_db_setup: None, plain_static_files: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of the server of this session."""
    with override_settings(THROTTLES=False, ALLOWED_HOSTS=["localhost", "testserver"]):
        server = LiveServer("localhost")
        yield server.url
        server.stop()
    with django_db_blocker.unblock():
        end_other_sessions()
        connection.close()


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database as the server sees it: nothing is rolled back, and what was written is emptied afterwards."""
    with django_db_blocker.unblock():
        if not Sector.objects.exists():
            load_embedded_territory()
        atlas.forget()
        yield
        empty_what_was_written()
        with connection.cursor() as cursor:
            cursor.execute(DRAWN)
        # Who was invited leaves too.
        User.objects.exclude(email__in=[each.email for of in embedded_accounts().values() for each in of]).delete()
        connection.close()


@pytest.fixture
def site(running: str, db: None) -> str:
    """The address of the server, on the embedded territory with nothing reported."""
    return running


def faults(page: Page) -> list[str]:
    """What axe finds by all the rules that it has switched on, one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for each in found
        for node in each["nodes"]
    ]


class Visits:
    """Opens pages of the site and keeps what went wrong in them."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []
        self.pages: list[Page] = []
        self.wrong: list[str] = []

    def page(
        self,
        person: str = "",
        *,
        size: tuple[int, int] = WIDE,
        dark: bool = False,
        touch: bool = False,
        scripts: bool = True,
        motion: bool = False,
        **options: Any,
    ) -> Page:
        """A page in a context of its own, signed in as a member of the cast or as nobody."""
        context = self.browser.new_context(
            base_url=self.site,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            is_mobile=touch,
            java_script_enabled=scripts,
            locale="fr-FR",
            reduced_motion="no-preference" if motion else "reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if person:
            self._sign_in(context, person)
        page = context.new_page()
        if scripts:
            self.pages.append(page)
        page.on("console", lambda said: self._heard(f"console: {said.text}", said.type in {"error", "warning"}))
        page.on("pageerror", lambda error: self._heard(f"script: {error}", True))
        page.on("request", lambda asked: self._heard(f"elsewhere: {asked.url}", not self._ours(asked.url)))
        page.on("response", lambda got: self._heard(f"{got.status}: {got.url}", got.status >= 500))
        return page

    def _sign_in(self, context: BrowserContext, person: str) -> None:
        client = Client()
        client.force_login(User.objects.get(email=f"{CAST[person]}@psq.example"))
        assert SESSION_KEY in client.session
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site}])

    def _ours(self, url: str) -> bool:
        return url.startswith((self.site, "data:", "blob:"))

    def _heard(self, text: str, wrong: bool) -> None:
        if wrong:
            self.wrong.append(text)


@pytest.fixture
def visits(browser: Browser, site: str) -> Iterator[Visits]:
    """The way to open pages; the test fails for what any of them complained about."""
    opened = Visits(browser, site)
    yield opened
    # Where each journey ends, whatever it was about: pages of ours, which have a content.
    ends = [page for page in opened.pages if not page.is_closed() and page.locator("main#content").count()]
    wrong = opened.wrong + [f"{page.url} {fault}" for page in ends for fault in faults(page)]
    for context in opened.contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Writes the picture of a page under docs/screenshots when asked to by PSQ_SCREENSHOTS."""

    def take(page: Page, name: str, *, whole: bool = True) -> None:
        if os.environ.get("PSQ_SCREENSHOTS"):
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)

    return take
