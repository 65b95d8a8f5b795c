"""The direction's triage, the sheet of a sector, the contacts of the group, and a call written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AccessLog
from frontend import posts
from frontend.acting_forms import MOST_CHOICES, Choices
from incidents.models import Incident
from sectors import atlas
from sectors.models import Mandate, Post

OUTSIDE = {"lon": 5.36, "lat": 43.3}
TRIAGE = "/bureau/triage/"
SHEET = "/bureau/secteur/gap-hyper-centre/"
CONTACTS = "/bureau/contacts/"


def test_what_no_sector_takes_is_assigned_from_the_triage(seen_by, reported):
    incident = reported("partner_b", **OUTSIDE, description="Dégradations à l’arrêt.")
    reported()
    client = seen_by("director")
    page = client.get(TRIAGE)
    assert [each["row"].reference for each in page.context["waiting"]] == [incident.reference]
    assert "1 préoccupation à confier" in page.content.decode()
    assert "hors du territoire" in page.content.decode()
    said = {"confier-to_post": "gap-economique", "confier-reason": "Le plus proche de la ligne", "triage": "1"}
    answer = client.post(f"/preoccupations/{incident.reference}/agir/confier/", said, follow=True)
    assert answer.redirect_chain == [(TRIAGE, 302)]
    assert "Rien à confier" in answer.content.decode()
    incident.refresh_from_db()
    assert (incident.post.code, incident.triage_due_at) == ("gap-economique", None)


def test_the_shorter_clock_of_the_triage_is_shown(seen_by, reported):
    now = timezone.now()
    reported("partner_b", **OUTSIDE, at=now - timedelta(days=12))
    reported("partner_b", **OUTSIDE)
    waiting = seen_by("director").get(TRIAGE).context["waiting"]
    assert [each["clock"]["tone"] for each in waiting] == ["late", "soon"]


def test_what_nobody_took_in_time_is_listed(seen_by, reported):
    late = reported(at=timezone.now() - timedelta(days=12))
    reported()
    page = seen_by("director").get(TRIAGE)
    assert [row.reference for row in page.context["rows"]] == [late.reference]
    assert page.context["untaken_count"] == 1
    assert AccessLog.objects.get(operation="incident.triage").references == [f"incident:{late.reference}"]


@pytest.mark.parametrize("number", [1, 6])
def test_the_triage_asks_the_same_however_long_it_is(seen_by, reported, django_assert_max_num_queries, number):
    for _ in range(number):
        reported("partner_b", **OUTSIDE)
    client = seen_by("director")
    client.get(TRIAGE)
    # session, account, scope, bell; the queue, what nobody took; log
    with django_assert_max_num_queries(7):
        client.get(TRIAGE)


def test_the_posts_are_looked_through_once_and_too_many_are_not_listed(seen_by, reported, monkeypatch):
    for _ in range(4):
        reported("partner_b", **OUTSIDE)
    asked: list[int] = []
    once = posts.to_choose

    def counting(rows: list[Incident]) -> Callable[[Incident], Choices]:
        asked.append(len(rows))
        return once(rows)

    monkeypatch.setattr(posts, "to_choose", counting)
    page = seen_by("director").get(TRIAGE)
    assert asked == [4]
    listed = page.context["waiting"][0]["form"].fields["to_post"].choices
    here = Post.objects.get(kind="triage")
    assert [label for _, label in listed[1:]] == sorted(label for _, label in listed[1:])
    assert here.code not in dict(listed), "where it is already, it need not go"
    Post.objects.bulk_create(
        Post(territory_id=here.territory_id, unit_id=here.unit_id, code=f"p-{n}", kind="sector", label_fr=f"P {n}")
        for n in range(MOST_CHOICES)
    )
    atlas.forget()
    form = seen_by("director").get(TRIAGE).context["waiting"][0]["form"]
    assert not hasattr(form.fields["to_post"], "choices")


def test_the_sheet_of_a_sector_shows_limits_figures_and_no_text(seen_by, reported):
    late = reported(at=timezone.now() - timedelta(days=40))
    reported(description="Un texte que nul ne doit emporter.")
    page = seen_by("referent_a").get(SHEET)
    assert page.context["counts"] == {"open": 2, "late": 1, "received": 1, "settled": 0}
    assert page.context["rows"][0].reference == late.reference
    west, south, east, north = page.context["box"]
    assert west < late.location.x < east
    assert south < late.location.y < north
    text = page.content.decode()
    assert "limites de l’édition" in text
    assert "Un texte que nul" not in text
    assert "Mairie de Gap" in text


@pytest.mark.parametrize(("name", "status"), [("referent_b", 404), ("director", 200), ("partner_a", 403)])
def test_the_sheet_is_for_who_answers_there(seen_by, name, status):
    assert seen_by(name).get(SHEET).status_code == status
    assert seen_by(name).get("/bureau/secteur/nulle-part/").status_code == (404 if status != 403 else 403)


def test_the_contacts_are_those_of_the_groups_one_runs(seen_by, person):
    page = seen_by("referent_a").get(CONTACTS).content.decode()
    assert "partenaire.bailleur@psq.example" in page
    assert "suspendu@psq.example" not in page
    assert "Bailleur social" not in seen_by("gendarme").get(CONTACTS).content.decode()
    Mandate.objects.filter(user=person("partner_a")).delete()
    assert "Personne de cette organisation" in seen_by("referent_a").get(CONTACTS).content.decode()


def test_a_call_is_written_down_through_the_same_steps(seen_by):
    client = seen_by("referent_a")
    assert "Vous notez ce que" in client.get("/signaler/ou/?recu=telephone").content.decode()
    client.post("/signaler/ou/", {"lat": "44.5594", "lon": "6.0786"})
    client.post("/signaler/quoi/", {"category": "tapage", "description": "Bruit le soir dans le hall."})
    page = client.get("/signaler/verifier/")
    assert '<option value="telephone" selected>' in page.content.decode()
    sent = {"key": page.context["draft"].key, "partner": "bailleur", "received_via": "telephone"}
    client.post("/signaler/verifier/", sent)
    incident = Incident.objects.get()
    assert (incident.received_via, incident.partner and incident.partner.code) == ("telephone", "bailleur")


@pytest.mark.parametrize("way", ["web", "api", "fax", ""])
def test_only_a_told_way_is_taken_along(seen_by, way):
    page = seen_by("referent_a").get("/signaler/ou/", {"recu": way}).content.decode()
    assert "Vous notez ce que" not in page
    assert "Vous notez ce que" not in seen_by("partner_a").get("/signaler/ou/?recu=telephone").content.decode()
