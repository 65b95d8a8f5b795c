"""Messages, timeline, support, groups and satisfaction as programs call them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from incidents import changes
from incidents.models import Incident, Photo, Remark, Support
from tests.incidents.images import encoded
from tests.incidents.life.living import ANSWER, brought
from tests.incidents.sending import ADDRESS, errors_of, properties_of

pytestmark = pytest.mark.django_db
NOTE = "Ne pas dire avant l’opération"


def post(client: Client, row: Incident, name: str, document: Any) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.generic("POST", f"{ADDRESS}{row.reference}/{name}/", body, content_type="application/json")


def test_a_conversation(client_of, row):
    desk, partner = client_of("referent_a"), client_of("partner_a")
    assert post(desk, row, "messages", {"text": "À quelle heure ?"}).status_code == 201
    answer = post(partner, row, "messages", {"text": "Vers 22 h", "internal": False})
    assert answer.status_code == 201
    assert answer.json() | {"at": ""} == {
        "at": "", "side": "reporter", "internal": False, "text": "Vers 22 h", "author": answer.json()["author"],
        "photos": [],
    }  # fmt: skip
    assert datetime.fromisoformat(answer.json()["at"]).tzinfo is not None
    assert post(desk, row, "messages", {"text": NOTE, "internal": True}).json()["internal"] is True
    inside, outside = (client.get(f"{ADDRESS}{row.reference}/messages/") for client in (desk, partner))
    assert [(each["side"], each["internal"]) for each in inside.json()["messages"]] == [
        ("desk", False), ("reporter", False), ("desk", True),
    ]  # fmt: skip
    assert [each["text"] for each in outside.json()["messages"]] == ["À quelle heure ?", "Vers 22 h"]
    assert outside.json()["messages"][0]["author"] == "Référent Gap hyper-centre"
    assert AccessLog.objects.latest("pk").operation == "incident.messages"


def test_an_internal_note_is_in_nothing_that_its_reporter_is_answered(client_of, row, person):
    post(client_of("referent_a"), row, "messages", {"text": NOTE, "internal": True})
    brought(row, person("referent_a"), "close")
    partner = client_of("partner_a")
    for name in ("", "messages/", "timeline/", "status/", "routing/", "photos/", "satisfaction/"):
        response = partner.get(f"{ADDRESS}{row.reference}/{name}")
        assert response.status_code == 200
        assert NOTE not in response.content.decode()
    for address in (f"/preoccupations/{row.reference}/", "/preoccupations/"):
        assert NOTE not in partner.get(address).content.decode()


def test_nobody_but_the_desk_writes_internally(client_of, row):
    response = post(client_of("partner_a"), row, "messages", {"text": NOTE, "internal": True})
    assert response.status_code == 403
    assert not Remark.objects.exists()


def form(client: Client, row: Incident, *images: bytes, name: str = "photo", **fields: str) -> Any:
    files = [SimpleUploadedFile(f"{number}.jpg", image, "image/jpeg") for number, image in enumerate(images)]
    return client.post(f"{ADDRESS}{row.reference}/messages/", {**fields, name: files})


def test_photos_come_with_a_message(client_of, row, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    partner = client_of("partner_a")
    response = form(partner, row, encoded(), text="Voici le hall")
    assert response.status_code == 201, response.content
    (photo,) = response.json()["photos"]
    assert client_of("referent_a").get(photo["href"])["Content-Type"] == "image/jpeg"
    assert client_of("partner_b").get(photo["href"]).status_code == 404
    # They are none of the concern's own three.
    assert partner.get(f"{ADDRESS}{row.reference}/photos/").json() == {"photos": []}
    # The same photo may come with another message.
    assert form(partner, row, encoded(), text="Encore").status_code == 201
    assert Photo.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "images", "status", "field", "code"),
    [
        ({}, 1, 422, "text", "required"),
        ({"text": "x", "internal": "true"}, 1, 400, "internal", "unknown_member"),
        ({"text": "x\0"}, 1, 400, "text", "null_character"),
        ({"text": "x" * 4001}, 1, 422, "text", "too_long"),
        ({"text": "x"}, 0, 400, "photo", "required"),
        ({"text": "x"}, 4, 422, "photo", "too_many_photos"),
    ],
)
def test_a_refused_form_keeps_nothing(client_of, row, tmp_path, settings, fields, images, status, field, code):
    settings.MEDIA_ROOT = tmp_path
    response = form(client_of("partner_a"), row, *[encoded()] * images, **fields)
    assert (response.status_code, errors_of(response)) == (status, [(field, code)])
    assert not Remark.objects.exists()
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({}, 400, "text", "required"),
        ({"text": "  "}, 400, "text", "required"),
        ({"text": 3}, 400, "text", "wrong_type"),
        ({"text": "x", "internal": "true"}, 400, "internal", "wrong_type"),
        ({"text": "x", "side": "desk"}, 400, "side", "unknown_member"),
        ({"text": "x" * 4001}, 400, "text", "too_long"),
        ({"text": "Appelez le 06 12 34 56 78"}, 422, "text", "personal_data"),
        ({"text": "{{ nom }}"}, 422, "text", "placeholder_left"),
    ],
)
def test_a_refused_message_names_the_member(client_of, row, body, status, field, code):
    response = post(client_of("partner_a"), row, "messages", body)
    assert response.status_code == status
    assert (field, code) in errors_of(response)
    assert not Remark.objects.exists()


def test_the_timeline_in_two_languages(client_of, row, person):
    brought(row, person("referent_a"), "repondue")
    partner = client_of("partner_a")
    french, english = (
        partner.get(f"{ADDRESS}{row.reference}/timeline/", headers={"Accept-Language": language})
        for language in ("fr", "en")
    )
    assert "Accept-Language" in french["Vary"]
    assert [each["title"] for each in french.json()["entries"]][-1] == "Réponse apportée"
    assert [each["title"] for each in english.json()["entries"]][-1] == "Answered"
    assert english.json()["entries"][-1]["text"] == ANSWER
    assert [each["kind"] for each in english.json()["entries"]] == ["report", "routing", "status", "status"]


def test_me_too_once_for_each_organisation(client_of, row, person):
    ally = client_of("mayor_gap")
    for _ in range(2):
        response = post(ally, row, "support", {"note": "Sous mes fenêtres"})
        # A reader in part is told that it was heard, and not how many there are.
        assert (response.status_code, response.json()) == (200, {"reference": row.reference, "supports": None})
    assert Support.objects.get().note == "Sous mes fenêtres"
    desk = client_of("referent_a")
    assert properties_of(desk.get(f"{ADDRESS}{row.reference}/"))["supports"] == 1
    # A référent writes down what an organisation says on the phone.
    response = post(desk, row, "support", {"partner": "bus"})
    assert response.json()["supports"] == 2
    assert post(desk, row, "support", {"partner": "bus"}).json()["supports"] == 2
    assert properties_of(client_of("partner_a").get(f"{ADDRESS}{row.reference}/"))["supports"] == 2
    # What they wrote is for the desk.
    partner = client_of("partner_a").get(f"{ADDRESS}{row.reference}/timeline/").content.decode()
    assert "fenêtres" not in partner
    assert "fenêtres" in desk.get(f"{ADDRESS}{row.reference}/timeline/").content.decode()


def test_what_is_not_supported(client_of, row, person):
    response = post(client_of("partner_a"), row, "support", {})
    assert (response.status_code, errors_of(response)) == (409, [("incident", "own_concern")])
    mayor = client_of("mayor_gap")
    for body, status, expected in (
        ({"note": "Appelez le 06 12 34 56 78"}, 422, ("note", "personal_data")),
        ({"note": "x" * 1001}, 400, ("note", "too_long")),
        ({"partner": "nowhere"}, 422, ("partner", "unknown_partner")),
        ({"supports": 9}, 400, ("supports", "unknown_member")),
    ):
        response = post(mayor, row, "support", body)
        assert (response.status_code, errors_of(response)[0]) == (status, expected)
    brought(row, person("referent_a"), "non_retenue")
    response = post(mayor, row, "support", {})
    assert (response.status_code, errors_of(response)) == (409, [("status", "already_settled")])
    assert not Support.objects.exists()


def test_merged_and_separated(client_of, row, other):
    desk = client_of("referent_a")
    before = desk.get(f"{ADDRESS}{other.reference}/group/").json()
    assert (before["into"], before["merged"]) == (None, [])
    assert [(each["reference"], each["same_category"]) for each in before["nearby"]] == [(row.reference, True)]
    response = post(desk, other, "group", {"decision": "merge", "into": row.reference, "reason": "Même hall"})
    assert (response.status_code, response.json()["into"]) == (200, row.reference)
    assert response.json()["nearby"] == []
    assert desk.get(f"{ADDRESS}{row.reference}/group/").json()["merged"] == [other.reference]
    told = properties_of(desk.get(f"{ADDRESS}{other.reference}/"))
    assert (told["merged"], told["merged_into"]) == (True, row.reference)
    assert properties_of(client_of("mayor_gap").get(f"{ADDRESS}{other.reference}/"))["merged_into"] == row.reference
    assert post(desk, other, "status", {"status": "qualifiee"}).status_code == 409
    response = post(desk, other, "group", {"decision": "separate"})
    assert (response.status_code, response.json()["into"]) == (200, None)
    told = properties_of(desk.get(f"{ADDRESS}{other.reference}/"))
    assert (told["merged"], told["merged_into"]) == (False, None)


def test_where_it_went_is_told_to_those_alone_who_may_see_that_one(client_of, row, other, by):
    # The landlord's is merged into another of which the landlord knows nothing.
    Incident.objects.filter(pk=other.pk).update(due_at=row.due_at, sector=None)
    Incident.objects.filter(pk=row.pk).update(due_at=other.due_at)
    kept, gone = Incident.objects.get(pk=other.pk), Incident.objects.get(pk=row.pk)
    changes.merge(kept=kept, merged=gone, **by("referent_a"))
    partner = client_of("partner_a")
    told = properties_of(partner.get(f"{ADDRESS}{row.reference}/"))
    assert (told["merged"], told["merged_into"]) == (True, None)
    for name in ("", "timeline/", "messages/"):
        assert other.reference not in partner.get(f"{ADDRESS}{row.reference}/{name}").content.decode()
    assert properties_of(client_of("referent_a").get(f"{ADDRESS}{row.reference}/"))["merged_into"] == other.reference


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({}, 400, "decision", "required"),
        ({"decision": "marry"}, 400, "decision", "unknown_decision"),
        ({"decision": "merge"}, 400, "into", "required"),
        ({"decision": "separate", "into": "x"}, 400, "into", "unknown_member"),
        ({"decision": "merge", "into": "0000-0000"}, 422, "into", "unknown_concern"),
        ({"decision": "separate"}, 409, "incident", "not_merged"),
        ({"decision": "separate", "reason": "x" * 501}, 400, "reason", "too_long"),
    ],
)
def test_a_refused_decision_names_the_member(client_of, row, body, status, field, code):
    response = post(client_of("referent_a"), row, "group", body)
    assert (response.status_code, errors_of(response)) == (status, [(field, code)])


def test_satisfaction(client_of, row, person, monday):
    partner = client_of("partner_a")
    address = f"{ADDRESS}{row.reference}/satisfaction/"
    assert partner.get(address).json() == {"questions": [], "reopen_until": None}
    assert errors_of(post(partner, row, "satisfaction", {"answer": "non"})) == [("status", "nothing_asked")]
    brought(row, person("referent_a"), "close")
    asked = partner.get(address).json()
    assert [(each["stage"], each["answer"]) for each in asked["questions"]] == [("closing", None)]
    for body, expected in (
        ({"answer": "peut-être"}, ("answer", "unknown_answer")),
        ({"answer": "oui", "stage": "never"}, ("stage", "unknown_stage")),
        ({"answer": "oui", "comment": "x" * 501}, ("comment", "too_long")),
        ({}, ("answer", "required")),
    ):
        assert errors_of(post(partner, row, "satisfaction", body)) == [expected]
    response = post(partner, row, "satisfaction", {"answer": "non", "comment": "Encore hier"})
    assert response.status_code == 200
    given = response.json()
    assert (given["questions"][0]["answer"], given["questions"][0]["comment"]) == ("non", "Encore hier")
    assert given["reopen_until"] == "2027-02-21"
    assert errors_of(post(partner, row, "satisfaction", {"answer": "oui"})) == [("answer", "already_answered")]
    assert post(partner, row, "status", {"status": "rouverte", "reason": "Encore hier"}).status_code == 200


def test_the_questions_of_a_message_list_do_not_grow(client_of, row, by):
    partner = client_of("partner_a")
    asked = []
    for _ in range(2):
        changes.remark(incident=row, text="Encore", **by("partner_a"))
        changes.remark(incident=row, text="Merci", **by("referent_a"))
        partner.get(f"{ADDRESS}{row.reference}/messages/")
        with CaptureQueriesContext(connection) as queries:
            partner.get(f"{ADDRESS}{row.reference}/messages/")
        asked.append(len(queries))
    assert asked[0] == asked[1]
