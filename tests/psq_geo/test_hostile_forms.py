"""Days, hours, numbers and texts that nobody means, in every field of every form of every page: also of those that are
sent to an address of their own, which `test_hostile_everywhere` does not fill. Never a fault, nothing stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.db import connection
from lxml import html  # type: ignore[import-untyped]

from tests.assault import MOST_S, Assault
from tests.authorisation.addresses import addresses, is_for_programs
from tests.authorisation.people import Scene
from tests.authorisation.stage import set_scene, stage
from tests.data.hostile.envelopes import FORM

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
PAGES: Final = [each for each in addresses() if not is_for_programs(each) and not each.startswith("admin/")]
DAYS: Final = ("0001-01-01", "31/12/9999", "1899-12-31", "2200-01-02", "2026-02-30", "٢٠٢٦-١١-٢٣")
NUMBERS: Final = ("-1", "99999999999999999999", "1e999", "nan", "٣", "1.5", "9" * 5000)
TEXTS: Final = (
    "a\0b",
    "\ufffe\uffff\U0010ffff",
    "\ud800",
    "\u202egnp.exe",
    "<script>window.hit=1</script>",
    "x" * 30_000,
)


@pytest.fixture(autouse=True)
def hurried(stage: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{MOST_S:.0f}s'")


def hostile(field: Any) -> tuple[str, ...]:
    """What is typed into this field, by what it takes."""
    kind = field.get("type", field.tag)
    return {"date": DAYS, "number": NUMBERS, "hidden": (*NUMBERS, TEXTS[0]), "time": (*NUMBERS, "25:61")}.get(
        kind, TEXTS
    )


def typed(form: Any) -> dict[str, str]:
    """What a person would send of this form: its first choices, a day of December, a few words."""
    usual = {"date": "2026-12-10", "time": "14:00", "number": "1"}
    given: dict[str, str] = {}
    for field in form.inputs:
        kind = field.get("type", field.tag)
        if (
            not field.name
            or kind in {"submit", "button", "file", "checkbox"}
            or (kind == "radio" and field.name in given)
        ):
            continue
        value = field.get("value") if kind == "radio" else field.value
        if field.tag == "select" and not value:
            value = next((each for each in field.value_options if each), "")
        given[field.name] = str(value or ("" if kind == "hidden" else usual.get(kind, "Un banc à déplacer")))
    given.pop("csrfmiddlewaretoken", None)
    return given


def forms(page: str, path: str) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """The address, the form and what it would send, for each form of the page that writes, but those of all pages."""
    tree = html.fromstring(page)
    for form in tree.xpath("//main//form"):
        if form.method == "POST":
            button = form.xpath(".//button[@name]")
            pressed = {button[0].get("name"): button[0].get("value") or ""} if button else {}
            yield (form.get("action") or path), form, typed(form) | pressed


@pytest.mark.parametrize("address", PAGES)
def test_what_nobody_means(stage: Scene, address):
    against = Assault(stage, address)
    page = against.send("the page itself", "GET")
    if page.streaming or page.status_code != 200 or "html" not in page["Content-Type"]:
        return
    for target, form, given in forms(page.content.decode(), against.path):
        named = [field for field in (*form.inputs, *form.xpath(".//button[@name]")) if field.get("name") in given]
        for name, value in [(field.get("name"), value) for field in named for value in hostile(field)]:
            body = urlencode(given | {name: value}, errors="surrogatepass").encode()
            case = f"{target} {name}: {value[:20]!r}"
            answer = against.send(case, "POST", target, body, FORM)
            assert b"<script>window.hit" not in answer.content, case
