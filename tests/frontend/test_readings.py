"""What is shown of a concern while one reports another is in the access log as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog, User
from incidents.models import Incident

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
Reported = Callable[..., Incident]
WHERE = {"lat": "44.5594", "lon": "6.0786"}
WHAT = {"category": "tapage", "description": "Vacarme dans le hall"}


def read(row: Incident) -> list[tuple[Any, str]]:
    found = AccessLog.objects.filter(operation="incident.read", reference=f"incident:{row.reference}").order_by("pk")
    return list(found.values_list("user__email", "motive"))


def receipt(client: Client, row: Incident) -> str:
    answer = client.get(reverse("report_receipt", args=[row.reference]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_receipt_is_a_reading_but_for_who_has_just_sent_it(seen_by: Seen, person: Callable[[str], User]) -> None:
    client = seen_by("partner_a")
    client.post(reverse("report_where"), WHERE)
    client.post(reverse("report_what"), WHAT)
    key = client.get(reverse("report_check")).context["draft"].key
    answer = client.post(reverse("report_check"), {"key": key})
    row = Incident.objects.get()
    assert answer["Location"] == reverse("report_receipt", args=[row.reference])
    receipt(client, row)
    assert read(row) == []
    receipt(seen_by("partner_a"), row)
    receipt(seen_by("referent_a"), row)
    assert read(row) == [(person("partner_a").email, ""), (person("referent_a").email, "")]
    assert AccessLog.objects.latest("pk").territory == "05"


def test_the_direction_says_why_before_a_receipt_too(
    seen_by: Seen, reported: Reported, person: Callable[[str], User]
) -> None:
    row = reported()
    client = seen_by("director")
    assert 'name="motive"' in receipt(client, row)
    assert read(row) == []
    client.post(reverse("concern_motive", args=[row.reference]), {"motive": "Suivi des retards"})
    assert 'name="motive"' not in receipt(client, row)
    assert read(row) == [(person("director").email, "Suivi des retards")]


def test_what_was_shown_near_a_new_one_is_logged(seen_by: Seen, reported: Reported) -> None:
    mayor = seen_by("mayor_gap")
    mayor.post(reverse("report_where"), WHERE)
    mayor.post(reverse("report_what"), WHAT)
    shown = AccessLog.objects.filter(operation="incident.nearby").order_by("pk")
    assert mayor.get(reverse("report_nearby")).status_code == 302
    assert not shown.exists(), "nothing was shown"
    row = reported()
    assert row.reference in mayor.get(reverse("report_nearby")).content.decode()
    assert mayor.post(reverse("report_nearby"), {"same": "nothing"}).status_code == 200
    assert [(each.references, each.count, each.territory) for each in shown] == [
        ([f"incident:{row.reference}"], 1, "05")
    ] * 2
    mayor.post(reverse("report_nearby"), {"same": "different"})
    assert shown.count() == 2
