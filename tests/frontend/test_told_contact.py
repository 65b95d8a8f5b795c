"""How to reach whoever told a concern: kept at their wish, for the post that has it in hand, and not for long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.changes.purging import purge
from accounts.models import AccessLog, User
from incidents import changes
from incidents.changes.forgetting import REPORTER_CONTACT
from incidents.models import Incident, ReceivedVia, ReporterContact
from messaging.models import Message
from ogcapi.geojson import Refused
from sectors.scope import scope_of
from tests.frontend.test_report_limits import begun

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
GIVEN = {"contact_name": "Mme Martin", "contact_phone": "06 39 98 00 00", "contact_email": "martin@example.org"}


def send(client: Client, **typed: str) -> Any:
    return client.post(reverse("report_check"), {"key": begun(client), "received_via": "telephone", **typed})


@pytest.fixture
def told(seen_by: Seen) -> Incident:
    """A call that the référent of the hyper-centre of Gap wrote down, with how to call back."""
    assert send(seen_by("referent_a"), **GIVEN).status_code == 302
    return Incident.objects.get()


def test_it_is_kept_as_it_was_typed_and_logged_without_it(told: Incident) -> None:
    kept = ReporterContact.objects.get()
    assert (kept.incident, kept.name, kept.phone, kept.email) == (told, *GIVEN.values())
    entry = AccessLog.objects.get(operation="incident.contact.add")
    assert (entry.reference, entry.territory) == (f"incident:{told.reference}", "05")
    assert not any(text in str(row) for row in AccessLog.objects.values() for text in GIVEN.values())


def test_the_people_of_the_organisation_it_was_told_for_learn_that_it_came_in(seen_by: Seen, person: Any) -> None:
    assert send(seen_by("referent_a"), partner="bailleur").status_code == 302
    owed = Message.objects.filter(dedupe_key__startswith=f"report:{Incident.objects.get().reference}:")
    people = User.objects.filter(mandates__partner__code="bailleur", is_active=True)
    assert {each.recipient for each in owed} == {each.email for each in people}
    assert person("partner_a") in people


def test_by_default_nobody_is_asked_and_nothing_is_kept(seen_by: Seen) -> None:
    client = seen_by("referent_a")
    key = begun(client)
    page = client.get(reverse("report_check")).content.decode()
    assert '<details class="card fold" id="contact">' in page
    assert "30 jours après la clôture" in page
    assert client.post(reverse("report_check"), {"key": key, "received_via": "telephone"}).status_code == 302
    assert not ReporterContact.objects.exists()


def test_for_whom_it_is_reported_is_kept_when_it_is_refused(seen_by: Seen) -> None:
    client = seen_by("referent_a")
    key = begun(client)
    sent = {"key": key, "partner": "bailleur", "received_via": "telephone", "contact_email": "martin"}
    page = client.post(reverse("report_check"), sent).content.decode()
    assert '<option value="bailleur" selected>' in page
    assert not Incident.objects.exists()


def test_an_organisation_reports_for_itself_and_is_not_asked(seen_by: Seen) -> None:
    client = seen_by("partner_a")
    key = begun(client)
    assert "contact_phone" not in client.get(reverse("report_check")).content.decode()
    assert client.post(reverse("report_check"), {"key": key, "received_via": "telephone", **GIVEN}).status_code == 302
    assert Incident.objects.get().received_via == ReceivedVia.WEB
    assert not ReporterContact.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"contact_name": "Mme Martin"}, "contact_phone"),
        ({"contact_phone": "appelez"}, "contact_phone"),
        ({"contact_email": "martin"}, "contact_email"),
        ({"contact_phone": "06 39 98 00 00", "received_via": ""}, "__all__"),
        ({"contact_name": "x" * 121, "contact_phone": "06 39 98 00 00"}, "contact_name"),
    ],
)
def test_what_is_wrong_with_it_is_said_where_it_stands_and_nothing_is_sent(
    seen_by: Seen, typed: dict[str, str], field: str
) -> None:
    answer = send(seen_by("referent_a"), **typed)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    page = answer.content.decode()
    assert field == "__all__" or f'href="#id_{field}"' in page
    assert '<details class="card fold" id="contact" open>' in page
    assert all(text[:120] in page for text in typed.values())
    assert not Incident.objects.exists()


def test_the_post_in_charge_reads_it_and_nobody_else(told: Incident, seen_by: Seen, person: Any) -> None:
    page = reverse("concern", args=[told.reference])
    shown = seen_by("referent_a").get(page).content.decode()
    assert all(text in shown for text in GIVEN.values())
    entry = AccessLog.objects.get(operation="incident.contact")
    assert (entry.user, entry.reference) == (person("referent_a"), f"incident:{told.reference}")
    director = seen_by("director")
    director.post(reverse("concern_motive", args=[told.reference]), {"motive": "Contrôle"})
    for client in (director, seen_by("referent_b"), seen_by("mayor_gap"), seen_by("partner_b"), seen_by("auditor")):
        answer = client.get(page, follow=True).content.decode()
        assert not any(text in answer for text in GIVEN.values())
    assert AccessLog.objects.filter(operation="incident.contact").count() == 1
    at = timezone.now()
    seen = {who: ReporterContact.objects.visible_to(scope_of(person(who), at)).count() for who in SEEING}
    assert seen == SEEING


SEEING = {"referent_a": 1, "referent_b": 0, "director": 0, "mayor_gap": 0, "partner_a": 0, "administrator": 0}


def test_no_program_reads_it(told: Incident, client_of: Any) -> None:
    client = client_of("referent_a")
    for address in ("", "timeline/", "messages/", "routing/", "status/"):
        answer = client.get(f"/api/incidents/{told.reference}/{address}").content.decode()
        assert not any(text in answer for text in GIVEN.values())


def test_it_goes_thirty_days_after_closing(told: Incident, person: Any) -> None:
    user = person("referent_a")
    scope = scope_of(user, timezone.now())
    changes.take(incident=told, author=user, scope=scope)
    closed = timezone.now()
    changes.change_status(incident=told, author=user, scope=scope, to="repondue", answer="Une ronde passe.")
    assert purge(at=closed + timedelta(days=29), by="test", commit=True, chosen=[REPORTER_CONTACT]).total == 0
    assert purge(at=closed + timedelta(days=31), by="test", commit=True, chosen=[REPORTER_CONTACT]).total == 1


def test_only_what_was_told_has_one(reported: Any, person: Any) -> None:
    row = reported("partner_a")
    with pytest.raises(Refused) as refused:
        changes.keep_contact(incident=row, by=person("referent_a"), name="", phone="06 39 98 00 00", email="")
    assert refused.value.errors[0].code == "not_told"
