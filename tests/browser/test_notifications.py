"""The bell, the wishes, the message log and a territory's own words in a browser: by rule, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from messaging.changes import sort_due
from messaging.models import Message
from tests.browser.conftest import PHONE, Visits
from tests.browser.test_pages import check, reported


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("partner_a", "/notifications/"),
        ("partner_b", "/notifications/"),
        ("partner_a", "/compte/notifications/"),
        ("administrator", "/administration/messages/"),
        ("administrator", "/administration/messages/?state=held"),
        ("administrator", "/administration/modeles/"),
        ("administrator", "/administration/modeles/05/received/fr/"),
        ("director", "/bureau/"),
    ],
)
def test_page(visits: Visits, person: str, path: str) -> None:
    reported()
    sort_due()
    Message.objects.filter(dedupe_key__endswith=":author").update(state="dead", last_error="SMTPConnectError: 421")
    page = visits.page(person)
    page.goto(path)
    check(page)


def test_on_a_phone_without_scripts_one_reads_the_bell_and_chooses(visits: Visits) -> None:
    incident = reported()
    sort_due()
    page = visits.page("partner_a", size=PHONE, scripts=False)
    page.goto("/")
    page.locator(".bell").click()
    expect(page.get_by_role("link", name=incident.reference)).to_be_visible()
    page.get_by_role("button", name="Tout marquer comme lu").click()
    expect(page.locator(".bell__count")).to_have_count(0)
    page.get_by_role("link", name="Comment je suis prévenu").click()
    page.get_by_label("Par courriel").select_option("daily")
    page.get_by_label("Heures de silence").fill("20:00")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("début et la fin")
    page.locator("#id_quiet_until").fill("07:30")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("désormais")
    expect(page.get_by_label("Par courriel")).to_have_value("daily")
