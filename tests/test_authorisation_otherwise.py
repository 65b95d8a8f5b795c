"""The table of tests/authorisation/table.py asked otherwise: by a browser's session, and before other concerns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from incidents.models import Incident
from sectors.models import Post
from tests.authorisation.addresses import MISSING, path
from tests.authorisation.people import Scene
from tests.authorisation.stage import set_scene, stage
from tests.authorisation.table import SENT, rows
from tests.incidents.sending import VALLEY, reported
from tests.test_authorisation import NOTHING, ask, plain, told

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
TABLE: Final = rows()
API: Final = [each for each in TABLE if each.startswith("api/") and each not in {"api/docs/", "api/schema/"}]
# What a group works on has references of its own.
OF_A_GROUP: Final = ("api/problems/", "api/meetings/", "problematiques/", "reunions/")
OF_A_CONCERN: Final = [each for each in TABLE if "<reference:" in each and not each.startswith(OF_A_GROUP)]
CONCERN: Final = "<reference:reference>/"
# What the page of a concern sends, by POST: opened, such an address leads to the page.
FORMS: Final = ("motif/", "repondre/", "satisfaction/", "rouvrir/", "agir/<slug:action>/")
# One of each kind: who is refused, who sees in part, who sees it all, who holds it.
SOME: Final = ("sus", "own", "ally", "for", "hol", "may", "dir", "xdi", "adm", "sup")
# It writes nothing, and so asks for no proof.
OPEN: Final = {"api/locate/batch/"}
SECRET: Final = "x" * 32


def by_session(stage: Scene, who: str, method: str, address: str, *, proof: bool) -> Any:
    """The answer to a browser that shows the form's token, or does not; nothing of it stays."""
    query, kind, body = SENT.get((method, address), NOTHING)
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(stage.users[who])
    headers = {}
    if proof:
        client.cookies[django_settings.CSRF_COOKIE_NAME] = SECRET
        headers["X-CSRFToken"] = SECRET
    with transaction.atomic():
        response = client.generic(method, f"{path(address, stage)}?{query}", body, content_type=kind, headers=headers)
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("address", API)
def test_a_session_gets_what_a_token_gets(stage: Scene, address: str) -> None:
    for method, expected in TABLE[address].items():
        # An account that was suspended has no session left: to a page's program it is nobody.
        named = {who: expected["ano" if who == "sus" else who] for who in SOME}
        assert {who: told(by_session(stage, who, method, address, proof=True)) for who in SOME} == named, method


@pytest.mark.parametrize("address", [each for each in API if "POST" in TABLE[each]])
def test_a_session_that_writes_without_the_form_s_token_is_refused(stage: Scene, address: str) -> None:
    for who in SOME:
        answer = by_session(stage, who, "POST", address, proof=False)
        nobody = TABLE[address]["POST"]["ano"]
        expected = (
            TABLE[address]["POST"][who] if address in OPEN and who != "sus" else nobody if who == "sus" else "403"
        )
        assert told(answer) == expected, who
        if expected == "403":
            assert answer["Content-Type"] == "application/problem+json"


def test_a_session_of_the_whole_way_never_leads_to_the_sign_in(stage: Scene) -> None:
    """A cookie that holds no more is nobody's: 401 and no redirect."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "y" * 32
    for address in ("api/incidents/", f"api/incidents/{CONCERN}"):
        answer = client.get(path(address, stage))
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")


# A référent whose post reads the concern along: what they get, where the next référent gets a 404.
CO_READER: Final = {
    ("GET", f"api/incidents/{CONCERN}"): "200",
    ("GET", f"api/incidents/{CONCERN}routing/"): "200",
    ("POST", f"api/incidents/{CONCERN}move/"): "403",
    ("GET", f"api/incidents/{CONCERN}status/"): "200",
    ("POST", f"api/incidents/{CONCERN}status/"): "403",
    ("GET", f"api/incidents/{CONCERN}transfers/"): "200",
    ("POST", f"api/incidents/{CONCERN}transfers/"): "403",
    ("GET", f"api/incidents/{CONCERN}messages/"): "200",
    ("POST", f"api/incidents/{CONCERN}messages/"): "201",
    ("GET", f"api/incidents/{CONCERN}timeline/"): "200",
    ("GET", f"api/incidents/{CONCERN}satisfaction/"): "200",
    ("POST", f"api/incidents/{CONCERN}satisfaction/"): "403",
    ("POST", f"api/incidents/{CONCERN}support/"): "200",
    ("GET", f"api/incidents/{CONCERN}group/"): "200",
    ("POST", f"api/incidents/{CONCERN}group/"): "403",
    ("GET", f"api/incidents/{CONCERN}photos/"): "200",
    ("POST", f"api/incidents/{CONCERN}photos/"): "201",
    ("GET", f"api/incidents/{CONCERN}photos/<slug:key>/"): "200",
    ("GET", f"signaler/recu/{CONCERN}"): "200",
    ("GET", f"preoccupations/{CONCERN}"): "200",
    ("POST", f"preoccupations/{CONCERN}motif/"): "200",
    **{("GET", f"preoccupations/{CONCERN}{form}"): "303" for form in FORMS},
    ("POST", f"preoccupations/{CONCERN}repondre/"): "302",
    ("POST", f"preoccupations/{CONCERN}satisfaction/"): "302",
    ("POST", f"preoccupations/{CONCERN}rouvrir/"): "302",
    ("POST", f"preoccupations/{CONCERN}agir/<slug:action>/"): "302",
}


def test_a_co_reader_reads_and_writes_to_and_decides_nothing(stage: Scene) -> None:
    co_read(stage)
    asked = {(method, address) for address in OF_A_CONCERN for method in TABLE[address]}
    assert asked == set(CO_READER)
    for (method, address), expected in CO_READER.items():
        assert told(ask(stage, "nei", method, address)) == expected, (method, address)


def test_who_leaves_the_post_that_reads_along_sees_it_no_more(stage: Scene) -> None:
    co_read(stage)
    stage.users["nei"].holdings.all().delete()
    for method, address in CO_READER:
        answer = ask(stage, "nei", method, address)
        missing = ask(stage, "nei", method, address, missing=True)
        # A form's address leads to the concern's page, whatever it is asked about.
        assert answer.status_code in {303, 403, 404}, (method, address)
        assert plain(answer, stage.incident.reference) == plain(missing, MISSING), (method, address)


def co_read(stage: Scene) -> None:
    """The next référent's post reads the concern along, as one near a limit."""
    along = Post.objects.get(code="gap-economique")
    Incident.objects.filter(pk=stage.incident.pk).update(co_readers=["gap-economique"], co_reader_posts=[along.pk])


# Before a concern of a village, the gendarme stands where the référent of the town stood, and that one is a neighbour.
ELSEWHERE: Final = {"gen": "hol", "hol": "nei", "nei": "nei", "own": "own", "for": "for", "dir": "dir", "may": "oth"}


@pytest.mark.parametrize("address", OF_A_CONCERN)
def test_a_gendarme_holds_what_lies_in_a_village(stage: Scene, address: str) -> None:
    village = reported(User.objects.get(pk=stage.users["own"].pk), timezone.now(), VALLEY)
    assert village.post.code == "gendarmerie-05"
    there = replace(stage, incident=village)
    for method, expected in TABLE[address].items():
        found = {who: told(ask(there, who, method, address)) for who in ELSEWHERE}
        assert found == {who: expected[as_here] for who, as_here in ELSEWHERE.items()}, method
