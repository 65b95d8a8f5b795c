"""The pages that say what the service is: true to its rules, its settings and its addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLPattern, reverse
from django.utils import translation
from django.utils.html import escape

from accounts.retention import rules
from psq_geo.urls import urlpatterns
from sectors.models import Territory
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]


def test_the_table_of_data_protection_is_made_of_the_rules(seen_by: Seen, django_assert_max_num_queries: Any) -> None:
    Territory.objects.filter(code="05").update(text_years=2, log_years=1, contact_days=14)
    with django_assert_max_num_queries(6):  # the figures of the territories: contacts, texts (of groups too), log
        page = seen_by("").get(reverse("data_protection")).content.decode()
    for rule in rules():
        with translation.override("fr"):
            assert escape(str(rule.what)) in page, rule.code
            assert escape(rule.kept()) in page, rule.code
    for words_of_it in ("2 ans après la clôture", "14 jours après la clôture", "<td>1 an<br>"):
        assert words_of_it in page


def test_the_contact_of_a_third_person_is_told_in_the_page_and_in_the_assessment(seen_by: Seen) -> None:
    page = seen_by("").get(reverse("data_protection")).content.decode()
    assert "Coordonnées d’un tiers" in page
    assert "dire la suite donnée" in page
    assessment = " ".join((ROOT / "docs" / "dpia.md").read_text(encoding="utf-8").split())
    assert "contacts of a third person who asked to be told" in assessment
    assert "lues du seul référent saisi" in assessment
    # Where this fails somebody else writes or reads them by now: say so in both, in French and in English.
    kept_and_forgotten = {"kept.py", "forgetting.py", "__init__.py", "reporter_contact.py", "concern.py"}
    rooms = [path for room in ("incidents", "frontend") for path in (ROOT / room).rglob("*.py")]
    naming = {path.name for path in rooms if "migrations" not in path.parts and "ReporterContact" in path.read_text()}
    assert naming == kept_and_forgotten


def test_the_pages_of_the_law_name_who_publishes(seen_by: Seen) -> None:
    names = {
        "publisher": "DDPN des Hautes-Alpes",
        "director": "Une directrice",
        "host": "Un hébergeur",
        "contact": "contact@psq.example",
        "dpo": "dpo@psq.example",
    }
    with override_settings(SITE={**settings.SITE, **names}, DEMO=False):
        found = {
            name: seen_by("").get(reverse(name)).content.decode()
            for name in ("legal", "data_protection", "accessibility")
        }
    assert all(names[each] in found["legal"] for each in ("publisher", "director", "host", "contact"))
    assert names["dpo"] in found["data_protection"]
    assert all(names["publisher"] in page for page in found.values())
    with override_settings(DEMO=False):
        assert "complète cette page" in seen_by("").get(reverse("legal")).content.decode()


@pytest.mark.parametrize(("who", "sees"), [("", set()), ("administrator", {"administration"}), ("auditor", {"audit"})])
def test_the_site_map_leads_to_what_one_may_open(seen_by: Seen, who: str, sees: set[str]) -> None:
    page = seen_by(who).get(reverse("sitemap")).content.decode()
    assert {
        name
        for name in ("administration", "audit")
        if f'"{reverse(name)}"' in page.split("<footer")[0].split("<h1>")[1]
    } == sees


def test_every_page_that_stands_alone_is_in_the_site_map(seen_by: Seen) -> None:
    """Steps of a form, answers that are no page, and pages that only lead on are not."""
    steps = re.compile(
        r"^(report_(what|nearby|check|new)|second_factor_.+|own_data_.+|token_.+|proconnect.*|password_reset_.+)$"
    )
    others = {
        "schema", "place_names", "logout", "set_language", "sitemap", "audit_export", "administration_add",
        "administration_partner_add", "administration_invite", "invite", "invitations", "map_script",
        "administration_letters_again", "concerns_points", "desk_batch", "notices_read", "administration_answer_add",
        "administration_nature_add", "administration_announcement_add", "concerns_saved", "concerns_motive",
        "own_places_remove", "desk_separate", "data_layers",
    }  # fmt: skip
    pages_alone = {
        each.name
        for each in urlpatterns
        if isinstance(each, URLPattern) and each.name and "<" not in str(each.pattern) and not steps.match(each.name)
    } - others
    linked = (
        seen_by("administrator").get(reverse("sitemap")).content + seen_by("auditor").get(reverse("sitemap")).content
    )
    assert {name for name in pages_alone if f'"{reverse(name)}"'.encode() not in linked} == set()


def test_the_assessment_says_the_durations_of_the_rules(db: None) -> None:
    """docs/dpia.md is read by people who do not read the code: what it promises is what the rules do."""
    text = (ROOT / "docs" / "dpia.md").read_text(encoding="utf-8")
    with translation.override("fr"):
        kept = {rule.code: rule.kept() for rule in rules()}
    for code in (
        "concern",
        "reporter_contact",
        "access_log",
        "session",
        "idempotency_key",
        "sign_in_attempt",
        "bucket",
    ):
        assert kept[code] in text, code
    for column in ("text_years", "contact_days", "log_years"):
        assert f"`{column}`" in text
        assert hasattr(Territory, column)
