"""The desk, its list with each filter, and one concern: among a hundred thousand concerns, and among a hundred.

Two servers answer, on databases that differ in nothing else; each page is asked for one at a time, as a person does.
"""

from __future__ import annotations

import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar
from statistics import median
from typing import Final

from tests.bench.databases import DIRECTION, ROOT, connect
from tests.bench.load import TIMEOUT_S, Rate
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.servers import product
from tests.bench.stage import FEW, MANY, Disagreement, Stage

DESK, LIST = "/bureau/", "/preoccupations/"
MAP: Final = "its map"
PAGES: Final = {
    "the desk": DESK,
    "the list": LIST,
    **{
        f"the list, {query}": f"{LIST}?{query}"
        for query in (
            "status=open", "status=untaken", "status=settled", "status=close", "due=late", "due=week", "due=later",
            "category=tapage", "own=1", "commune=05061",
            "sector=volume-1", "post=volume-1", "partner=volume-partenaire-1", "since=2026-01-01", "until=2026-11-01",
            "q=moteurs", "q=absent", "desk=1", "replied=1", "offered=1",
            "offered=late",
        )
    },
    MAP: f"{LIST}points/",
}  # fmt: skip
PEOPLE: Final = {"direction": DIRECTION, "référent": "referent.volume@psq.example"}
PASSWORD: Final = "Demonstration-05"
ASKED: Final = 5
AT_MOST: Final = 3.0
UNIT: Final = "pages/s"
_TOKEN: Final = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
_REFERENCE: Final = re.compile(rb"/preoccupations/([0-9A-Z]{4}-[0-9A-Z]{4})/")
# A concern that this person holds.
_OWN: Final = """
SELECT incident.reference FROM incidents_incident AS incident JOIN sectors_post AS post ON post.id = incident.post_id
WHERE post.code = 'volume-1' ORDER BY incident.status = 'prise_en_charge' DESC, incident.id DESC LIMIT 1
"""


@dataclass(slots=True)
class Browser:
    """A person signed in at a server."""

    address: str
    opener: urllib.request.OpenerDirector

    def get(self, path: str) -> bytes:
        """The page. Raises RuntimeError where it is not one."""
        with self.opener.open(self.address + path, timeout=TIMEOUT_S) as answer:
            if urllib.parse.urlsplit(answer.url).path != path.partition("?")[0]:
                raise RuntimeError(f"{path} led to {answer.url}")
            return bytes(answer.read())

    def post(self, form_at: str, to: str, **values: str) -> None:
        """Fills in the form of this page."""
        with self.opener.open(self.address + form_at, timeout=TIMEOUT_S) as answer:
            token = _TOKEN.search(answer.read())
        if token is None:
            raise RuntimeError(f"{form_at} has no form")
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1].decode(), **values}).encode()
        request = urllib.request.Request(self.address + to, data=body, headers={"Referer": self.address + form_at})
        with self.opener.open(request, timeout=TIMEOUT_S):
            pass


def run(stage: Stage, findings: Findings) -> None:
    """Times of every page for two people. Raises Disagreement where a page does not hold what it should."""
    subprocess.run(["scripts/serve", "static"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with ExitStack() as stack:
        servers = {
            size: stack.enter_context(product(stage.desks[size], name=f"psq_geo of {size}")) for size in (FEW, MANY)
        }
        for role, email in PEOPLE.items():
            browsers = {size: signed_in(server.address, email) for size, server in servers.items()}
            details = {size: _own(stage.desks[size]) for size in servers}
            for size, browser in browsers.items():
                _check(browser, stage.desks[size], role, details[size])
            pages = {name: dict.fromkeys(servers, path) for name, path in PAGES.items()}
            pages["one concern"] = {size: f"{LIST}{reference}/?status=open" for size, reference in details.items()}
            for name, paths in pages.items():
                _compare(f"{role}: {name}", browsers, paths, stage.rounds, findings)
    findings.checks.append(
        f"desk: the lists of {FEW} and of {MANY:,} concerns show what the database holds for this person, 25 a page"
    )


def signed_in(address: str, email: str) -> Browser:
    """A browser of this account of the demonstration."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    browser = Browser(address, opener)
    browser.post("/connexion/", "/connexion/", username=email, password=PASSWORD)
    browser.get("/compte/")
    return browser


def timed(ask: Callable[[], bytes], times: int = ASKED) -> Rate:
    """How long the page takes, asked for so many times in turn."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        found.append(time.perf_counter() - began)
    middle = median(found)
    return Rate(1 / middle, middle * 1000, max(found) * 1000, times)


def _compare(name: str, browsers: dict[int, Browser], paths: dict[int, str], rounds: int, findings: Findings) -> None:
    asks = {size: partial(browser.get, paths[size]) for size, browser in browsers.items()}
    for ask in asks.values():
        # Both processes of the server have met the page before.
        timed(ask, 3)
    rates = take_turns({f"{name}, {size:,}": partial(timed, ask) for size, ask in asks.items()}, rounds)
    figures = [Figure(f"{name}, {size:,} concerns", UNIT, rates[f"{name}, {size:,}"]) for size in asks]
    findings.figures.extend(figures)
    # A ratio of times is the inverse of the one of rates. A map of five hundred points owes nothing to one of two.
    bound = None if name.endswith(MAP) else AT_MOST
    findings.comparisons.append(
        Comparison(f"{name}: time with {MANY:,} concerns / with {FEW}", figures[0], figures[1], at_most=bound)
    )


def _check(browser: Browser, database: str, role: str, detail: str) -> None:
    say(f"checking what {role} is shown")
    if role == "direction":
        # It says once why it reads what a sector holds.
        browser.post(f"{LIST}{detail}/", f"{LIST}{detail}/motif/", motive="Mesure de la vitesse")
        held = "post.code LIKE 'volume-%'"
    else:
        held = (
            "(post.code = 'volume-1' OR incident.co_reader_posts @> ARRAY[(SELECT id FROM sectors_post"
            " WHERE code = 'volume-1')])"
        )
    if detail.encode() not in browser.get(f"{LIST}{detail}/"):
        raise Disagreement(f"{role} is not shown {detail}")
    with closing(connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM incidents_incident AS incident JOIN sectors_post AS post ON post.id = post_id"
            f" WHERE {held}"
        )
        expected = min(25, int(cursor.fetchone()[0]))
    shown = len(set(_REFERENCE.findall(browser.get(LIST))))
    if shown != expected:
        raise Disagreement(f"{role} is shown {shown} concerns, not {expected}")


def _own(database: str) -> str:
    with closing(connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(_OWN)
        return str(cursor.fetchone()[0])
