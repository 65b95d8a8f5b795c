"""Every person before every address: the table of tests/authorisation/table.py, asked of the real views."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction

from tests.authorisation.addresses import MISSING, addresses, admin_addresses, is_for_programs, path
from tests.authorisation.people import Scene
from tests.authorisation.stage import set_scene, stage
from tests.authorisation.table import SENT, rows

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
TABLE = rows()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOTHING = ("", "application/octet-stream", b"")
SOME = ("ano", "own", "for", "hol", "dir", "adm", "aud")
REFUSALS = {"in", "401", "403", "404", "405"}


def ask(stage: Scene, who: str, method: str, address: str, *, missing: bool = False, changed: str = "") -> Any:
    """The answer, of which nothing stays."""
    query, kind, body = SENT.get(("GET" if method == "HEAD" else method, address), NOTHING)
    url = changed or path(address, stage, missing=missing)
    client = stage.client(who, program=is_for_programs(address))
    with transaction.atomic():
        response = client.generic(method, f"{url}?{query}" if query else url, body, content_type=kind)
        while response.get("Location", "").startswith("/admin/") and who != "sup":
            response = client.get(response["Location"])
        if response.streaming:
            list(response)
        transaction.set_rollback(True)
    return response


def told(response: Any) -> str:
    """The status; "in" where one is sent to sign in."""
    return "in" if "/connexion/?next=" in response.get("Location", "") else str(response.status_code)


def plain(response: Any, reference: str) -> bytes:
    """The body without what is another one each time: the form's token, and the reference that was asked for."""
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)
    return body.replace(reference.encode(), MISSING.encode())


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(TABLE) == set(addresses())


@pytest.mark.parametrize("address", TABLE)
def test_who_gets_what(stage, address):
    people = next(iter(TABLE[address].values()))
    for method, expected in TABLE[address].items():
        found = {who: told(ask(stage, who, method, address)) for who in people}
        assert found == expected, f"{method} {address}"


@pytest.mark.parametrize("address", TABLE)
def test_no_other_method_is_a_way_in(stage, address):
    people = next(iter(TABLE[address].values()))
    for method in METHODS:
        if method in TABLE[address]:
            continue
        # A superuser's page of the admin is the same by any method: it writes nothing.
        asking = [who for who in people if (address, who) != ("admin/", "sup")]
        # Everybody by one of them, and one of each kind by the others.
        asking = asking if method == "PUT" else [who for who in asking if who in SOME]
        answers = {who: told(ask(stage, who, method, address)) for who in asking}
        # Where a GET only leads elsewhere, so may another method.
        elsewhere = {each for each in TABLE[address].get("GET", {}).values() if each.startswith("30")}
        assert set(answers.values()) <= REFUSALS | elsewhere, f"{method} {address}: {answers}"


@pytest.mark.parametrize("address", [each for each in TABLE if "<reference:" in each or "<str:fid>" in each])
def test_a_foreign_concern_is_told_as_a_missing_one(stage, address):
    """By every method, to everybody who gets a 404: the same bytes and the same headers."""
    people = next(iter(TABLE[address].values()))
    for method in METHODS:
        for who in people:
            found = ask(stage, who, method, address)
            if found.status_code != 404:
                continue
            missing = ask(stage, who, method, address, missing=True)
            assert missing.status_code == 404, (method, who)
            assert plain(found, stage.incident.reference) == plain(missing, MISSING), (method, who)
            names = {name: value for name, value in found.headers.items() if name != "Content-Length"}
            assert names == {k: v for k, v in missing.headers.items() if k != "Content-Length"}, (method, who)


@pytest.mark.parametrize("address", [each for each in TABLE if not each.startswith("admin/")])
def test_head_is_answered_as_get_and_says_nothing(stage, address):
    for who in SOME:
        if "GET" in TABLE[address]:
            head = ask(stage, who, "HEAD", address)
            assert told(head) == TABLE[address]["GET"][who], (who, address)
            assert (b"".join(head) if head.streaming else head.content) == b""


def test_admin_shows_rows_to_superusers_and_changes_none(stage):
    """Every address of it, of whichever app: nothing is added, changed or deleted there."""
    shown = admin_addresses()
    assert len(shown) > 20
    for url in shown:
        for who in ("ano", "own", "hol", "dir", "adm", "aud"):
            answer = told(ask(stage, who, "GET", "admin/", changed=f"/{url}"))
            assert answer in ({"in"} if who == "ano" else {"403"}), (who, url)
        if re.search("/(add|delete|change)/$", url):
            assert told(ask(stage, "sup", "POST", "admin/", changed=f"/{url}")) in {"403", "302"}, url
