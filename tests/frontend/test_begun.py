"""A report begun is kept with the account: found on any device, gone on with, thrown away, and forgotten in time."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from incidents.changes import erase, keep_draft
from incidents.changes.drafts import DRAFT_KEPT, MOST_DRAFTS
from incidents.models import Incident, KeptDraft
from incidents.tasks import sweep_photos
from tests.incidents.images import encoded, files

pytestmark = pytest.mark.django_db
PLACE = {"lat": "44.5594", "lon": "6.0786", "place": "Place aux Herbes"}
WORDS = {"category": "tapage", "description": "Bruit le soir dans le hall."}


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def begin(client, **words):
    """Two steps of a report, with a photo; its row."""
    before = set(KeptDraft.objects.values_list("pk", flat=True))
    client.post("/signaler/nouveau/")
    client.post("/signaler/ou/", PLACE)
    client.post("/signaler/quoi/", {"photo": SimpleUploadedFile("a.jpg", encoded()), **WORDS, **words})
    return KeptDraft.objects.exclude(pk__in=before).get()


def act(client, row, **given):
    return client.post(f"/signaler/brouillon/{row.key}/", given)


def home(client, language="fr"):
    return client.get("/accueil/", headers={"accept-language": language}).content.decode()


def test_it_is_kept_from_the_first_step_and_by_no_look(seen_by):
    client = seen_by("partner_a")
    client.get("/signaler/ou/")
    client.get("/signaler/ou/?recu=telephone")
    client.post("/signaler/ou/", {"lat": "x"})
    assert not KeptDraft.objects.exists()
    assert "Signalements commencés" not in home(client)
    client.post("/signaler/ou/", PLACE)
    assert KeptDraft.objects.get().content["place"] == "Place aux Herbes"
    assert "Place aux Herbes" in home(client)


def test_another_device_goes_on_where_the_first_one_was_left(seen_by):
    first = seen_by("partner_a")
    row = begin(first)
    first.post(reverse("logout"))
    second = seen_by("partner_a")
    page = home(second)
    for words in ("Signalements commencés", "Place aux Herbes", "Bruit le soir dans le hall.", "1 photo"):
        assert words in page
    assert "commencé 1 signalement" in second.get("/signaler/ou/").content.decode()
    assert act(second, row)["Location"] == "/signaler/verifier/"
    page = second.get("/signaler/verifier/")
    assert "Bruit le soir dans le hall." in page.content.decode()
    (photo,) = page.context["draft"].photos
    assert second.get(f"/signaler/photo/{photo['key']}/").status_code == 200
    answer = second.post("/signaler/verifier/", {"key": row.key})
    assert answer.status_code == 302
    assert Incident.objects.get().photos.count() == 1
    assert "Signalements commencés" not in home(second)


def test_what_lacks_is_asked_first(seen_by):
    client = seen_by("partner_a")
    client.post("/signaler/ou/", PLACE)
    assert act(client, KeptDraft.objects.get())["Location"] == "/signaler/verifier/"
    assert client.get("/signaler/verifier/")["Location"] == "/signaler/quoi/"


def test_another_one_is_begun_beside_it(seen_by):
    client = seen_by("partner_a")
    begin(client)
    assert "Vous continuez le signalement" in client.get("/signaler/ou/").content.decode()
    second = begin(client, description="Autre chose.")
    assert KeptDraft.objects.count() == 2
    page = home(client)
    assert page.index("Autre chose.") < page.index("Bruit le soir dans le hall.")
    assert client.get("/signaler/verifier/").context["draft"].key == second.key


def test_a_call_is_written_on_a_sheet_of_its_own(seen_by):
    client = seen_by("referent_a")
    own = begin(client)
    client.get("/signaler/ou/?recu=telephone")
    client.post("/signaler/ou/", {**PLACE, "place": "Gare"})
    call = KeptDraft.objects.exclude(pk=own.pk).get()
    assert (call.content["received_via"], call.content["place"]) == ("telephone", "Gare")
    own.refresh_from_db()
    assert own.content["received_via"] == ""


def test_it_is_its_writers_alone(seen_by, person):
    row = begin(seen_by("partner_a"))
    for name in ("partner_b", "referent_a", "mayor_gap"):
        other = seen_by(name)
        assert "Place aux Herbes" not in home(other)
        assert act(other, row).status_code == 404
        assert act(other, row, drop="1").status_code == 404
    assert seen_by("partner_a").get(f"/signaler/brouillon/{row.key}/").status_code == 405
    assert KeptDraft.objects.filter(user=person("partner_a")).count() == 1


def test_thrown_away_it_is_gone_with_its_photos(seen_by, media, django_capture_on_commit_callbacks):
    client = seen_by("partner_a")
    row = begin(client)
    assert len(files(media, "drafts")) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert act(client, row, drop="1")["Location"] == "/accueil/"
    assert not KeptDraft.objects.exists()
    assert "a été supprimé" in home(client)
    assert files(media, "drafts") == []
    assert client.get("/signaler/verifier/")["Location"] == "/signaler/ou/"
    assert act(client, row).status_code == 404


def test_sent_on_one_device_it_is_sent_once_whatever_the_other_does(seen_by):
    first, second = seen_by("partner_a"), seen_by("partner_a")
    row = begin(first)
    act(second, row)
    second.get("/signaler/verifier/")
    first.post("/signaler/verifier/", {"key": row.key})
    again = second.post("/signaler/verifier/", {"key": row.key})
    incident = Incident.objects.get()
    assert again["Location"] == f"/signaler/recu/{incident.reference}/"
    assert second.post("/signaler/verifier/", {"key": "x\0"}).status_code == 302


def test_what_is_written_on_after_it_was_sent_elsewhere_is_another_report(person):
    user, now = person("partner_a").pk, timezone.now()
    assert keep_draft(user=user, key="k", content={"place": "Ici"}, at=now, begun=False)
    KeptDraft.objects.all().delete()
    assert not keep_draft(user=user, key="k", content={"place": "Là"}, at=now, begun=True)
    assert not KeptDraft.objects.exists()


def test_the_oldest_of_too_many_makes_room(seen_by, media, django_capture_on_commit_callbacks):
    client = seen_by("partner_a")
    with django_capture_on_commit_callbacks(execute=True):
        rows = [begin(client, description=f"Numéro {number}.") for number in range(MOST_DRAFTS + 1)]
    assert KeptDraft.objects.count() == MOST_DRAFTS
    assert not KeptDraft.objects.filter(pk=rows[0].pk).exists()
    assert len(files(media, "drafts")) == MOST_DRAFTS


def test_after_a_week_it_is_forgotten_with_its_photos(seen_by, media, capsys, django_capture_on_commit_callbacks):
    old, fresh = begin(seen_by("partner_a")), begin(seen_by("partner_b"))
    KeptDraft.objects.filter(pk=old.pk).update(changed_at=timezone.now() - DRAFT_KEPT - timedelta(minutes=1))
    assert "Place aux Herbes" not in home(seen_by("partner_a"))
    call_command("purge", rule=["draft"])
    assert "1 rows are past" in capsys.readouterr().out
    assert KeptDraft.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        call_command("purge", rule=["draft"], commit=True)
    assert KeptDraft.objects.get() == fresh
    assert len(files(media, "drafts")) == 1


def test_a_photo_that_a_draft_names_is_not_swept(seen_by, media):
    import os

    begin(seen_by("partner_a"))
    (path,) = files(media, "drafts")
    day_ago = timezone.now().timestamp() - 86_400
    os.utime(path, (day_ago, day_ago))
    assert sweep_photos() == {"drafts": 0, "orphans": 0}
    KeptDraft.objects.all().delete()
    assert sweep_photos() == {"drafts": 1, "orphans": 0}


def test_it_goes_with_the_account_and_is_in_its_data(seen_by, person, media, django_capture_on_commit_callbacks):
    client = seen_by("partner_a")
    begin(client)
    told = json.loads(client.post(reverse("own_data_download")).content)
    assert [each["description"] for each in told["reports_begun"]] == ["Bruit le soir dans le hall."]
    with django_capture_on_commit_callbacks(execute=True):
        erase(user=person("partner_a"), at=timezone.now())
    assert not KeptDraft.objects.exists()
    assert files(media, "drafts") == []


def test_in_english(seen_by):
    client = seen_by("partner_a")
    begin(client)
    page = home(client, "en")
    assert "Reports begun, not sent" in page
    assert "Throw it away for good" in page
