"""Photos joined to what the desk writes to a reporter: as a partner joins them, and under the same limits."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents.models import Photo, Remark
from tests.incidents.images import encoded, exif, files, quarters, shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def write(client, incident, *images, action="ecrire", text="Voici ce que nous avons vu."):
    photos = [SimpleUploadedFile("a.jpg", image, "image/jpeg") for image in images]
    given = {f"{action}-text": text, f"{action}-photo": photos}
    return client.post(f"/preoccupations/{incident.reference}/agir/{action}/", given)


def test_the_reporter_sees_the_photo_written_anew(seen_by, reported, media):
    incident, desk = reported(), seen_by("referent_a")
    page = desk.get(f"/preoccupations/{incident.reference}/").content.decode()
    field = re.search(r'<form[^>]*/agir/ecrire/"[^>]*enctype="multipart/form-data".*?</form>', page, re.DOTALL)
    assert field
    assert 'name="ecrire-photo"' in field[0]
    assert (
        write(desk, incident, encoded(exif=exif(6.07, 44.55).tobytes()), encoded(quarters(80, 60))).status_code == 302
    )
    remark = Remark.objects.get()
    photos = list(remark.photos.order_by("rank"))
    assert [(photo.width, photo.height) for photo in photos] == [(64, 48), (80, 60)]
    assert all(b"Telephone" not in path.read_bytes() for path in files(media))
    reporter = seen_by("partner_a")
    assert f"/photos/{photos[0].key}/" in reporter.get(f"/preoccupations/{incident.reference}/").content.decode()
    read = reporter.get(f"/api/incidents/{incident.reference}/photos/{photos[0].key}/")
    assert shown(read.content).size == (64, 48)


@pytest.mark.parametrize(
    ("images", "why"),
    [([encoded()] * 4, "Trois photos au plus."), ([encoded(), b"GIF89a"], "JPEG, PNG"), ([b""], "vide")],
)
def test_what_is_no_photo_is_refused_and_the_words_stay(seen_by, reported, images, why):
    incident = reported()
    answer = write(seen_by("referent_a"), incident, *images)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert why in page
    assert re.search(r'<a href="#id_ecrire-photo">', page), "the summary leads to the field"
    assert "Voici ce que nous avons vu.</textarea>" in page
    assert (Remark.objects.count(), Photo.objects.count()) == (0, 0)


def test_an_internal_note_takes_none(seen_by, reported):
    incident = reported()
    assert write(seen_by("referent_a"), incident, encoded(), action="noter").status_code == 302
    assert Remark.objects.get().internal
    assert not Photo.objects.exists()
