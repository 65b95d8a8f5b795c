"""The sheet for a meeting: a period in figures, a map and a list, with what partners may know and no more."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from accounts.models import AccessLog
from frontend.views.desk.sector import last_month
from incidents.deadlines import PARIS
from incidents.models import Incident
from tests.incidents.life.living import brought

PAGE = "/bureau/secteur/gap-hyper-centre/reunion/"
OCTOBER = {"since": "2026-10-01", "until": "31/10/2026"}


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=PARIS)


def test_the_period_is_counted_and_listed_without_a_text_or_a_place(seen_by, reported, person):
    answered = brought(reported(at=noon("2026-09-07")), person("referent_a"), "repondue", noon("2026-10-02"))
    first = reported(at=noon("2026-10-01"), description="Rideau baissé au 3e", external_reference="DOSSIER-77")
    last = reported(at=datetime(2026, 10, 31, 23, 59, 59, tzinfo=PARIS))
    reported(at=datetime(2026, 11, 1, tzinfo=PARIS))
    page = seen_by("referent_a").get(PAGE, OCTOBER)
    assert [row.reference for row in page.context["rows"]] == [last.reference, first.reference]
    assert (page.context["received"], page.context["open"]) == (2, 2)
    rate = page.context["rate"]
    # Due in October: that of September, answered in time, and that of the first, which waits still.
    assert (rate.on_time, rate.counted, answered.due_on.month) == (1, 2, 10)
    html = page.content.decode()
    assert "1 sur 2 (50 %)" in html
    exact = Incident.objects.get(pk=first.pk)
    for hidden in ("Rideau", "DOSSIER-77", "Bailleur", f"{exact.location.x:.7f}", "1 octobre 2026</td>"):
        assert hidden not in html
    assert f'data-lon="{exact.street_location.x:.7f}"' in html
    assert AccessLog.objects.filter(operation="incident.meeting", reference="sector:gap-hyper-centre").exists()


def test_without_a_period_it_is_the_last_month(seen_by):
    assert last_month(noon("2026-11-22")) == (date(2026, 10, 1), date(2026, 10, 31))
    assert last_month(noon("2027-01-01")) == (date(2026, 12, 1), date(2026, 12, 31))
    page = seen_by("referent_a").get(PAGE)
    assert "Rien n’a été reçu" in page.content.decode()
    assert page.context["form"].errors == {}


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-10-02", "2026-10-01", "until"),
        ("2024-01-01", "2026-10-01", "until"),
        ("demain", "2026-10-01", "since"),
        ("", "2026-10-01", "since"),
        ("0001-01-01", "2026-11-20", "since"),
        ("2026-11-20", "9999-12-31", "until"),
        ("2026-10-01", "\0", "until"),
    ],
)
def test_a_period_that_is_none_is_said_and_the_last_month_shown(seen_by, since, until, field):
    page = seen_by("referent_a").get(PAGE, {"since": since, "until": until})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {field}
    assert (page.context["period"]["first"], page.context["period"]["last"]) == last_month(page.context["now"])


@pytest.mark.parametrize(("name", "status"), [("director", 200), ("referent_b", 404), ("partner_a", 403)])
def test_it_is_for_who_answers_there(seen_by, name, status):
    assert seen_by(name).get(PAGE).status_code == status


@pytest.mark.parametrize("number", [1, 6])
def test_the_number_of_questions_does_not_grow(seen_by, reported, django_assert_max_num_queries, number):
    for _ in range(number):
        reported(at=noon("2026-10-05"))
    client = seen_by("referent_a")
    client.get(PAGE, OCTOBER)
    with django_assert_max_num_queries(10):
        client.get(PAGE, OCTOBER)
