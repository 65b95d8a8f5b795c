"""The calls of the README give what it prints: every member shown is in the real answer."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```console\n\$ (?P<command>.*?)\n(?P<answer>\{.*?)```", re.DOTALL)


def calls() -> Iterator[Any]:
    for block in BLOCK.finditer(README):
        words = shlex.split(block["command"].replace("\\\n", " "))
        yield pytest.param(words, json.loads(block["answer"]), id=words[1].partition("8000")[2])


def given(words: list[str], option: str) -> list[str]:
    return [words[i + 1] for i, word in enumerate(words) if word == option]


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


def test_the_page_has_calls():
    assert len(list(calls())) >= 3


@pytest.mark.parametrize(("words", "shown"), list(calls()))
def test_a_call_of_the_readme_answers_what_it_prints(
    words: list[str], shown: Any, client_of: Callable[..., Client]
) -> None:
    headers = dict(header.split(": ", 1) for header in given(words, "-H"))
    client = client_of("partner_a" if headers.pop("Authorization", "") else "anonymous")
    path = words[1].partition("8000")[2]
    body = given(words, "-d")
    content_type = headers.pop("Content-Type", "application/json")
    response = (
        client.generic("POST", path, body[0], content_type=content_type, headers=headers)
        if body
        else client.get(path, headers=headers)
    )
    assert response.status_code in {200, 201}
    # Blanks before units do not break; in a README nobody would see it.
    real = json.loads(response.content.decode().replace("\u00a0", " "))
    assert missing(shown, real) == []


def test_what_the_page_links_to_exists():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []
