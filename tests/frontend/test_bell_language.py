"""A line of the bell is in the language in which it was written, and says so on a page of another one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents import changes
from incidents.models import Incident
from messaging.changes import sort_due
from messaging.models import Message, Notice
from tests.incidents.sending import reported as report_at

pytestmark = pytest.mark.django_db


def lines(page: str) -> dict[str, str]:
    """Text of each line on this page -> the `lang` of its link, or ""."""
    found = re.findall(r'<a href="/preoccupations/[^"]+"(?: lang="(\w+)")?>([^<]+)</a>', page)
    return {text: language for language, text in found}


@pytest.mark.parametrize(
    ("language", "begins", "marked"), [("fr", "Votre préoccupation", ""), ("en", "Your concern", "en")]
)
@pytest.mark.parametrize("name", ["notices", "mine"])
def test_a_french_page_marks_what_is_english(seen_by, person, monday, language, begins, marked, name):
    reader = person("partner_a")
    reader.language = language
    reader.save(update_fields=["language"])
    report_at(reader, monday)
    sort_due()
    assert set(Notice.objects.filter(user=reader).values_list("language", flat=True)) == {language}
    page = seen_by("partner_a").get(reverse(name), headers={"Accept-Language": "fr"}).content.decode()
    ((text, spoken),) = [(text, spoken) for text, spoken in lines(page).items() if text.startswith(begins)]
    assert spoken == marked
    if name == "notices":
        assert page.count(text) == 2
        assert page.count(f'lang="{marked}">{text}') == (2 if marked else 0)


def test_told_together_the_lines_are_of_the_reader_too(person, monday):
    reader = person("referent_a")
    reader.language = "en"
    reader.save(update_fields=["language"])
    for _ in range(2):
        report_at(person("partner_a"), monday - timedelta(days=40))
    Message.objects.all().delete()
    assert changes.escalate(at=monday) > 1
    rung = Notice.objects.filter(user=reader)
    assert {row.language for row in rung} == {"en"}
    assert rung.count() >= 2
    assert all(row.text.startswith(("Concern", "Nobody")) for row in rung)
    assert Incident.objects.count() == 2
    assert timezone.now() == monday
