"""Where photos lie, how they leave, and what no other page takes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.changes.purging import purge
from incidents import changes, photo_files, uploads
from incidents.changes.forgetting import CONCERN
from incidents.models import Incident, Photo, StatusChange
from incidents.photo_files import Folder
from incidents.photos import written_anew
from incidents.tasks import sweep_photos
from tests.incidents.images import encoded, files, quarters
from tests.incidents.sending import ADDRESS, reported

pytestmark = pytest.mark.django_db


def test_the_database_holds_what_is_promised(person, concern):
    """Three at most, and no change or loss of one but by the purge."""
    pictures = [written_anew(encoded(quarters(60 + 2 * index, 48))) for index in range(3)]
    photos = changes.attach(incident=concern, author=person("partner_a"), pictures=pictures)
    facts = {
        "incident": concern,
        "width": 1,
        "height": 1,
        "size_bytes": 1,
        "author": person("partner_a"),
        "digest": "d",
    }
    for rank, key in ((4, "0" * 32), (0, "0" * 32), (3, "1" * 32)):
        with pytest.raises(DatabaseError), transaction.atomic():
            Photo.objects.create(rank=rank, key=key, **facts)
    for change in (photos[0].delete, lambda: Photo.objects.update(rank=2)):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_three_years_after_closing_photos_are_gone_with_their_files(
    person, concern, media, django_capture_on_commit_callbacks
):
    """By the rule that forgets the concern (accounts.retention)."""
    other = reported(person("partner_a"), timezone.now())
    for each in (concern, other):
        changes.attach(incident=each, author=person("partner_a"), pictures=[written_anew(encoded())])
    closed_at = timezone.now()
    StatusChange.objects.create(
        incident=concern, at=closed_at, status_from="signalee", status_to="close", author=person("referent_a")
    )
    Incident.objects.filter(pk=concern.pk).update(status="close")
    due = closed_at.replace(year=closed_at.year + 3)
    for moment, left in ((due - timedelta(hours=1), 2), (due + timedelta(hours=1), 1)):
        with django_capture_on_commit_callbacks(execute=True):
            purge(at=moment, by="test", commit=True, chosen=[CONCERN])
            assert len(files(media)) == 2  # not before the commit
        assert (Photo.objects.count(), len(files(media))) == (left, left)
    assert files(media)[0].stem == other.photos.get().key


@pytest.fixture
def old() -> Callable[[Path, float], Path]:
    """Makes a file as old as a number of hours."""

    def make(path: Path, hours: float) -> Path:
        then = (timezone.now() - timedelta(hours=hours)).timestamp()
        os.utime(path, (then, then))
        return path

    return make


def test_files_that_nobody_names_are_swept(person, concern, media, old):
    jpeg = encoded()
    (photo,) = changes.attach(incident=concern, author=person("partner_a"), pictures=[written_anew(jpeg)])
    named = next(path for path in files(media) if path.stem == photo.key)
    orphan, fresh = (
        next(path for path in files(media) if path.stem == key)
        for key in (photo_files.write(Folder.CONCERNS, jpeg), photo_files.write(Folder.CONCERNS, jpeg))
    )
    draft, fresh_draft = (
        next(path for path in files(media, "drafts") if path.stem == key)
        for key in (photo_files.write(Folder.DRAFTS, jpeg), photo_files.write(Folder.DRAFTS, jpeg))
    )
    unfinished = orphan.with_suffix(".new")
    unfinished.write_bytes(b"half")
    for path in (named, orphan, unfinished):
        old(path, 25)
    old(draft, 13)
    assert sweep_photos() == {"drafts": 1, "orphans": 1}
    assert set(files(media)) == {named, fresh}
    assert files(media, "drafts") == [fresh_draft]
    assert sweep_photos() == {"drafts": 0, "orphans": 0}


def test_a_key_is_a_key_and_never_a_path(media):
    key = photo_files.write(Folder.CONCERNS, b"x")
    (media / "secret.jpg").write_bytes(b"secret")
    for odd in ("../secret", "secret", "..", "", "/etc/passwd", key.upper() + "\n", key + "/"):
        with pytest.raises(FileNotFoundError):
            photo_files.read(Folder.CONCERNS, odd)
        photo_files.drop(Folder.CONCERNS, odd)
    assert photo_files.read(Folder.CONCERNS, key) == b"x"
    photo_files.drop(Folder.CONCERNS, key)
    photo_files.drop(Folder.CONCERNS, key)
    assert files(media) == []


@pytest.mark.parametrize("place", ["/connexion/", "/signaler/ou/", "/langue/"])
def test_other_pages_take_no_file_and_no_large_form(person, place, monkeypatch):
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    if "signaler" in place:
        client.force_login(person("partner_a"))
    large = client.generic(
        "POST",
        place,
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(uploads.MOST_FORM_BYTES + 1),
    )
    assert (large.status_code, large["Content-Type"]) == (413, "text/html; charset=utf-8")
    seen = []
    monkeypatch.setattr(uploads.InMemory, "new_file", lambda *_: seen.append("read"))
    small = client.post(place, {"photo": SimpleUploadedFile("a.jpg", encoded()), "lat": "x"})
    assert small.status_code in {200, 302, 403}
    assert seen == []


def test_an_address_that_reads_json_reads_no_form(person, concern):
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(person("partner_a"))
    for where in (ADDRESS, f"{ADDRESS}{concern.reference}/move/", "/api/locate/batch/"):
        answer = client.post(where, {"photo": SimpleUploadedFile("a.jpg", encoded())})
        assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")
    assert json.loads(answer.content)["code"] == "unsupported_media_type"
