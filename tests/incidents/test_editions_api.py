"""`/api/editions/`: a draft from its beginning to its approval, by whoever draws the map."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from sectors.changes import drawing
from sectors.changes.drawing import Drawn
from sectors.models import Edition, Sector
from tests.incidents.sending import GAP, reported

ADDRESS = "/api/editions/"


def send(client: Client, address: str, document: Any) -> Any:
    return client.post(address, json.dumps(document), content_type="application/json")


@pytest.fixture
def director(unthrottled, client_of, monday) -> Any:
    return client_of("director")


@pytest.fixture
def begun(director) -> Any:
    return send(director, ADDRESS, {"model": "05-2026-01", "note": "Essai"}).json()


def handed_over(person, monday) -> None:
    """In the draft, the hyper-centre is for the référent of the economic areas."""
    old = Sector.objects.get(edition__code="05-2026-02", code="gap-hyper-centre")
    new = Drawn(old.code, old.name, old.kind, "gap-economique", bytes(old.area.wkb))
    drawing.replace(by=person("director"), sector=old.pk, drawn=new, seen=0, at=monday)


def test_a_draft_from_its_beginning_to_its_approval(director, begun, person, monday):
    kept, moved = (reported(person("partner_a"), monday, GAP) for _ in range(2))
    assert begun == {
        "code": "05-2026-02", "territory": "05", "state": "draft", "version": 0, "note": "Essai", "valid_from": None,
        "valid_to": None, "approved_at": None, "applied_at": None, "undo": 0, "redo": 0, "sectors": 6,
    }  # fmt: skip
    here = f"{ADDRESS}05-2026-02/"
    handed_over(person, monday)
    assert send(director, f"{here}undo/", {"version": 1}).json()["redo"] == 1
    assert send(director, f"{here}redo/", {"version": 2}).json()["undo"] == 1
    checked = send(director, f"{here}check/", {"version": 3}).json()
    assert (checked["state"], checked["findings"]["type"]) == ("checked", "FeatureCollection")
    day = {"version": 3, "start_on": "2026-11-24"}
    found = send(director, f"{here}preview/", day).json()
    assert (found["state"], found["changing_hands"]) == ("previewed", 2)
    assert [each["to_post"] for each in found["concerns"]] == ["gap-economique"] * 2
    assert {each["reference"] for each in found["concerns"]} == {kept.reference, moved.reference}
    (sector,) = found["changes"]
    assert (sector["code"], sector["area_gained_m2"], sector["concerns_gained"]) == ("gap-hyper-centre", 0, 2)
    approved = send(director, f"{here}approve/", day | {"keep": [kept.reference]})
    assert approved.status_code == 200, approved.content
    assert (approved.json()["state"], approved.json()["valid_from"]) == ("dated", "2026-11-24T00:00:00+01:00")
    assert director.get(here).json()["approved_at"] == "2026-11-23T09:00:00+01:00"
    old = director.get(f"{ADDRESS}05-2026-01/").json()
    assert old["valid_to"] == "2026-11-24T00:00:00+01:00"
    listed = director.get(ADDRESS).json()["editions"]
    assert [each["code"] for each in listed] == ["05-2026-02", "05-2026-01"]


def test_whoever_administers_is_told_how_many_concerns_and_not_which(begun, client_of, person, monday):
    concern = reported(person("partner_a"), monday, GAP)
    handed_over(person, monday)
    client = client_of("administrator")
    here = f"{ADDRESS}05-2026-02/"
    assert send(client, f"{here}check/", {"version": 1}).status_code == 200
    day = {"version": 1, "start_on": "2026-11-24"}
    found = send(client, f"{here}preview/", day).json()
    assert (found["changing_hands"], found["concerns"]) == (1, [])
    named, missing = (
        send(client, f"{here}approve/", day | {"keep": [each]}) for each in (concern.reference, "ZZZZ-ZZZZ")
    )
    assert (named.status_code, missing.status_code) == (422, 422)
    assert named.content.replace(concern.reference.encode(), b"ZZZZ-ZZZZ") == missing.content


@pytest.mark.parametrize("name", ["referent_a", "partner_a", "mayor_gap", "gendarme", "auditor"])
def test_who_draws_no_map_is_told_of_no_draft(begun, client_of, name):
    client = client_of(name)
    for answer in (client.get(ADDRESS), send(client, ADDRESS, {}), send(client, f"{ADDRESS}x/undo/", {"version": 0})):
        assert answer.status_code == 403
    assert Edition.objects.count() == 2


@pytest.mark.parametrize(
    ("tail", "document", "status", "code"),
    [
        ("", {"colour": "red"}, 400, "unknown_member"),
        ("", {"code": 3}, 400, "wrong_type"),
        ("", {"code": "05-2026-01"}, 409, "code_taken"),
        ("", {"code": "a b"}, 422, "invalid_code"),
        ("", {"note": "a" * 301}, 422, "too_long"),
        ("", {"model": "nothing"}, 422, "unknown_edition"),
        ("", {"territory": "90"}, 422, "unknown_territory"),
        ("05-2026-02/undo/", {}, 400, "required"),
        ("05-2026-02/undo/", {"version": 0}, 409, "nothing_to_undo"),
        ("05-2026-02/undo/", {"version": 10**30}, 409, "changed_meanwhile"),
        ("05-2026-02/undo/", {"version": True}, 400, "wrong_type"),
        ("05-2026-02/preview/", {"version": 0}, 400, "invalid_day"),
        ("05-2026-02/preview/", {"version": 0, "start_on": "20261124"}, 400, "invalid_day"),
        ("05-2026-02/preview/", {"version": 0, "start_on": "9999-12-31"}, 400, "invalid_day"),
        ("05-2026-02/preview/", {"version": 0, "start_on": "2026-11-24"}, 409, "not_checked"),
        ("05-2026-02/approve/", {"version": 0, "start_on": "2026-11-24"}, 409, "not_previewed"),
        ("05-2026-02/approve/", {"version": 0, "start_on": "2026-11-24", "keep": [3]}, 400, "wrong_type"),
        ("05-2026-01/abandon/", {"version": 0}, 409, "not_a_draft"),
        ("05-2026-02/burn/", {"version": 0}, 404, "not_found"),
        ("nothing/undo/", {"version": 0}, 404, "not_found"),
    ],
)
def test_what_is_refused(director, begun, tail, document, status, code):
    answer = send(director, f"{ADDRESS}{tail}", document)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_the_list_asks_little(director, begun, django_assert_max_num_queries):
    for _ in range(5):
        send(director, ADDRESS, {})
    with django_assert_max_num_queries(3):  # the token, what it covers, the editions
        assert len(director.get(ADDRESS).json()["editions"]) == 7
