"""OGC API Features, Part 4: sectors of drafts are drawn and concerns added, as QGIS and scripts send them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pyproj
import pytest
from django.test import Client
from django.utils import timezone

from accounts.changes import create_token
from incidents.models import Incident
from sectors.changes import drafts, drawing
from sectors.changes.drawing import Drawn
from sectors.models import Edition, Sector
from tests.factories import metres
from tests.ogcapi.changing import ADDED, BOW, DRAWN, EPSG, PLACE, READ, RING, sector, send
from tests.ogcapi.hostile import bodies

WEB = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)


@pytest.fixture
def draft(person) -> Edition:
    model = Edition.objects.get(territory__code="05")
    director = person("director")
    return drafts.begin(by=director, territory=model.territory_id, at=timezone.now(), model=model.pk)


@pytest.fixture
def director(client_of) -> Any:
    return client_of("director")


@pytest.fixture
def first(draft) -> Any:
    return draft.sectors.earliest("pk")


def told(director: Client, key: int) -> Any:
    return director.get(f"{DRAWN}/{key}")


# what a reader may do


@pytest.mark.parametrize(
    ("name", "address", "allow"),
    [
        ("director", DRAWN, "GET, HEAD, OPTIONS, POST"),
        ("administrator", DRAWN, "GET, HEAD, OPTIONS, POST"),
        ("director", f"{DRAWN}/unknown_id", "GET, HEAD, OPTIONS, PUT, DELETE"),  # what QGIS asks of an empty layer
        ("director", ADDED, "GET, HEAD, OPTIONS, POST"),  # who holds the triage is a référent too
        ("partner_a", ADDED, "GET, HEAD, OPTIONS, POST"),
        ("referent_a", ADDED, "GET, HEAD, OPTIONS, POST"),
        ("mayor_gap", ADDED, "GET, HEAD, OPTIONS, POST"),
        ("partner_a", f"{ADDED}/unknown_id", READ),
        ("director", "/ogc/collections/sectors/items", READ),
        ("anonymous", "/ogc/collections/sectors/items", READ),
    ],
)
def test_options_name_what_this_reader_may_do_and_nothing_else(client_of, draft, name, address, allow):
    client = client_of(name)
    asked = client.options(address)
    assert (asked.status_code, asked["Allow"], asked.content) == (204, allow, b"")
    for method in {"POST", "PUT", "PATCH", "DELETE"} - set(allow.split(", ")):
        refused = send(client, method, address, sector())
        assert (refused.status_code, refused["Allow"]) == (405, allow)
        assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["anonymous", "partner_a", "referent_a", "mayor_gap", "gendarme", "auditor"])
def test_for_whoever_draws_nothing_there_are_no_drafts(client_of, draft, first, name):
    client = client_of(name)
    missing = client.get("/ogc/collections/nothing")
    for method in ("GET", "OPTIONS", "POST", "PUT", "DELETE"):
        for address in (DRAWN, f"{DRAWN}/{first.pk}"):
            answer = send(client, method, address, sector())
            assert (answer.status_code, answer.content) == (404, missing.content), (method, address)
    listed = client.get("/ogc/collections").json()["collections"]
    assert "draft-sectors" not in {each["id"] for each in listed}
    assert first.pk


def test_conformance_and_the_document_say_what_is_true_for_the_reader(client_of, draft):
    def told_to(name: str) -> tuple[bool, set[str]]:
        client = client_of(name)
        classes = client.get("/ogc/conformance").json()["conformsTo"]
        paths = client.get("/ogc/api").json()["paths"]
        changes = {f"{method} {path}" for path, each in paths.items() for method in each if method != "get"}
        return any("ogcapi-features-4" in each for each in classes), changes

    added = {"post /collections/incidents/items"}
    drawn = "/collections/draft-sectors/items"
    assert told_to("anonymous") == (False, set())
    assert told_to("partner_a") == (False, added)
    assert told_to("director") == (
        True, {*added, f"post {drawn}", f"put {drawn}/{{featureId}}", f"delete {drawn}/{{featureId}}"},
    )  # fmt: skip


def test_a_session_proves_itself_and_a_token_need_not(draft, person):
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    browser.force_login(person("director"))
    refused = send(browser, "POST", DRAWN, sector())
    assert refused.status_code == 403
    token = create_token(user=person("director"), name="QGIS", ttl=timedelta(days=1))
    stranger = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert send(stranger, "POST", DRAWN, sector(), authorization=f"Token {token}").status_code == 201
    assert send(stranger, "POST", DRAWN, sector(), authorization="Token wrong").status_code == 401


# sectors of drafts


def test_a_sector_is_drawn_changed_and_removed(director, draft):
    made = send(director, "POST", DRAWN, sector(edition=draft.code, commune="05061", priority=7))
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert made["Location"] == f"http://localhost{DRAWN}/{key}"
    assert made["Content-Crs"].endswith("CRS84>")
    assert made.json()["properties"] == {
        "edition": draft.code, "code": "gap-nouveau", "name": "Nouveau", "kind": "city_centre", "commune": "05061",
        "post": "gap-economique", "priority": 7, "source": "", "version": 1,
    }  # fmt: skip
    seen = told(director, key)
    assert seen["ETag"] == made["ETag"]
    changed = seen.json()
    changed["properties"]["name"] = "Autre"
    answer = send(director, "PUT", f"{DRAWN}/{key}", changed, if_match=seen["ETag"])
    assert (answer.status_code, answer.json()["properties"]["name"]) == (200, "Autre")
    assert answer["ETag"] not in {seen["ETag"], ""}
    gone = send(director, "DELETE", f"{DRAWN}/{key}", if_match=answer["ETag"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert told(director, key).status_code == 404
    assert list(draft.steps.order_by("number").values_list("verb", flat=True)) == ["begin", "draw", "draw", "draw"]


def test_qgis_sends_every_property_and_nothing_that_somebody_else_drew_is_lost(director, draft, first, person):
    """As its provider does: with the id, all that it was told, no If-Match, and twice for one feature."""
    seen = told(director, first.pk).json()
    seen.pop("links")
    for name in ("Premier", "Second"):
        seen["properties"]["name"] = name
        answer = send(director, "PUT", f"{DRAWN}/{first.pk}", seen)
        assert answer.status_code == 200, answer.content
    other = Drawn(first.code, "Du collègue", first.kind, first.post.code, bytes(first.area.wkb))
    drawing.replace(by=person("administrator"), sector=first.pk, drawn=other, seen=2, at=timezone.now())
    lost = send(director, "PUT", f"{DRAWN}/{first.pk}", seen)
    assert (lost.status_code, lost.json()["code"]) == (409, "changed_meanwhile")
    assert "3" in lost.json()["detail"]
    assert draft.sectors.get(pk=first.pk).name == "Du collègue"


def test_a_change_says_what_it_saw(director, first):
    sent = sector(code=first.code)
    blind = send(director, "PUT", f"{DRAWN}/{first.pk}", sent)
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    for wrong in ('"' + "0" * 32 + '"', "nonsense", ""):
        for method in ("PUT", "DELETE"):
            late = send(director, method, f"{DRAWN}/{first.pk}", sent, if_match=wrong)
            assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert send(director, "PUT", f"{DRAWN}/{first.pk}", sent, if_match="*").status_code == 200
    tag = told(director, first.pk)["ETag"]
    listed = send(director, "PUT", f"{DRAWN}/{first.pk}", sent, if_match=f'"{"1" * 32}", {tag}')
    assert listed.status_code == 200


def test_the_tag_of_a_feature_is_known_in_every_system(director, first):
    tag = director.get(f"{DRAWN}/{first.pk}", {"crs": f"{EPSG}2154"})["ETag"]
    assert tag != told(director, first.pk)["ETag"]
    assert send(director, "PUT", f"{DRAWN}/{first.pk}", sector(code=first.code), if_match=tag).status_code == 200


@pytest.mark.parametrize("brackets", [False, True])
@pytest.mark.parametrize(
    ("number", "carried"),
    [
        (2154, lambda lon, lat: list(metres(lon, lat))),
        (4326, lambda lon, lat: [lat, lon]),
        (3857, lambda lon, lat: list(WEB.transform(lon, lat))),
    ],
)
def test_geometry_comes_in_every_system_that_is_served(director, draft, number, carried, brackets):
    ring = [list(carried(*place)) for place in RING]
    uri = f"<{EPSG}{number}>" if brackets else f"{EPSG}{number}"
    sent = sector(geometry={"type": "MultiPolygon", "coordinates": [[ring]]})
    made = send(director, "POST", DRAWN, sent, content_crs=uri)
    assert made.status_code == 201, made.content
    (found,) = (each[0] for each in made.json()["geometry"]["coordinates"])
    assert len(found) == 5
    for lon, lat in found:
        assert min(abs(lon - x) + abs(lat - y) for x, y in RING) < 1e-6


@pytest.mark.parametrize(
    ("document", "headers", "status", "code"),
    [
        (sector(colour="red"), {}, 400, "unknown_member"),
        (sector(name=7), {}, 400, "wrong_type"),
        (sector(priority=True), {}, 400, "wrong_type"),
        (sector(edition="05-2026-01"), {}, 422, "unknown_draft"),  # it has dates
        (sector(post="triage-05-nobody"), {}, 422, "unknown_code"),
        (sector(code="gap-economique"), {}, 409, "code_taken"),
        (sector() | {"id": 3}, {}, 400, "unknown_member"),
        (sector() | {"crs": {"type": "name"}}, {}, 400, "crs_not_allowed"),
        (sector() | {"type": "FeatureCollection"}, {}, 400, "wrong_type"),
        (sector(geometry=None), {}, 400, "not_an_object"),
        (sector(geometry={"type": "Point", "coordinates": PLACE}), {}, 400, "wrong_geometry_type"),
        (sector(geometry={"type": "Polygon", "coordinates": [RING[:3]]}), {}, 400, "invalid"),
        (sector(geometry={"type": "Polygon", "coordinates": [BOW]}), {}, 422, "invalid_area"),
        (sector(geometry={"type": "Polygon", "coordinates": [[[1e9, 0]] * 4]}), {}, 400, "out_of_range"),
        (sector(geometry={"type": "Polygon", "coordinates": [[[0, 0]] * 20_001]}), {}, 413, "too_many_positions"),
        (sector(), {"content_crs": f"{EPSG}27572"}, 400, "unknown_crs"),
        (sector(), {"content_crs": "+proj=longlat +nadgrids=/etc/passwd"}, 400, "unknown_crs"),
        (sector(source="a" * 1_100_000), {}, 413, "too_large"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(director, draft, document, headers, status, code):
    before = draft.steps.count()
    answer = send(director, "POST", DRAWN, document, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert draft.steps.count() == before


def test_a_sector_stays_in_its_draft_and_its_address_names_it(director, draft, first):
    tag = told(director, first.pk)["ETag"]
    moved = send(director, "PUT", f"{DRAWN}/{first.pk}", sector(edition="05-2026-01"), if_match=tag)
    assert (moved.status_code, moved.json()["code"]) == (409, "another_draft")
    other = send(director, "PUT", f"{DRAWN}/{first.pk}", sector() | {"id": first.pk + 1}, if_match=tag)
    assert (other.status_code, other.json()["code"]) == (400, "another_feature")
    dated = Sector.objects.filter(edition__validity__isnull=False).earliest("pk")
    for key in (dated.pk, 2**62, "unknown_id", "-1", "1" * 40):
        for method in ("PUT", "DELETE"):
            assert send(director, method, f"{DRAWN}/{key}", sector(), if_match="*").status_code == 404, key


def test_of_two_drafts_the_sector_says_which(director, draft, person):
    drafts.begin(by=person("director"), territory=draft.territory_id, at=timezone.now(), code="05-autre")
    vague = send(director, "POST", DRAWN, sector())
    assert (vague.status_code, vague.json()["code"]) == (422, "draft_required")
    assert send(director, "POST", DRAWN, sector(edition="05-autre")).status_code == 201


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "", "application/gml+xml"])
def test_only_geojson_is_read(director, draft, media):
    answer = director.generic("POST", DRAWN, json.dumps(sector()), content_type=media)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_parameters_are_none(director, draft, first):
    assert send(director, "POST", f"{DRAWN}?f=json", sector()).status_code == 400
    assert send(director, "DELETE", f"{DRAWN}/{first.pk}?crs=x").status_code == 400


@pytest.mark.parametrize(("name", "address"), [("director", DRAWN), ("partner_a", ADDED)])
def test_no_hostile_body_is_a_fault_of_ours(client_of, draft, name, address):
    client = client_of(name, raise_request_exception=False)
    for case in bodies("feature", "points"):
        answer = client.generic("POST", address, case.body, CONTENT_TYPE=case.content_type)
        assert answer.status_code in {400, 413, 415, 422}, case.name
        assert answer["Content-Type"] == "application/problem+json", case.name
    assert draft.steps.count() == 1
    assert not Incident.objects.exists()


def test_what_was_drawn_is_in_the_next_file(director, draft):
    def names() -> set[str]:
        answer = director.get("/ogc/collections/draft-sectors/draft-sectors.fgb")
        assert answer.status_code == 200
        whole = b"".join(answer)
        return {name for name in ("gap-nouveau", "gap-economique") if name.encode() in whole}

    assert names() == {"gap-economique"}
    send(director, "POST", DRAWN, sector())
    assert names() == {"gap-economique", "gap-nouveau"}


# what it costs


def test_a_sector_is_drawn_with_few_queries(director, draft, first, django_assert_max_num_queries):
    tag = told(director, first.pk)["ETag"]
    with django_assert_max_num_queries(24):
        answer = send(director, "PUT", f"{DRAWN}/{first.pk}", sector(code=first.code), if_match=tag)
    assert answer.status_code == 200
