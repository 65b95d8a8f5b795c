"""A reporter follows a concern on its page: writes, says whether it is settled, reopens; and "me too" in the wizard."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.formats import date_format

from incidents import changes
from incidents.models import Incident, KeptDraft, Photo, Remark, Satisfaction, Support
from messaging.models import Message
from sectors.scope import scope_of
from tests.incidents.images import encoded
from tests.incidents.life.living import ANSWER, brought, moved

pytestmark = pytest.mark.django_db
NOTE = "Attendre la brigade de nuit"


def by(author: Any) -> dict[str, Any]:
    return {"author": author, "scope": scope_of(author, timezone.now())}


@pytest.fixture
def row(reported) -> Incident:
    made: Incident = reported("partner_a")
    return made


def page(client, row) -> str:
    answer = client.get(f"/preoccupations/{row.reference}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def say(client, row, step, **given):
    return client.post(f"/preoccupations/{row.reference}/{step}/", given)


def test_a_reply_with_a_photo_reaches_the_desk(seen_by, row, person, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    changes.remark(incident=row, text="À quelle heure ?", **by(person("referent_a")))
    partner = seen_by("partner_a")
    assert "À quelle heure ?" in page(partner, row)
    photo = SimpleUploadedFile("a.jpg", encoded(), "image/jpeg")
    answer = say(partner, row, "repondre", text="Vers 22 h", photo=[photo])
    assert (answer.status_code, answer["Location"]) == (302, f"/preoccupations/{row.reference}/")
    shown = page(partner, row)
    assert "Vers 22 h" in shown
    assert f"/photos/{Photo.objects.get().key}/" in shown
    assert "Votre message est sur le bureau du référent" in shown
    assert Incident.objects.on_desk().get().replied_at is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Écrivez votre message."), ("Appelez le 06 12 34 56 78", "numéro de téléphone"), ("x" * 4001, "4000")],
)
def test_a_refused_reply_says_why_and_keeps_what_was_typed(seen_by, row, text, words):
    answer = say(seen_by("partner_a"), row, "repondre", text=text)
    told = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r"<title>\s*Erreur", told)
    summary = told[told.index('id="errors"') :][:900]
    assert words in summary
    assert 'href="#id_text"' in summary
    assert text in told
    assert not Remark.objects.exists()


def test_four_photos_are_too_many(seen_by, row, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photos = [SimpleUploadedFile(f"{n}.jpg", encoded(), "image/jpeg") for n in range(4)]
    answer = say(seen_by("partner_a"), row, "repondre", text="Voici", photo=photos)
    assert answer.status_code == 200
    assert "Trois photos au plus." in answer.content.decode()
    assert not Remark.objects.exists()


def test_its_page_tells_no_internal_note_nor_hidden_move(seen_by, row, person):
    desk = by(person("referent_a"))
    changes.remark(incident=row, text=NOTE, internal=True, **desk)
    changes.change_status(incident=row, to="qualifiee", reason="Dossier sensible", **desk)
    partner = seen_by("partner_a")
    table = partner.post("/preoccupations/exporter/", {"motive": "Réunion du groupe", "recipient": "Le groupe"})
    assert row.reference in table.content.decode()
    for told in (page(partner, row), table.content.decode()):
        for secret in (NOTE, "Dossier sensible", "Note interne", person("referent_a").email):
            assert secret not in told
    assert not Message.objects.filter(body__contains=NOTE).exists()


def test_is_it_settled(seen_by, row, person):
    partner = seen_by("partner_a")
    assert "Est-ce réglé ?" not in page(partner, row)
    brought(row, person("referent_a"), "close")
    told = page(partner, row)
    assert ANSWER in told
    assert "Comme vous le voyez" in told
    answer = say(partner, row, "satisfaction")
    assert answer.status_code == 200
    assert "Dites si c’est réglé." in answer.content.decode()
    assert say(partner, row, "satisfaction", answer="en_partie", comment="Le samedi").status_code == 302
    told = page(partner, row)
    assert "Vous pouvez aussi rouvrir la préoccupation" in told
    assert "Comme vous le voyez" not in told
    assert "Le samedi" in told
    # Whoever says "in part" reopens it there.
    assert say(partner, row, "rouvrir").status_code == 200
    assert say(partner, row, "rouvrir", reason="Encore samedi dernier").status_code == 302
    assert Incident.objects.get().status == "rouverte"
    assert Satisfaction.objects.get().answer == "en_partie"
    told = page(partner, row)
    assert "/rouvrir/" not in told
    assert say(partner, row, "satisfaction", answer="oui").status_code == 200


def test_whoever_answers_for_it_is_led_to_the_desk(seen_by, row):
    for step in ("repondre", "satisfaction", "rouvrir"):
        answer = say(seen_by("referent_a"), row, step, text="x", answer="oui", reason="x")
        assert (answer.status_code, answer["Location"]) == (302, f"/preoccupations/{row.reference}/")
    assert not Remark.objects.exists()


def test_others_find_nothing_to_say(seen_by, row):
    assert "/repondre/" not in page(seen_by("mayor_gap"), row)
    for who in ("mayor_gap", "partner_b", "referent_b"):
        for step in ("repondre", "satisfaction", "rouvrir"):
            assert say(seen_by(who), row, step, text="x", answer="oui", reason="x").status_code == 404


def draft(client) -> None:
    client.post("/signaler/ou/", {"lat": "44.5594", "lon": "6.0786"})
    client.post("/signaler/quoi/", {"category": "tapage", "description": "Vacarme sous mes fenêtres"})


def test_the_same_is_said_once_with_what_was_typed(seen_by, row, person):
    mayor = seen_by("mayor_gap")
    for _ in range(2):
        draft(mayor)
        assert row.reference in mayor.get("/signaler/deja/").content.decode()
        answer = mayor.post("/signaler/deja/", {"same": row.reference})
        assert (answer.status_code, answer["Location"]) == (302, f"/preoccupations/{row.reference}/")
    made = Support.objects.get()
    assert (made.incident, made.note, made.author) == (row, "Vacarme sous mes fenêtres", person("mayor_gap"))
    assert Incident.objects.count() == 1
    assert "« Moi aussi » a été envoyé" in mayor.get("/preoccupations/").content.decode()
    # Its reporter sees that somebody else says so, and not who.
    told = page(seen_by("partner_a"), row)
    assert "1 autre signale la même chose." in told
    assert "fenêtres" not in told
    # And where one reports the same once more, how many say so already.
    partner = seen_by("partner_a")
    draft(partner)
    assert "1 autre signale la même chose" in partner.get("/signaler/deja/").content.decode()


def test_on_behalf_of_an_organisation(seen_by, row):
    mayor = seen_by("mayor_gap")
    draft(mayor)
    assert 'name="partner"' in mayor.get("/signaler/deja/").content.decode()
    mayor.post("/signaler/deja/", {"same": row.reference, "partner": "bus"})
    assert Support.objects.filter(partner__code="bus").count() == 1


def test_one_s_own_is_not_supported(seen_by, row):
    partner = seen_by("partner_a")
    draft(partner)
    answer = partner.post("/signaler/deja/", {"same": row.reference}, follow=True)
    told = answer.content.decode()
    assert "votre organisme a lui-même signalé" in told
    assert not Support.objects.exists()
    assert "dans le message ci-dessous" in told
    assert re.search(r'<textarea name="text"[^>]*>\s*Vacarme sous mes fenêtres</textarea>', told), (
        "nothing typed is lost"
    )
    assert KeptDraft.objects.get().content["description"] == "Vacarme sous mes fenêtres", "nor before it is sent"
    say(partner, row, "repondre", text="Vacarme sous mes fenêtres, encore")
    assert Remark.objects.get().text == "Vacarme sous mes fenêtres, encore"
    assert not KeptDraft.objects.exists()
    assert "Vacarme sous mes fenêtres</textarea>" not in page(partner, row)


def test_words_carried_go_with_the_report_they_came_from(seen_by, row):
    partner = seen_by("partner_a")
    draft(partner)
    partner.post("/signaler/deja/", {"same": row.reference})
    KeptDraft.objects.all().delete()
    assert "fenêtres</textarea>" not in page(partner, row)


def test_what_follows_another_is_proposed_to_nobody(seen_by, row, reported, person):
    other = reported("mayor_gap", description="Vacarme")
    changes.merge(kept=row, merged=other, **by(person("referent_a")))
    mayor = seen_by("mayor_gap")
    draft(mayor)
    told = mayor.get("/signaler/deja/").content.decode()
    assert row.reference in told
    assert other.reference not in told
    assert "Elle est traitée avec un autre signalement" in page(mayor, other)


def test_near_a_limit_the_receipt_asks_on_which_side_and_leads_to_the_answer(seen_by, reported) -> None:
    row = reported("partner_a")
    Incident.objects.filter(pk=row.pk).update(border=True, co_readers=["gap-economique"])
    reader = seen_by("partner_a")
    page = reader.get(f"/signaler/recu/{row.reference}/").content.decode()
    assert "De quel côté de la limite" in page
    target = f"/preoccupations/{row.reference}/"
    assert f'href="{target}#reply-title"' in page
    assert 'id="reply-title"' in reader.get(target).content.decode()


def test_a_clock_that_stands_still_counts_no_days_and_says_why_and_until_when(seen_by, row, person):
    client = seen_by("partner_a")
    brought(row, person("referent_a"), "prise_en_charge")
    counted = page(client, row)
    assert '<span class="due due--' in counted
    assert "Le délai est suspendu" not in counted
    moved(row, person("referent_a"), "suspendue", reason="travaux_en_cours")
    (suspension,) = row.suspensions.all()
    told = page(client, row)
    assert '<span class="due due--' not in told
    (note,) = re.findall(r'<p class="note note--soon">.*?</p>', told)
    assert date_format(suspension.until, "j F Y") in note
    assert "travaux en cours" in note
    moved(row, person("referent_a"), "prise_en_charge")
    again = page(client, row)
    assert '<span class="due due--' in again
    assert 'class="note note--soon"' not in again


def test_what_was_late_already_stays_so_while_its_clock_stands_still(seen_by, row, person):
    brought(row, person("referent_a"), "prise_en_charge")
    past = timezone.now() - timedelta(days=3)
    Incident.objects.filter(pk=row.pk).update(due_at=past, due_on=past.date())
    moved(Incident.objects.get(pk=row.pk), person("referent_a"), "suspendue")
    told = page(seen_by("partner_a"), row)
    assert '<span class="due due--late">' in told
    assert 'class="note note--soon"' in told


def test_one_writes_below_what_was_written_and_rates_above_all(seen_by, reported):
    """On a telephone the question is read first, and its answer typed right under it."""
    page = seen_by("partner_a").get(f"/preoccupations/{reported().reference}/").content.decode()
    order = [page.index(f'id="{name}"') for name in ("text-title", "history-title", "reply-title", "facts-title")]
    assert order == sorted(order)


def test_a_reporter_is_not_told_that_its_reporter_has_written(seen_by, reported):
    incident = reported()
    seen_by("partner_a").post(f"/preoccupations/{incident.reference}/repondre/", {"text": "Encore hier soir."})
    assert "Le signalant a écrit" in seen_by("referent_a").get("/preoccupations/").content.decode()
    assert "Le signalant a écrit" not in seen_by("partner_a").get("/preoccupations/").content.decode()
