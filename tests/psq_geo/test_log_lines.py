"""The log: a line for a refusal, a traceback for a fault, and nobody's name in an address."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from psq_geo.log_lines import NOWHERE
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the product's own handler writes."""
    handler = next(each for each in logging.getLogger().handlers if each.filters and each.get_name() == "console")
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    if before is not None:
        handler.setStream(before)


def test_every_handler_writes_so():
    handlers: Any = settings.LOGGING["handlers"]
    assert handlers
    assert all("one_line" in each["filters"] for each in handlers.values())


@pytest.mark.parametrize(
    ("who", "address", "line"),
    [
        ("partner_a", "/marie.durand@example.org/", f"404 GET {NOWHERE}"),
        ("partner_a", "/administration/", "403 GET /administration/"),
        ("referent_b", "/preoccupations/{reference}/", "404 GET /preoccupations/<reference:reference>/"),
        ("partner_a", "/%0d%0amarie.durand@example.org", f"404 GET {NOWHERE}"),
    ],
)
def test_a_refused_page_is_one_line_that_names_nobody(log, person, monday, who, address, line):
    reference = reported(person("partner_a"), monday).reference
    client = Client(SERVER_NAME="localhost")
    client.force_login(person(who))
    assert client.get(address.format(reference=reference)).status_code == int(line[:3])
    written = log.getvalue()
    assert written.splitlines()[0].endswith(f"WARNING django.request: {line}")
    assert len(written.splitlines()) == 1
    assert reference not in written
    assert "marie" not in written


def test_so_is_a_form_without_its_token(log, person):
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(person("partner_a"))
    assert client.post("/connexion/", {"email": "marie.durand@example.org"}).status_code == 403
    (line,) = log.getvalue().splitlines()
    assert line.endswith("403 POST /connexion/")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is to be read of concerns fails."""

    def fail(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("frontend.readers.asked", fail)


def test_a_fault_keeps_its_traceback_and_the_number_that_its_page_shows(log, broken, person):
    client = Client(SERVER_NAME="localhost", raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(person("referent_a"))
    answer = client.get("/preoccupations/?q=rixe&status=open")
    assert answer.status_code == 500
    page = answer.content.decode()
    (number,) = re.findall(r"<code>([0-9a-f]{8})</code>", page)
    assert f"ERROR django.request: 500 GET /preoccupations/ fault {number}\nTraceback" in log.getvalue()
    assert "rixe" not in log.getvalue()
    # Another fault, another number; and one tries the same again.
    assert number not in client.get("/preoccupations/").content.decode()
    assert '<a href="/preoccupations/?q=rixe&amp;status=open">Tenter de nouveau</a>' in page


@pytest.mark.parametrize(
    ("language", "said", "otherwise"),
    [("fr", "Le service a échoué", "The service failed"), ("en", "The service failed", "Le service a")],
)
def test_the_page_of_a_fault_is_said_in_both_languages(broken, person, language, said, otherwise):
    client = Client(SERVER_NAME="localhost", raise_request_exception=False, HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(person("referent_a"))
    first, _, second = client.get("/preoccupations/").content.decode().partition("<section")
    assert f'<html lang="{language}">' in first
    assert f"<h1>{said}" in first
    assert f"<h2>{otherwise}" in second


def test_after_a_form_one_tries_again_where_the_form_is(broken, person):
    client = Client(SERVER_NAME="localhost", raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(person("referent_a"))
    page = client.post("/bureau/lot/", {"reference": "7K3F-9QXM"}).content.decode()
    assert '<a href="/preoccupations/">Tenter de nouveau</a>' in page
    assert "n’a peut-être pas été enregistré" in page
    assert "n’a peut-être" not in client.get("/preoccupations/").content.decode()
