"""How counts, days and codes are written for their reader."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from frontend import words
from incidents.models import Incident


def drawn(text: str, language: str, **context: object) -> str:
    with override(language):
        return Template("{% load psq %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [("fr", 3584, "3\N{NARROW NO-BREAK SPACE}584"), ("en", 3584, "3,584"), ("fr", 999, "999"), ("fr", 0, "0"),
     ("fr", 1234567, "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567")],
)  # fmt: skip
def test_a_count_is_grouped(language, number, written):
    assert drawn("{{ number|counted }}", language, number=number) == written


@pytest.mark.parametrize(
    ("language", "day", "written"),
    [("fr", date(2027, 1, 1), "1er janvier 2027"), ("fr", date(2027, 1, 2), "2 janvier 2027"),
     ("fr", date(2027, 1, 11), "11 janvier 2027"), ("en", date(2027, 1, 1), "1 January 2027")],
)  # fmt: skip
def test_the_first_of_a_month_is_an_ordinal_in_french(language, day, written):
    assert drawn('{{ day|date:"j F Y" }}', language, day=day) == written
    with override(language):
        assert date_format(day, "j F Y") == written
        # As mails write it, in the format of the language.
        assert ("1er" in date_format(day, "DATE_FORMAT")) == written.startswith("1er")
        assert date_format(day, "d/m/Y") == day.strftime("%d/%m/%Y")


def test_a_kind_of_sector_that_is_a_territorys_own_can_be_read():
    assert words.kind("bord_de_mer") == "Bord de mer"
    with override("fr"):
        assert words.kind("city_centre") == "Hyper-centre"


@pytest.mark.django_db
def test_the_counts_of_the_desk_and_of_the_list_are_grouped(seen_by, reported, monkeypatch):
    row = reported()
    monkeypatch.setattr("frontend.filters.counted", lambda rows: 3584)
    monkeypatch.setattr("frontend.views.concerns.PAGE", 1)
    reported()
    page = seen_by("referent_a").get("/preoccupations/").content.decode()
    assert "3\N{NARROW NO-BREAK SPACE}584 préoccupations" in page
    # What is no count is never grouped: the year of a date, a coordinate, the reference.
    Incident.objects.filter(pk=row.pk).update(reported_at=timezone.now())
    page = seen_by("referent_a").get(f"/preoccupations/{row.reference}/").content.decode()
    assert f"{timezone.localdate():%Y}" in page
    assert f"{row.location.y:.7f}" in page
