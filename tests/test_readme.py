"""The calls of the README and of docs/api.md give what they print: what is shown is in the real answer."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from tests.conftest import ROOT
from tests.incidents.sending import GAP, reported

HOST = "127.0.0.1:8000"
DOCUMENTS = ("README.md", "docs/api.md")
BLOCK = re.compile(r"```console\n\$ (.*?)```", re.DOTALL)
ADDED = ("-d", "--data-urlencode")


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def divided(block: str) -> tuple[list[str], str]:
    """The words of the call, to the end of the line where its quotes are closed, and the answer after it."""
    lines = block.splitlines()
    for number, line in enumerate(lines, 1):
        if line.endswith("\\"):
            continue
        try:
            return shlex.split("\n".join(lines[:number]).replace("\\\n", " ")), "\n".join(lines[number:])
        except ValueError:
            continue
    raise AssertionError(block)


def calls(document: str) -> list[tuple[list[str], str]]:
    return [divided(block) for block in BLOCK.findall(text_of(document))]


def every_call() -> Iterator[Any]:
    for document in DOCUMENTS:
        for words, answer in calls(document):
            path = next(word for word in words if HOST in word).partition(HOST)[2]
            yield pytest.param(words, answer, id=f"{document} {path}")


def given(words: list[str], *options: str) -> list[str]:
    return [words[i + 1] for i, word in enumerate(words) if word in options]


def missing(shown: Any, real: Any, at: str = "") -> list[str]:
    """What is shown and not answered, by its place."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return [
            found for name, value in shown.items() for found in missing(value, real.get(name, "absent"), f"{at}.{name}")
        ]
    if isinstance(shown, list) and isinstance(real, list) and len(shown) == len(real):
        return [
            found
            for i, pair in enumerate(zip(shown, real, strict=True))
            for found in missing(pair[0], pair[1], f"{at}[{i}]")
        ]
    return [] if shown == real else [f"{at}: {shown!r} is shown, {real!r} answered"]


def missing_lines(shown: str, real: str) -> list[str]:
    """The lines that are not answered in this order, from the first; … stands for anything."""
    patterns = [re.escape(line).replace("…", ".*") for line in shown.splitlines()]
    lines = real.splitlines()
    return [line for at, line in enumerate(patterns) if at >= len(lines) or not re.fullmatch(line, lines[at])]


def asked(client: Client, words: list[str], reference: str) -> Any:
    """The answer to a call as curl would make it."""
    headers = dict(header.split(": ", 1) for header in given(words, "-H"))
    headers.pop("Authorization", "")
    content_type = headers.pop("Content-Type", "application/json")
    path = next(word for word in words if HOST in word).partition(HOST)[2].replace("$REFERENCE", reference)
    added = given(words, *ADDED)
    if "-G" in words:
        return client.get(f"{path}?{urlencode([each.partition('=')[::2] for each in added])}", headers=headers)
    if added:
        return client.generic("POST", path, added[0], content_type=content_type, headers=headers)
    return client.get(path, headers=headers)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_page_has_calls(document: str) -> None:
    assert len(calls(document)) >= 3
    assert text_of(document).count("```console") == len(calls(document))


def test_the_page_of_the_interfaces_has_each_of_them() -> None:
    paths = [next(word for word in words if HOST in word).partition(HOST)[2] for words, _answer in calls("docs/api.md")]
    for begins in ("/api/locate/", "/api/sectors/", "/api/incidents/", "/ogc/collections/", "/wfs"):
        assert any(path.startswith(begins) for path in paths), begins


@pytest.mark.parametrize(("words", "shown"), list(every_call()))
def test_a_call_answers_what_is_printed(
    words: list[str], shown: str, client_of: Callable[..., Client], person: Callable[[str], User], settings: Any
) -> None:
    settings.THROTTLES = False
    # The host that is printed: a server of the browser's tests may have narrowed them meanwhile.
    settings.ALLOWED_HOSTS = [HOST.partition(":")[0]]
    signed_in = "$TOKEN" in " ".join(words)
    reference = ""
    if signed_in and not any('"category"' in word for word in words):
        reference = reported(person("partner_a"), timezone.now(), GAP).reference
    client = client_of("partner_a" if signed_in else "anonymous", HTTP_HOST=HOST)
    if given(words, "-u"):
        pair = given(words, "-u")[0].replace("$TOKEN", client.defaults["HTTP_AUTHORIZATION"].split()[1])
        client.defaults["HTTP_AUTHORIZATION"] = f"Basic {b64encode(pair.encode()).decode()}"
    response = asked(client, words, reference)
    content = b"".join(response) if response.streaming else response.content
    # Blanks before units do not break; in a page of text nobody would see it.
    real = content.decode("utf-8-sig").replace("\u00a0", " ")
    if not shown.startswith("{"):
        assert response.status_code == 200
        assert missing_lines(shown, real) == []
        return
    document = json.loads(shown)
    status = document.get("status")
    assert response.status_code in ({status} if isinstance(status, int) else {200, 201})
    assert missing(document, json.loads(real)) == []


@pytest.mark.parametrize(("document", "at_least"), [("README.md", 6), ("docs/api.md", 0)])
def test_what_the_page_links_to_exists(document: str, at_least: int) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text_of(document))
    assert len(links) >= at_least
    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []
