"""Texts that are programs elsewhere, put wherever the product keeps a text, and looked for in what it answers."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final

from django.apps import apps
from django.db import models

# Short enough for the shortest name; each breaks out of another place: an element, an attribute, a script.
NAMES: Final = (
    "<script>window.hit=1</script>",
    "\"'><img src=x onerror=window.hit=1>",
    "</script><svg onload=window.hit=1>",
    "${window.hit=1}`;window.hit=1;//",
    "=1+1|{{7*7}}{% now 'Y' %}%(due)s{0}",
)
NAMED: Final = re.compile(r"(name|label|family|reason)(_fr|_en)?$|note$|function$")
ROOMS: Final = ("sectors", "accounts")


def fields() -> Iterator[tuple[type[models.Model], str, int]]:
    """Each column that holds a name or a label: model, field and its longest text."""
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            for field in model._meta.concrete_fields:
                plain = isinstance(field, models.CharField) and not isinstance(field, models.SlugField)
                if plain and NAMED.match(field.name) and not field.choices and not field.unique:
                    yield model, field.name, field.max_length or 200


def poison(number: int) -> None:
    """Every name and every label of the territory and of the people becomes one of the texts, each field another one
    and with each number another one."""
    for turn, (model, name, longest) in enumerate(fields(), start=number):
        model._base_manager.update(**{name: NAMES[turn % len(NAMES)][:longest]})


class Page(HTMLParser):
    """What in a page could run or lead elsewhere without our having written it."""

    # Elements that no template of ours has.
    FOREIGN: Final = frozenset({"iframe", "frame", "object", "embed", "base", "applet", "style", "marquee"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inline = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what is foreign in a tag."""
        given = {name: value or "" for name, value in attrs}
        data = "json" in given.get("type", "")
        self.inline = tag == "script" and "src" not in given and not data
        if tag in self.FOREIGN or (tag == "meta" and "http-equiv" in given):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on") or name in {"srcdoc", "style"}]
        for name in ("href", "src", "action", "formaction", "xlink:href"):
            if re.match(r"\s*(javascript|data:text|//|https?://evil)", given.get(name, ""), re.IGNORECASE):
                self.found.append(f"<{tag} {name}={given[name][:60]}>")
        if given.get("src") == "x":
            self.found.append(f"<{tag} src=x>")

    def handle_data(self, data: str) -> None:
        """Notes a script written into the page."""
        if self.inline and data.strip():
            self.found.append(f"script: {data[:60]}")
            self.inline = False


def foreign(response: Any) -> list[str]:
    """What in an answer is no text although somebody only wrote it as one; empty for a sound answer."""
    body = b"".join(response) if response.streaming else response.content
    kind = response.get("Content-Type", "").partition(";")[0]
    found = [f"header {name}" for name, value in response.headers.items() if "\n" in value or "hit=1" in value]
    if kind == "text/html":
        found += Page(body.decode()).found
    elif kind.endswith("json"):
        json.loads(body)
    elif kind == "text/javascript":
        found += ["a script with a name in it"] if b"window.hit" in body else []
    elif kind == "text/csv":
        rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";")
        found += [f"formula {cell[:40]}" for row in rows for cell in row if cell.lstrip()[:1] in set("=+-@|")]
    return found
