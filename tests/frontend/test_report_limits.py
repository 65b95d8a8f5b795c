"""Reports by page and by program are counted together, and a reader in part is told what they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.throttles import LIMITS, take
from incidents.models import Incident, Support

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
WHERE = {"lat": "44.5594", "lon": "6.0786"}
WHAT = {"category": "tapage", "description": "Vacarme dans le hall"}


def begun(client: Client) -> str:
    """Everything but the last click; the draft's key."""
    client.post(reverse("report_where"), WHERE)
    client.post(reverse("report_what"), WHAT)
    return str(client.get(reverse("report_check")).context["draft"].key)


def used_up(user: Any) -> None:
    take({f"report:account:{user.pk}": LIMITS["report"]}, wanted=LIMITS["report"].tokens)


def test_the_wizard_sends_no_more_than_programs_may(seen_by: Seen, person: Any, settings: Any) -> None:
    client = seen_by("partner_a")
    key = begun(client)
    settings.THROTTLES = True
    used_up(person("partner_a"))
    answer = client.post(reverse("report_check"), {"key": key})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert WHAT["description"] in page, "nothing of it is lost"
    assert not Incident.objects.exists()
    settings.THROTTLES = False
    assert client.post(reverse("report_check"), {"key": key}).status_code == 302
    settings.THROTTLES = True
    # Sent again, it is the same one, and counts no more.
    assert client.post(reverse("report_check"), {"key": key}).status_code == 302


def test_nor_supports_more(seen_by: Seen, reported: Any, person: Any, settings: Any) -> None:
    row, client = reported("partner_a"), seen_by("mayor_gap")
    begun(client)
    settings.THROTTLES = True
    used_up(person("mayor_gap"))
    answer = client.post(reverse("report_nearby"), {"same": row.reference})
    assert (answer.status_code, Support.objects.count()) == (429, 0)
    assert row.reference in answer.content.decode()


def test_a_mayor_is_told_of_no_month(seen_by: Seen, reported: Any, person: Any) -> None:
    row = reported("partner_a")
    listed, alone = (
        seen_by("mayor_gap").get(path).content.decode()
        for path in ("/preoccupations/", f"/preoccupations/{row.reference}/")
    )
    assert "Nature et rue seulement" in listed
    for page in (listed, alone):
        assert "mois" not in page.lower().replace("mois au plus", "")
