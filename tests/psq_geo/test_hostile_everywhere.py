"""Hostile requests against every address of the URL map: no fault, no long work, nothing stored that was refused.

The bound of two seconds is on the work: the processor's time of this process, and PostgreSQL's own limit on a
statement. The clock on the wall would also measure what else the machine does.
"""

from __future__ import annotations

import html
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.authorisation.addresses import addresses, is_for_programs, path
from tests.authorisation.people import Scene
from tests.authorisation.stage import set_scene, stage
from tests.authorisation.table import rows
from tests.data.hostile.envelopes import FORM, FORMS, HEADERS, PATHS, QUERIES, TEXTS

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
MOST_S: Final = 2.0
MEMBERS: Final = {"type", "title", "status", "detail", "code", "errors"}
# What a request may leave whatever becomes of it: that it was made.
TRACES: Final = re.compile(r"axes_|django_session|accounts_(accesslog|tokenbucket|attempt)|spatial_ref_sys")
# What they make is shown in the answer itself, and never again: no other page may be led to.
SHOWN_ONCE: Final = {"compte/jetons/"}
# Those who get furthest, in this order.
FIRST: Final = ("hol", "own", "dir", "adm", "aud", "sup", "ano")
TABLE: Final = rows()
ASKED: Final = addresses()


@pytest.fixture(autouse=True)
def hurried(stage: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{MOST_S:.0f}s'")


T = TypeVar("T")


def share(cases: Sequence[T], address: str) -> Sequence[T]:
    """All of them for an address of programs. Pages are many and share their middleware: each gets a third, another
    than the page before, so that every case meets a third of the pages."""
    return cases if is_for_programs(address) else cases[ASKED.index(address) % 3 :: 3]


def stored() -> dict[str, int]:
    """How many rows each table has; and the concern as it is."""
    names = [name for name in connection.introspection.table_names() if not TRACES.match(name)]
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
    content = "SELECT 'content', coalesce(sum(hashtext(i::text)), 0) FROM incidents_incident i"
    with connection.cursor() as cursor:
        cursor.execute(f"{counts} UNION ALL {content}")
        return dict(cursor.fetchall())


class Assault:
    """One address, asked by who gets furthest at it; every answer is looked at, and none of it stays."""

    def __init__(self, stage: Scene, address: str) -> None:
        methods = TABLE.get(address, {})
        who = next((each for each in FIRST if methods.get("GET", methods.get("POST", {})).get(each) == "200"), "hol")
        self.program = is_for_programs(address)
        self.shows_once = address in SHOWN_ONCE
        self.client: Client = stage.client(who, program=self.program)
        self.path = path(address, stage)
        self.before = stored()
        self.slowest = (0.0, "")

    def send(
        self,
        case: str,
        method: str,
        url: str = "",
        body: bytes = b"",
        kind: str = "",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """The answer, after all that must be true of it."""
        began = time.process_time()
        with transaction.atomic():
            response = self.client.generic(method, url or self.path, body, content_type=kind, headers=headers)
            if response.streaming:
                b"".join(response)
            took = time.process_time() - began
            if method not in {"GET", "HEAD"} and not self.accepted(response):
                assert stored() == self.before, f"{case}: {response.status_code}, and something was stored"
            transaction.set_rollback(True)
        self.slowest = max(self.slowest, (took, case))
        assert response.status_code < 500, f"{case}: {response.status_code} at {method} {url or self.path}"
        assert took < MOST_S, f"{case}: {took:.2f} s of work"
        if not response.streaming:
            assert b"hit: 1" not in str(response.headers).lower().encode()
        if url.startswith("/api/") and response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json", case
            document = json.loads(response.content)
            assert set(document) == MEMBERS, case
            assert document["status"] == response.status_code, case
            assert len(response.content) < 20_000, case
        return response

    def accepted(self, response: Any) -> bool:
        """Is it an answer after which something may be stored? A page that stores leads elsewhere."""
        lowest = 200 if self.program or self.shows_once else 300
        return bool(lowest <= response.status_code < 400)


@pytest.fixture
def against(stage: Scene, request: pytest.FixtureRequest) -> Iterator[Assault]:
    """The assault on the address that the test is about; prints the slowest of it."""
    made = Assault(stage, request.node.callspec.params["address"])
    yield made
    sys.stdout.write(f"slowest at {made.path}: {made.slowest[0]:.3f} s of work ({made.slowest[1]})\n")


def test_the_corpus_is_large_enough():
    assert len(TEXTS) + len(HEADERS) + len(QUERIES) + len(PATHS) + len(FORMS) >= 150


@pytest.mark.parametrize("address", ASKED)
def test_headers(against: Assault, address):
    for name, value in share(HEADERS, address):
        case = f"{name}: {value[:40]!r}"
        response = against.send(case, "GET", headers={name: value})
        if not response.streaming:
            assert b"evil.example" not in response.content, case
        assert "evil" not in response.get("Location", ""), case
    for name, value in HEADERS[::5]:
        against.send(
            f"POST, {name}: {value[:40]!r}", "POST", body=b"{}", kind="application/json", headers={name: value}
        )


@pytest.mark.parametrize("address", ASKED)
def test_query_strings(against: Assault, address):
    for query in share(QUERIES, address):
        response = against.send(query[:60], "GET", f"{against.path}?{query}")
        assert "evil" not in response.get("Location", ""), query
        assert "javascript" not in response.get("Location", ""), query
    for query in QUERIES[::6]:
        against.send(f"POST {query[:60]}", "POST", f"{against.path}?{query}", b"{}", "application/json")


@pytest.mark.parametrize("address", ASKED)
def test_addresses(against: Assault, address):
    bare = against.path.strip("/")
    for bent in share(PATHS, address):
        response = against.send(bent[:60], "GET", bent.replace("{}", bare, 1))
        # What stands after two slashes is a host to a browser.
        assert not response.get("Location", "").startswith(("//", "/\\")), bent


@pytest.mark.parametrize("address", ASKED)
def test_bodies_that_are_no_json(against: Assault, address):
    for name, kind, body in FORMS:
        against.send(name, "POST", against.path, body, kind)
    for name, kind, body in FORMS[::5]:
        for method in ("PUT", "PATCH", "DELETE"):
            against.send(f"{method} {name}", method, against.path, body, kind)


# What breaks a reader rather than a page: every field gets these.
BREAKING: Final = {"null", "not a character", "controls", "digits", "long", "capitals that grow", "header", "piled up"}


def texts(turn: int) -> list[tuple[str, str]]:
    """Those that break a reader, and a sixth of the others, another one at each turn."""
    others = [each for each in TEXTS.items() if each[0] not in BREAKING]
    return [*(each for each in TEXTS.items() if each[0] in BREAKING), *others[turn % 6 :: 6]]


FIELD: Final = re.compile(r"<(input|textarea|select)\b([^>]*)>")
ATTRIBUTE: Final = re.compile(r'([\w-]+)="([^"]*)"')


def fields(page: str) -> dict[str, str]:
    """The named fields of a page's forms with what they hold; the form's token is none."""
    found = {}
    for _kind, inside in FIELD.findall(page):
        attributes = dict(ATTRIBUTE.findall(inside))
        if attributes.get("name") and attributes["name"] != "csrfmiddlewaretoken":
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return found


@pytest.mark.parametrize("address", [each for each in ASKED if not is_for_programs(each)])
def test_texts_in_every_field_of_every_form(against: Assault, address):
    """As sent by a browser: one field after the other holds the text, the others what they held."""
    page = against.send("the page itself", "GET")
    if page.streaming or page.status_code != 200 or "html" not in page["Content-Type"]:
        return
    given = fields(page.content.decode())
    for number, name in enumerate(given):
        for case, text in texts(ASKED.index(address) + number):
            body = urlencode({**given, name: text}, errors="surrogatepass").encode()
            response = against.send(f"{name}: {case}", "POST", against.path, body, FORM)
            if not response.streaming:
                assert b"window.hit=1</script>" not in response.content, (name, case)
                assert b"onerror=window.hit=1>" not in response.content, (name, case)


def leaves(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a JSON document holds a text."""
    match document:
        case dict():
            for name, inner in document.items():
                yield from leaves(inner, (*at, name))
        case list():
            for index, inner in enumerate(document):
                yield from leaves(inner, (*at, index))
        case str():
            yield at


REPORT: Final = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [6.0786, 44.5594]},
    "properties": {
        "category": "tapage", "description": "Bruit chaque soir", "occurred_at": "2026-11-20T23:10:00+01:00",
        "external_reference": "B-17",
    },
}  # fmt: skip
DOCUMENTS: Final[dict[str, Any]] = {
    "api/incidents/": REPORT,
    "api/incidents/<reference:reference>/move/": {"coordinates": [6.0787, 44.5595], "reason": "Mauvaise adresse"},
    "api/locate/batch/": {"points": [[6.0786, 44.5594]], "category": "tapage", "at": "2026-03-01"},
}


@pytest.mark.parametrize("address", DOCUMENTS)
def test_texts_in_every_text_of_a_document(against: Assault, address):
    """Taken as text or refused; never read as anything else. What is stored is asked for in test_payloads."""
    for at in leaves(DOCUMENTS[address]):
        for case, text in TEXTS.items():
            document = json.loads(json.dumps(DOCUMENTS[address]))
            inner = document
            for step in at[:-1]:
                inner = inner[step]
            inner[at[-1]] = text
            body = json.dumps(document).encode()
            response = against.send(f"{at}: {case}", "POST", against.path, body, "application/json")
            assert response.status_code in {200, 201, 400, 422}, (at, case)
            if "\x00" in text:
                assert response.status_code == 400, (at, case)
