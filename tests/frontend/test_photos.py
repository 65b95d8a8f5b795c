"""Photos on the screens: taken in at step 2, looked at, sent with the concern, shown to who reads its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import throttles
from incidents import changes, photo_files
from incidents.models import Incident, KeptDraft, Photo
from incidents.photo_files import Folder
from incidents.photos import written_anew
from tests.incidents.images import encoded, exif, files, flood, quarters, shown

pytestmark = pytest.mark.django_db
WHAT = "/signaler/quoi/"
WORDS = {"category": "tapage", "description": "Bruit le soir dans le hall."}
NEAR, FAR = (6.0787, 44.5595), (6.0631, 44.547)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def partner(seen_by: Callable[[str], Client]) -> Client:
    """Past the first step, in the centre of Gap."""
    client = seen_by("partner_a")
    assert client.post("/signaler/ou/", {"lat": "44.5594", "lon": "6.0786"}).status_code == 302
    return client


def post(client: Client, *images: bytes, **words: str) -> Any:
    given = [SimpleUploadedFile("IMG_0001.HEIC", image, "image/heic") for image in images]
    return client.post(WHAT, {"photo": given, **words} if given else words)


def joined(page: Any) -> list[str]:
    """The keys of the photos that the page shows."""
    return re.findall(r'<img src="/signaler/photo/([0-9a-f]{32})/"', page.content.decode())


def errors(page: Any) -> list[str]:
    return re.findall(r'<a href="#id_photo">([^<]+)</a>', page.content.decode())


def test_photos_are_added_looked_at_and_removed_and_the_words_stay(partner, media):
    page = post(partner, encoded(), encoded(quarters(80, 60)), add="1", description="Bruit", category="tapage")
    first, second = joined(page)
    assert page.status_code == 200
    assert ">Bruit</textarea>" in page.content.decode()
    assert "Choisissez une nature" not in page.content.decode()
    assert re.search(r'alt="Photo 1 sur 2, jointe à votre signalement"', page.content.decode())
    assert len(files(media, "drafts")) == 2
    read = partner.get(f"/signaler/photo/{first}/")
    assert shown(read.content).size == (64, 48)
    assert read["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    assert "sandbox" in read["Content-Security-Policy"]
    assert "no-store" in read["Cache-Control"]

    page = post(partner, remove=first, description="Autre")
    assert joined(page) == [second]
    assert ">Autre</textarea>" in page.content.decode()
    assert [path.stem for path in files(media, "drafts")] == [second]
    assert partner.get(f"/signaler/photo/{first}/").status_code == 404
    assert joined(partner.get(WHAT)) == [second]


def test_a_text_that_names_somebody_is_not_lost_when_a_photo_is_added(partner):
    page = post(partner, encoded(), add="1", description="Appelez le 06 12 34 56 78")
    assert "Appelez le 06 12 34 56 78</textarea>" in page.content.decode()
    assert "06 12" not in partner.get(WHAT).content.decode()  # and is kept nowhere


def test_photos_come_along_with_the_words_and_are_sent(partner, seen_by, media, django_capture_on_commit_callbacks):
    answer = post(partner, encoded(exif=exif(*NEAR).tobytes()), encoded(quarters(80, 60)), **WORDS)
    assert (answer.status_code, answer["Location"]) == (302, "/signaler/deja/")
    partner.get("/signaler/deja/")
    page = partner.get("/signaler/verifier/")
    assert len(joined(page)) == 2
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert key
    with django_capture_on_commit_callbacks(execute=True):
        sent = partner.post("/signaler/verifier/", {"key": key[1]})
    assert sent.status_code == 302, sent.content
    again = partner.post("/signaler/verifier/", {"key": key[1]})
    assert again["Location"] == sent["Location"]

    incident = Incident.objects.get()
    assert [(photo.rank, photo.width) for photo in incident.photos.order_by("rank")] == [(1, 64), (2, 80)]
    assert len(files(media)) == 2
    assert files(media, "drafts") == []
    assert all(b"Telephone" not in path.read_bytes() for path in files(media))

    for name in ("partner_a", "referent_a", "director"):
        client = seen_by(name)
        if name == "director":  # who is first asked why
            client.post(f"/preoccupations/{incident.reference}/motif/", {"motive": "Courrier du maire"})
        detail = client.get(f"/preoccupations/{incident.reference}/").content.decode()
        sources = re.findall(r'<img src="(/api/incidents/[^"]+)"[^>]* alt="Photo (\d) sur 2 du lieu', detail)
        assert [number for _source, number in sources] == ["1", "2"]
        assert shown(client.get(sources[0][0]).content).size == (64, 48)


def test_who_reads_in_part_sees_no_photo(seen_by, reported, person):
    incident = reported("partner_a")
    (photo,) = changes.attach(incident=incident, author=person("partner_a"), pictures=[written_anew(encoded())])
    page = seen_by("mayor_gap").get(f"/preoccupations/{incident.reference}/")
    assert page.status_code == 200
    assert photo.key not in page.content.decode()
    assert "Photo" not in page.content.decode()


def test_three_at_most(partner, media):
    images = [encoded(quarters(60 + 2 * index, 48)) for index in range(4)]
    page = post(partner, *images, add="1")
    assert len(joined(page)) == 3
    assert errors(page) == ["Une préoccupation a trois photos au plus : retirez-en une pour en ajouter une autre."]
    assert 'type="file"' not in page.content.decode()
    assert 'id="id_photo"' in page.content.decode()  # where the error leads
    assert len(files(media, "drafts")) == 3


def test_a_photo_chosen_twice_is_kept_once(partner, media):
    for _ in range(2):
        page = post(partner, encoded(), encoded(exif=exif(*NEAR).tobytes()), add="1")
    assert (len(joined(page)), len(files(media, "drafts"))) == (1, 1)


@pytest.mark.parametrize("button", ["add", ""])
def test_what_is_no_photo_is_told_beside_the_others(partner, media, button):
    """The good ones are kept, nobody goes on, and the error leads to the field."""
    page = post(partner, encoded(), b"<svg/>", flood(), **WORDS, **({button: "1"} if button else {}))
    assert page.status_code == 200
    assert errors(page) == [
        "Photo 2 : Ce n’est pas une photo JPEG, PNG ou HEIC.",
        "Photo 3 : Cette photo a plus de 51 millions de pixels.",
    ]
    assert "<title>Erreur : " in page.content.decode().replace("\n", "")
    assert (len(joined(page)), len(files(media, "drafts"))) == (1, 1)
    assert 'aria-describedby="photo-hint photo-error"' in page.content.decode()


def test_the_place_of_a_photo_is_offered_once_and_never_taken(partner):
    page = post(partner, encoded(exif=exif(*FAR).tobytes()), **WORDS)
    assert page.status_code == 200
    text = page.content.decode()
    assert "prise à 1,8\u00a0km du lieu que vous avez choisi" in text
    (link,) = re.findall(r'href="(/signaler/ou/\?lat=[^"]+)"', text)
    assert link.startswith("/signaler/ou/?lat=44.547000&amp;lon=6.063100&amp;place=Lieu%20de%20la%20photo")

    # Nothing has changed, and nothing remembers it.
    kept = KeptDraft.objects.get()
    assert (kept.content["lon"], kept.content["lat"]) == (6.0786, 44.5594)
    assert "44.547" not in str(dict(partner.session)) + str(kept.content)
    assert "44.547" not in partner.get(WHAT).content.decode()
    answer = post(partner, **WORDS)
    assert (answer.status_code, answer["Location"]) == (302, "/signaler/deja/")

    # Looked at, the place is still to be confirmed; then the photos are still there.
    shown_there = partner.get(link.replace("&amp;", "&")).content.decode()
    assert 'value="44.547' in shown_there
    assert KeptDraft.objects.get().content["lat"] == 44.5594
    assert partner.post("/signaler/ou/", {"lat": "44.547", "lon": "6.0631"}).status_code == 302
    assert len(joined(partner.get(WHAT))) == 1


def test_a_place_close_by_is_not_asked_about(partner):
    page = post(partner, encoded(exif=exif(*NEAR).tobytes()), add="1")
    assert "elsewhere" not in page.content.decode()
    assert len(joined(page)) == 1


def test_nobody_else_sees_the_photos_of_a_draft(partner, seen_by):
    (key,) = joined(post(partner, encoded(), add="1"))
    for name in ("partner_a", "referent_a", "director"):
        assert seen_by(name).get(f"/signaler/photo/{key}/").status_code == 404
    assert seen_by("").get(f"/signaler/photo/{key}/").status_code == 302
    assert seen_by("auditor").get(f"/signaler/photo/{key}/").status_code == 403
    other = seen_by("partner_b")
    other.post("/signaler/ou/", {"lat": "44.5594", "lon": "6.0786"})
    post(other, remove=key)
    assert partner.get(f"/signaler/photo/{key}/").status_code == 200


def test_a_photo_that_was_kept_too_long_is_told(partner, media):
    post(partner, encoded(), **WORDS)
    key = re.search(r'name="key" value="([^"]+)"', partner.get("/signaler/verifier/").content.decode())
    assert key
    (path,) = files(media, "drafts")
    path.unlink()
    assert partner.get(f"/signaler/photo/{path.stem}/").status_code == 404
    refused = partner.post("/signaler/verifier/", {"key": key[1]})
    assert "Une photo, gardée trop longtemps" in refused.content.decode()
    assert not Incident.objects.exists()
    assert partner.post("/signaler/verifier/", {"key": key[1]}).status_code == 302
    assert Incident.objects.get().photos.count() == 0


def test_many_photos_within_an_hour_are_refused_in_words(partner, settings, media, monkeypatch):
    settings.THROTTLES = True
    monkeypatch.setitem(throttles.LIMITS, "photo", throttles.Rate(1, 3600))
    assert len(joined(post(partner, encoded(), add="1"))) == 1
    page = post(partner, encoded(quarters(80, 60)), add="1", description="Bruit")
    assert errors(page)[0].startswith("Vous avez ajouté beaucoup de photos en une heure.")
    assert (len(joined(page)), len(files(media, "drafts"))) == (1, 1)
    assert ">Bruit</textarea>" in page.content.decode()


def test_the_same_as_one_s_own_keeps_the_photo_with_the_draft(
    partner, reported, media, django_capture_on_commit_callbacks
):
    """What was typed goes into the answer box; a photo cannot, and stays until the draft is thrown away."""
    incident = reported("partner_a")
    post(partner, encoded(), **WORDS)
    with django_capture_on_commit_callbacks(execute=True):
        answer = partner.post("/signaler/deja/", {"same": incident.reference})
    assert answer["Location"] == f"/preoccupations/{incident.reference}/"
    assert len(files(media, "drafts")) == 1
    assert not Photo.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        partner.post(f"/signaler/brouillon/{KeptDraft.objects.get().key}/", {"drop": "1"})
    assert files(media, "drafts") == []


def test_a_report_that_fails_leaves_no_row_and_its_files_to_the_sweep(partner, media, monkeypatch):
    post(partner, encoded(), **WORDS)
    key = re.search(r'name="key" value="([^"]+)"', partner.get("/signaler/verifier/").content.decode())
    assert key

    def broken(*_args: object) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(photo_files, "write", broken)
    with pytest.raises(OSError, match="no space"):
        partner.post("/signaler/verifier/", {"key": key[1]})
    assert not Incident.objects.exists()
    assert len(files(media, str(Folder.DRAFTS))) == 1


def test_the_form_is_a_plain_post_whose_enter_key_goes_on(partner):
    text = post(partner, encoded(), add="1").content.decode()
    form = text[text.index('<form class="column"') :]
    assert 'enctype="multipart/form-data"' in form[:200]
    buttons = re.findall(r"<button[^>]*>", form)
    assert "name=" not in buttons[0]
    assert [re.search(r'name="(\w+)"', each)[1] for each in buttons if "name=" in each] == ["remove", "add"]  # type: ignore[index]
