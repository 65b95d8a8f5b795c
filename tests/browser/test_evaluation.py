"""The page of an evaluation as it is looked at: wide, on a telephone, light and dark, and on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.conftest import PHONE, WIDE, Visits, faults
from tests.incidents.sending import reported
from tests.partnership.evaluated import evaluated

MIDDLE = (6.079, 44.56)


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)])
def test_an_evaluation_is_read_wide_and_on_a_telephone(visits: Visits, size: tuple[int, int], dark: bool) -> None:
    now = timezone.now()
    partner = User.objects.get(email="partenaire.bailleur@psq.example")
    for n in range(20):
        reported(partner, now - timedelta(weeks=11, days=2 + 2 * n), MIDDLE)
    for n in range(4):
        reported(partner, now - timedelta(weeks=2 + n), MIDDLE)
    evaluated(User.objects.get(email="referent.gap1@psq.example"), "EEEE-0001", now)
    page = visits.page("partner_a", size=size, dark=dark)
    page.goto("/problematiques/EEEE-0001/evaluation/")
    expect(page.locator("h1")).to_contain_text("Évaluation de la problématique EEEE-0001")
    expect(page.locator(".weeks__drawing").first).to_be_visible()
    expect(page.locator(".lead").first).to_contain_text("contre")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults(page) == []
    assert page.pdf(format="A4").startswith(b"%PDF")
