"""The photos of a concern: who may add them and see them, how they are answered, and what is left of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLog
from incidents import changes
from incidents.models import Incident, Photo
from incidents.photos import MOST_BYTES_SENT, written_anew
from sectors.scope import scope_of
from tests.incidents.images import encoded, exif, files, flood, quarters, shown
from tests.incidents.sending import ADDRESS, GAP, errors_of, reported

pytestmark = pytest.mark.django_db


def address(concern: Incident, key: str = "") -> str:
    return f"{ADDRESS}{concern.reference}/photos/{key + '/' if key else ''}"


# As the direction must say, and anybody may.
WHY = {"motive": "Suivi des retards"}


def send(client: Client, concern: Incident, *images: bytes, name: str = "photo", **fields: str) -> Any:
    files = [SimpleUploadedFile("../../etc/Jean Dupont.php", image, "text/html") for image in images]
    return client.post(address(concern), {name: files, **fields})


def test_a_photo_is_added_listed_and_read(client_of, concern, media):
    answer = send(client_of("partner_a"), concern, encoded(exif=exif(*GAP).tobytes()))
    assert answer.status_code == 201, answer.content
    (photo,) = answer.json()["photos"]
    assert photo["href"] == address(concern, photo["id"])
    assert (photo["type"], photo["width"], photo["height"]) == ("image/jpeg", 64, 48)
    assert datetime.fromisoformat(photo["added_at"]).tzinfo is not None

    listed = client_of("referent_a").get(address(concern))
    assert listed.json() == {"photos": [photo]}
    assert listed["Cache-Control"] == "private, no-cache"

    read = client_of("director").get(photo["href"], WHY)
    assert shown(read.content).size == (64, 48)
    assert len(read.content) == photo["size_bytes"]
    assert b"Telephone" not in read.content
    assert read["Content-Type"] == "image/jpeg"
    assert read["Content-Disposition"] == f'attachment; filename="{concern.reference}-1.jpg"'
    assert read["X-Content-Type-Options"] == "nosniff"
    assert read["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert read["Cache-Control"] == "private, no-cache"
    assert client_of("director").get(photo["href"], WHY, headers={"If-None-Match": read["ETag"]}).status_code == 304


def test_who_asks_for_what_changed_finds_the_concern_of_a_new_photo(client_of, concern):
    before = Incident.objects.get().updated_at
    send(client_of("partner_a"), concern, encoded())
    assert Incident.objects.get().updated_at > before


def test_what_lies_on_the_disk_is_the_new_image_under_a_name_that_says_nothing(client_of, concern, media):
    send(client_of("partner_a"), concern, encoded(exif=exif(*GAP).tobytes()))
    (path,) = files(media)
    assert path.name == f"{Photo.objects.get().key}.jpg"
    assert concern.reference not in str(path)
    assert b"Telephone" not in path.read_bytes()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


# Who reads the text sees the photos; to everybody else there is no such concern.
SEES = {
    "partner_a": 200, "partner_b": 404, "referent_a": 200, "referent_b": 404, "mayor_gap": 404, "mayor_briancon": 404,
    "gendarme": 404, "director": 200, "administrator": 404, "auditor": 404, "suspended": 401, "anonymous": 401,
}  # fmt: skip
ADDS = SEES | {"partner_a": 201, "referent_a": 201, "director": 403}


@pytest.mark.parametrize("name", SEES)
def test_who_sees_and_who_adds(client_of, person, concern, name):
    (photo,) = changes.attach(incident=concern, author=person("partner_a"), pictures=[written_anew(encoded())])
    if name == "suspended":
        client = Client(SERVER_NAME="localhost", HTTP_AUTHORIZATION="Token psq_0000000000000000000000")
    else:
        client = client_of(name)
    for where in (address(concern), address(concern, photo.key)):
        assert client.get(where, WHY).status_code == SEES[name], where
    assert send(client, concern, encoded(quarters(70, 50))).status_code == ADDS[name]
    if SEES[name] == 404:
        missing = client.get(f"{ADDRESS}0000-0000/photos/{'0' * 32}/")
        assert client.get(address(concern, photo.key)).content == missing.content
        assert client.get(address(concern)).content == missing.content


def test_the_key_of_a_photo_opens_it_for_its_concern_alone(client_of, person, concern):
    (photo,) = changes.attach(incident=concern, author=person("partner_a"), pictures=[written_anew(encoded())])
    other = reported(person("partner_a"), timezone.now())
    client = client_of("partner_a")
    for key in (photo.key, "0" * 32, "1", str(photo.pk)):
        assert client.get(address(other, key)).status_code == 404, key
    assert client.get(address(concern, photo.key.upper())).status_code in {200, 404}


def test_a_photo_whose_file_is_lost_is_not_found(client_of, concern, media):
    (photo,) = send(client_of("partner_a"), concern, encoded()).json()["photos"]
    files(media)[0].unlink()
    assert client_of("partner_a").get(photo["href"]).status_code == 404
    assert client_of("partner_a").get(address(concern)).status_code == 200


def test_three_at_most_in_their_order(client_of, concern, media):
    client = client_of("partner_a")
    images = [encoded(quarters(60 + 2 * index, 48)) for index in range(5)]
    assert send(client, concern, *images[:2]).status_code == 201
    assert errors_of(send(client, concern, *images[2:4])) == [("photo", "too_many_photos")]
    assert len(files(media)) == 2
    assert send(client, concern, images[2]).status_code == 201
    refused = send(client, concern, images[3])
    assert (refused.status_code, errors_of(refused)) == (422, [("photo", "too_many_photos")])
    assert [photo["width"] for photo in client.get(address(concern)).json()["photos"]] == [60, 62, 64]
    assert errors_of(send(client, concern, *images[:4])) == [("photo", "too_many_photos")]


def test_a_photo_sent_twice_is_kept_once(client_of, concern, media):
    client = client_of("partner_a")
    first = send(client, concern, encoded()).json()
    again = send(client, concern, encoded(), encoded(exif=exif(*GAP).tobytes()))
    assert again.status_code == 201
    assert again.json()["photos"] == first["photos"] * 2
    assert (Photo.objects.count(), len(files(media))) == (1, 1)


REFUSED = [
    # what is sent                                     status  field        code
    ([b""],                                            422, "photo[0]", "empty"),
    ([b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//"],   422, "photo[0]", "not_a_photo"),
    ([encoded(), b"<svg onload=alert(1)>"],            422, "photo[1]", "not_a_photo"),
    ([flood()],                                        422, "photo[0]", "too_many_pixels"),
    ([encoded(quarters(640, 480))[:-2000]],            422, "photo[0]", "unreadable"),
    ([encoded() + bytes(10 * 1024 * 1024)],            413, "photo[0]", "too_large"),
    ([],                                               400, "photo",    "required"),
]  # fmt: skip


@pytest.mark.parametrize(("images", "status", "field", "code"), REFUSED)
def test_what_is_refused_leaves_nothing(client_of, concern, media, images, status, field, code):
    answer = send(client_of("partner_a"), concern, *images)
    assert (answer.status_code, errors_of(answer)) == (status, [(field, code)])
    assert (Photo.objects.count(), files(media)) == (0, [])


def test_a_request_that_is_no_form_with_photos(client_of, concern):
    client = client_of("partner_a")
    post = lambda body, kind: client.generic("POST", address(concern), body, content_type=kind)  # noqa: E731
    assert post(encoded(), "image/jpeg").status_code == 415
    assert post(b"{}", "application/json").status_code == 415
    assert errors_of(post(b"nonsense", "multipart/form-data")) == [("", "invalid_multipart")]
    assert errors_of(post(b"--x\r\nno head", "multipart/form-data; boundary=x")) == [("photo", "required")]
    assert errors_of(send(client, concern, encoded(), name="image")) == [("image", "unknown_member")]
    assert errors_of(send(client, concern, encoded(), caption="x")) == [("caption", "unknown_member")]
    assert errors_of(client.post(address(concern), {"photo": "words"})) == [("photo", "unknown_member")]
    many = [("photo", encoded(quarters(60 + index, 40))) for index in range(12)]
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n' + image + b"\r\n"
        for _name, image in many
    )
    assert errors_of(post(body + b"--x--\r\n", "multipart/form-data; boundary=x")) == [("", "invalid_multipart")]
    assert errors_of(client.get(f"{address(concern)}?limit=1")) == [("limit", "unknown_parameter")]
    assert client.delete(address(concern)).status_code == 405


def test_no_more_is_read_than_is_taken(client_of, concern):
    """By the length announced, before a byte of it: the body of this request is short."""
    client = client_of("partner_a")
    answer = client.generic(
        "POST",
        address(concern),
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(MOST_BYTES_SENT + 1),
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_while_another_photo_is_read(client_of, concern, monkeypatch):
    from incidents import photos

    monkeypatch.setattr(photos, "_WAIT_S", 0.01)
    with photos._TURN:
        answer = send(client_of("partner_a"), concern, encoded())
    assert (answer.status_code, answer["Retry-After"], errors_of(answer)) == (503, "2", [("photo[0]", "busy")])


def test_a_settled_concern_takes_no_more(client_of, concern):
    Incident.objects.filter(pk=concern.pk).update(status="close")
    answer = send(client_of("partner_a"), concern, encoded())
    assert (answer.status_code, errors_of(answer)) == (409, [("status", "settled")])


def test_one_who_lost_the_concern_meanwhile_adds_nothing(person, concern):
    """Rights are asked again of the row as it is locked."""
    author = person("referent_b")
    scope = scope_of(author, timezone.now())
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        changes.add_photos(incident=concern, author=author, scope=scope, pictures=[written_anew(encoded())])


def test_reads_and_additions_are_logged_and_never_the_image(client_of, person, concern):
    (photo,) = send(client_of("partner_a"), concern, encoded()).json()["photos"]
    client_of("referent_a").get(address(concern))
    client_of("referent_a").get(photo["href"])
    rows = AccessLog.objects.filter(operation__startswith="incident.photo").order_by("pk")
    reference = f"incident:{concern.reference}"
    assert list(rows.values_list("operation", "reference", "user", "territory")) == [
        ("incident.photo.add", reference, person("partner_a").pk, "05"),
        ("incident.photos", reference, person("referent_a").pk, "05"),
        ("incident.photo", reference, person("referent_a").pk, "05"),
    ]


def test_few_questions_are_asked(client_of, concern, django_assert_num_queries):
    (photo,) = send(client_of("partner_a"), concern, encoded()).json()["photos"]
    client = client_of("referent_a")
    client.get(photo["href"])
    for where in (address(concern), photo["href"]):
        with django_assert_num_queries(4):  # token with its scope, concern, photos, access log
            assert client.get(where).status_code == 200


def test_a_session_must_prove_itself(person, concern):
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(person("partner_a"))
    assert send(client, concern, encoded()).status_code == 403
    client.get("/signaler/ou/")
    token = client.cookies["csrftoken"].value
    assert send(client, concern, encoded(), csrfmiddlewaretoken=token).status_code == 201
    by_head = client.post(
        address(concern), {"photo": SimpleUploadedFile("a", encoded(quarters(70, 50)))}, headers={"X-CSRFToken": token}
    )
    assert by_head.status_code == 201
