"""Service hours: set by the holder or the administrator, seen by those they are for, and taken into a calendar."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import AccessLog
from frontend import calendars
from sectors.changes.administering import NotAllowed
from sectors.changes.hours import Hours, set_hours
from sectors.models import Post, ServiceHours

pytestmark = pytest.mark.django_db
POST = "gap-hyper-centre"
PAGE = f"/permanences/{POST}/"
MONDAY_MORNING = Hours(1, time(9), time(12), "Mairie annexe")
THURSDAY = Hours(4, time(14, 30), time(17), "")


def lines(*said: tuple[str, str, str, str], blank: int = 0) -> dict[str, str]:
    rows = [*said, *[("", "", "", "")] * blank]
    given = {"week-TOTAL_FORMS": str(len(rows)), "week-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        for name, value in zip(("weekday", "begins", "ends", "place"), row, strict=True):
            given[f"week-{number}-{name}"] = value
    return given


@pytest.fixture
def hours(person):
    post = Post.objects.get(code=POST)
    set_hours(by=person("referent_a"), post=post, week=[MONDAY_MORNING, THURSDAY], at=timezone.now())
    return list(post.hours.all())


def test_the_holder_sets_them_and_partners_see_them(seen_by):
    desk, partner = seen_by("referent_a"), seen_by("partner_a")
    assert "Lundi" not in partner.get("/mon-secteur/").content.decode()
    given = lines(("1", "09:00", "12:00", "Mairie annexe"), ("4", "14h30", "17:00", ""), blank=2)
    answer = desk.post(PAGE, given, follow=True)
    assert answer.redirect_chain == [("/permanences/", 302)]
    assert [(row.weekday, row.begins, row.ends, row.place) for row in ServiceHours.objects.all()] == [
        (1, time(9), time(12), "Mairie annexe"),
        (4, time(14, 30), time(17), ""),
    ]
    for client, page in ((partner, "/mon-secteur/"), (partner, "/accueil/"), (desk, f"/bureau/secteur/{POST}/")):
        seen = client.get(page).content.decode()
        assert re.search(
            r'hours__day">lundi</span> <span class="num nowrap">09:00 – 12:00</span>.*Mairie annexe', seen, re.I
        ), page
        assert f'href="{PAGE}agenda.ics"' in seen
    log = AccessLog.objects.get(operation="hours.set")
    assert (log.reference, log.territory) == (f"post:{POST}", "05")
    # Saved once more as it stands, nothing is written.
    desk.post(PAGE, given)
    assert AccessLog.objects.filter(operation="hours.set").count() == 1
    desk.post(PAGE, lines(("", "09:00", "12:00", "")))
    assert not ServiceHours.objects.exists()


def test_the_administrator_sets_them_of_every_post(seen_by):
    client = seen_by("administrator")
    page = client.get("/permanences/").content.decode()
    assert page.count("agenda.ics") == 0
    assert f'href="{PAGE}"' in page
    assert client.post(PAGE, lines(("2", "10:00", "11:00", ""))).status_code == 302
    assert ServiceHours.objects.get().weekday == 2


def test_nobody_else_sets_them(person, seen_by):
    assert seen_by("referent_b").post(PAGE, lines(("2", "10:00", "11:00", ""))).status_code == 404
    with pytest.raises(NotAllowed):
        set_hours(by=person("partner_a"), post=Post.objects.get(code=POST), week=[THURSDAY], at=timezone.now())
    assert not ServiceHours.objects.exists()


@pytest.mark.parametrize(
    ("line", "field", "why"),
    [
        (("1", "", "12:00", ""), "week-0-begins", "09:30"),
        (("1", "12:00", "09:00", ""), "week-0-ends", "La fin vient après le début."),
        (("1", "neuf", "12:00", ""), "week-0-begins", "09:30"),
        (("1", "09:00", "12:00", "06 12 34 56 78"), "week-0-place", "aucune personne"),
        (("9", "09:00", "12:00", ""), "week-0-weekday", "9"),
    ],
)
def test_what_is_no_line_is_said_with_a_link_to_it(seen_by, line, field, why):
    page = seen_by("referent_a").post(PAGE, lines(line)).content.decode()
    assert re.search(rf'<a href="#id_{field}">[^<]*{re.escape(why)}', page)
    assert not ServiceHours.objects.exists()


def test_two_lines_at_once_are_refused(seen_by):
    given = lines(("1", "09:00", "12:00", ""), ("1", "11:00", "13:00", ""))
    assert "se chevauchent" in seen_by("referent_a").post(PAGE, given).content.decode()
    assert not ServiceHours.objects.exists()


def test_the_calendar_is_open_to_programs_and_says_when(seen_by, hours):
    answer = seen_by("").get(f"{PAGE}agenda.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert text.count("BEGIN:VEVENT") == 2
    assert "RRULE:FREQ=WEEKLY;BYDAY=TH" in text
    assert f"UID:{POST}-1-0900@localhost" in text
    # Without end, as its events are.
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text
    assert "LOCATION:Mairie annexe" in text
    begins = re.findall(r"DTSTART;TZID=Europe/Paris:(\d{8}T\d{6})", text)
    found = [datetime.strptime(each, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo("Europe/Paris")) for each in begins]
    assert [(each.isoweekday(), each.time()) for each in found] == [(1, time(9)), (4, time(14, 30))]
    assert all(each.date() >= hours[0].since for each in found)
    assert seen_by("").get("/permanences/gap-economique/agenda.ics").status_code == 404


def test_a_line_that_stays_keeps_its_uid_and_its_beginning(person, hours, seen_by):
    before = seen_by("").get(f"{PAGE}agenda.ics").content.decode()
    post = Post.objects.get(code=POST)
    ServiceHours.objects.update(since=date(2026, 1, 5))
    set_hours(by=person("referent_a"), post=post, week=[THURSDAY], at=timezone.now())
    after = seen_by("").get(f"{PAGE}agenda.ics").content.decode()
    assert re.findall("UID:.*", after)[0] in before
    assert "DTSTART;TZID=Europe/Paris:20260108T143000" in after


def test_a_long_line_is_folded_by_octets_and_a_comma_escaped():
    line = ServiceHours(weekday=7, begins=time(8), ends=time(9), place="Salle é, " * 17, since=date(2026, 3, 1))
    text = calendars.calendar("p", "Permanences; été", [line], "psq.example", "04 00 00 00 00")
    folded = text.encode().split(b"\r\n")
    assert max(map(len, folded)) <= 75
    whole = text.replace("\r\n ", "")
    assert "LOCATION:" + "Salle é\\, " * 17 in whole.replace("\r\n", "\n").split("\n")
    assert "SUMMARY:Permanences\\; été" in whole
    assert "DTSTART;TZID=Europe/Paris:20260301T080000" in whole, "the first day may be the day itself"
