"""What somebody wrote of what a sector holds is told to the direction once it has said why it reads; and the log of
each territory keeps who read what lies there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessLog, User
from incidents import changes
from incidents.models import Incident
from incidents.photos import written_anew
from sectors.changes import mandate
from sectors.models import Holding, Post, Role
from sectors.scope import scope_of
from tests.factories import LONG_AGO, land, since, square
from tests.incidents.images import encoded
from tests.incidents.sending import ADDRESS, GAP, reported

pytestmark = pytest.mark.django_db
WHY = {"motive": "Suivi des retards de novembre"}
SECRET = "Grincement au deuxième"
OUTSIDE = (2.35, 48.85)
TAILS = ("", "routing/", "status/", "transfers/", "messages/", "timeline/", "satisfaction/")


@pytest.fixture(autouse=True)
def apart(unthrottled: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def told(person: Callable[[str], User], monday: Any) -> Incident:
    """A concern of which every kind of word was written: its text, its number, messages, reasons, an answer."""
    row = reported(person("partner_a"), monday, description=SECRET, external_reference=SECRET)
    by: dict[str, Any] = {"author": person("referent_a"), "scope": scope_of(person("referent_a"), monday)}
    changes.take(incident=row, **by)
    changes.remark(incident=row, text=SECRET, internal=True, **by)
    changes.offer(incident=row, to_post="gap-economique", reason=SECRET, **by)
    changes.withdraw(incident=row, **by)
    changes.hand_over(incident=row, to="mairie", recipient="Mairie", reason=SECRET, **by)
    changes.change_status(incident=row, to="repondue", answer=SECRET, **by)
    changes.change_status(incident=row, to="close", **by)
    reporter: dict[str, Any] = {"author": person("partner_a"), "scope": scope_of(person("partner_a"), monday)}
    changes.rate(incident=row, answer="non", comment=SECRET, **reporter)
    return row


@pytest.mark.parametrize("tail", TAILS)
def test_no_word_is_told_before_the_direction_says_why(client_of: Any, told: Incident, tail: str) -> None:
    client, path = client_of("director"), f"{ADDRESS}{told.reference}/{tail}"
    assert SECRET in client_of("referent_a").get(path).content.decode() or tail == "routing/"
    silent = client.get(path)
    assert silent.status_code == 200
    assert SECRET not in silent.content.decode()
    said = client.get(path, WHY)
    assert SECRET in said.content.decode() or tail == "routing/"
    assert list(AccessLog.objects.order_by("-pk").values_list("reference", "motive", "territory")[:2]) == [
        (f"incident:{told.reference}", WHY["motive"], "05"), (f"incident:{told.reference}", "", "05"),
    ]  # fmt: skip


def test_nor_in_the_list_nor_after_a_change(client_of: Any, told: Incident) -> None:
    client = client_of("director")
    silent = client.get(ADDRESS).json()["features"][0]["properties"]
    assert (silent["motive_required"], silent["description"], silent["external_reference"]) == (True, None, None)
    assert (silent["position"], silent["reference"]) == ("exact", told.reference)
    said = client.get(ADDRESS, WHY).json()["features"][0]["properties"]
    assert (said["motive_required"], said["description"]) == (False, SECRET)
    log = AccessLog.objects.latest("pk")
    assert (log.operation, log.motive, log.references) == (
        "incident.list", WHY["motive"], [f"incident:{told.reference}"],
    )  # fmt: skip
    change = {"status": "rouverte", "reason": "À revoir"}
    moved = client.post(f"{ADDRESS}{told.reference}/status/", change, content_type="application/json")
    assert moved.status_code == 200
    decided = {"decision": "acknowledge", "to": "mairie"}
    noted = client.post(f"{ADDRESS}{told.reference}/transfers/", decided, content_type="application/json")
    assert noted.status_code == 200
    assert SECRET not in moved.content.decode() + noted.content.decode()


def test_the_comment_of_a_decision_is_a_word_too(client_of: Any, person: Any, monday: Any) -> None:
    row = reported(person("partner_a"), monday)
    scope = scope_of(person("referent_a"), monday)
    changes.move(incident=row, author=person("referent_a"), scope=scope, lon=GAP[0], lat=GAP[1], reason=SECRET)
    path = f"{ADDRESS}{row.reference}/routing/"
    newest = [client_of("director").get(path, why).json()["routings"][0] for why in ({}, WHY)]
    assert [each["comment"] for each in newest] == [None, SECRET]
    assert newest[0]["post"] == newest[1]["post"] == "gap-hyper-centre"


def test_a_photo_is_refused_with_the_member_to_give(client_of: Any, person: Any, monday: Any) -> None:
    row = reported(person("partner_a"), monday)
    (photo,) = changes.attach(incident=row, author=person("partner_a"), pictures=[written_anew(encoded())])
    client, path = client_of("director"), f"{ADDRESS}{row.reference}/photos/{photo.key}/"
    before = AccessLog.objects.count()
    refused = client.get(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "motive_required")
    assert refused.json()["errors"][0]["field"] == "motive"
    assert AccessLog.objects.count() == before
    assert client.get(path, WHY)["Content-Type"] == "image/jpeg"
    # There is nothing to say why about.
    assert client.get(f"{ADDRESS}{row.reference}/photos/{'0' * 32}/").status_code == 404


def test_a_page_s_pictures_are_read_for_what_the_session_said(person: Any, monday: Any) -> None:
    row = reported(person("partner_a"), monday)
    (photo,) = changes.attach(incident=row, author=person("partner_a"), pictures=[written_anew(encoded())])
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(person("director"))
    path = f"{ADDRESS}{row.reference}/photos/{photo.key}/"
    assert browser.get(path).status_code == 403
    browser.post(f"/preoccupations/{row.reference}/motif/", WHY)
    assert browser.get(path).status_code == 200
    assert AccessLog.objects.latest("pk").motive == WHY["motive"]


def test_what_a_post_of_theirs_holds_or_they_wrote_is_not_asked_about(client_of: Any, person: Any, monday: Any) -> None:
    """The triage of the demonstration is a post of the director's."""
    rows = [reported(person("partner_a"), monday, OUTSIDE, description=SECRET), reported(person("director"), monday)]
    for row in rows:
        shown = client_of("director").get(f"{ADDRESS}{row.reference}/").json()["properties"]
        assert (shown["motive_required"], shown["description"]) == (False, row.description)
    held = Post.objects.get(code="gap-hyper-centre")
    Holding.objects.create(post=held, user=person("director"), stand_in=True, validity=since())
    row = reported(person("partner_a"), monday)
    assert client_of("director").get(f"{ADDRESS}{row.reference}/").json()["properties"]["description"]


@pytest.mark.parametrize(
    ("motive", "code"), [("abc", "too_short"), ("x" * 201, "too_long"), ("a\0bcdef", "null_character")]
)
def test_a_motive_that_is_none(client_of: Any, told: Incident, motive: str, code: str) -> None:
    for path in (ADDRESS, f"{ADDRESS}{told.reference}/", f"{ADDRESS}{told.reference}/timeline/"):
        refused = client_of("director").get(path, {"motive": motive})
        assert (refused.status_code, refused.json()["code"]) == (400, code)


def test_the_next_page_is_read_for_the_same_motive(client_of: Any, person: Any, monday: Any) -> None:
    for _ in range(2):
        reported(person("partner_a"), monday, description=SECRET)
    client = client_of("director")
    first = client.get(ADDRESS, {**WHY, "limit": "1"}).json()
    (following,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
    assert client.get(following).json()["features"][0]["properties"]["description"] == SECRET


@pytest.fixture
def abroad(person: Any, monday: Any) -> tuple[Incident, Incident]:
    """One concern here and one in another territory, both of a person who directs there and is a partner's here."""
    there = land("bzh", is_demonstration=True)
    there.sector("bzh-a", square(0, 0))
    mandate(user=person("partner_a"), role=Role.DIRECTOR, over=there.territory, start=LONG_AGO)
    middle = square(0, 0).centroid
    rows = reported(person("partner_a"), monday), reported(person("partner_a"), monday, (middle.x, middle.y))
    assert [row.territory.code for row in rows] == ["05", "bzh"]
    return rows


PAGES = ("/preoccupations/", "/preoccupations/points/", "/accueil/", "/bureau/", "/preoccupations/exporter/", ADDRESS)


@pytest.mark.parametrize("path", PAGES)
def test_each_territory_s_log_keeps_what_was_shown_of_it(person: Any, abroad: Any, path: str) -> None:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(person("partner_a"))
    known = AccessLog.objects.latest("pk").pk
    if "exporter" in path:
        browser.post(path, WHY)
    else:
        browser.get(path)
    rows = AccessLog.objects.filter(pk__gt=known).order_by("territory")
    told = {row.territory: (row.references, row.count) for row in rows}
    mine = {row.territory.code: ([f"incident:{row.reference}"], 1) for row in abroad}
    assert told == ({"bzh": mine["bzh"]} if path == "/bureau/" else mine)
    assert len({(row.operation, row.user_id) for row in rows}) == 1


def test_nothing_shown_is_kept_at_home(client_of: Any) -> None:
    client_of("partner_a").get(ADDRESS)
    log = AccessLog.objects.latest("pk")
    assert (log.operation, log.territory, log.references, log.count) == ("incident.list", "05", [], 0)
