"""Hostile requests against every address of the URL map: no fault, no long work, nothing stored that was refused.

The bound of two seconds is on the work: the processor's time of this process, and PostgreSQL's own limit on a
statement. The clock on the wall would also measure what else the machine does.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.assault import BREAKING, MOST_S, Assault
from tests.authorisation.addresses import addresses, is_for_programs
from tests.authorisation.people import Scene
from tests.authorisation.stage import set_scene, stage
from tests.data.hostile.envelopes import FORM, FORMS, HEADERS, PATHS, QUERIES
from tests.data.hostile.texts import TEXTS

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
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


# A password is hashed, which takes long, and shown nowhere: the test above tries it.
TYPED: Final = frozenset({"", "text", "search", "email", "tel", "url"})


def written(page: str) -> set[str]:
    """The names of the fields that somebody writes into."""
    found = set()
    for kind, inside in FIELD.findall(page):
        attributes = dict(ATTRIBUTE.findall(inside))
        if kind == "textarea" or (kind == "input" and attributes.get("type", "") in TYPED):
            found.add(attributes.get("name", ""))
    return found - {""}


@pytest.mark.parametrize("address", [each for each in ASKED if not is_for_programs(each)])
def test_every_text_meets_every_field(against: Assault, address):
    """All of them, each in all the fields of a page at once: what the test above asks one by one of a sixth."""
    page = against.send("the page itself", "GET")
    if page.streaming or page.status_code != 200 or "html" not in page["Content-Type"]:
        return
    given, names = fields(page.content.decode()), written(page.content.decode())
    for case, text in TEXTS.items() if names else ():
        body = urlencode(given | dict.fromkeys(names, text), errors="surrogatepass").encode()
        response = against.send(f"everywhere: {case}", "POST", against.path, body, FORM)
        if not response.streaming:
            assert b"window.hit=1</script>" not in response.content, case
            assert b"onerror=window.hit=1>" not in response.content, case
