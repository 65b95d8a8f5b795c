"""What an administrator announces: on the desk, on the home pages, in both languages, between two days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from incidents.changes import announcements
from incidents.changes.forgetting import ANNOUNCEMENT
from incidents.deadlines import paris_date
from incidents.models import Announcement
from sectors.changes.administering import NotAllowed
from sectors.models import Territory

pytestmark = pytest.mark.django_db
LIST, ADD, ONE = "administration_announcements", "administration_announcement_add", "administration_announcement"
DESK, MINE = "/bureau/", "/accueil/"
FR, EN = "Le standard est fermé jeudi.", "The switchboard is closed on Thursday."


@pytest.fixture
def admin(seen_by):
    return seen_by("administrator")


def given(**changed):
    today = paris_date(timezone.now())
    days = {"since": today.isoformat(), "until": (today + timedelta(days=3)).isoformat()}
    return {"text_fr": FR, "text_en": EN, "audience": "everybody"} | days | changed


def page(client, path, language="fr"):
    return client.get(path, headers={"accept-language": language}).content.decode()


def test_it_is_read_on_the_desk_and_on_the_home_page_in_both_languages(admin, seen_by):
    assert "Rien n’est annoncé" in page(admin, reverse(LIST))
    assert admin.post(reverse(ADD), given()).status_code == 302
    for who, path in (("referent_a", DESK), ("director", DESK), ("partner_a", MINE), ("mayor_gap", MINE)):
        assert f'<p lang="fr">{FR}</p>' in page(seen_by(who), path), who
        assert f'<p lang="en">{EN}</p>' in page(seen_by(who), path, "en"), who
    assert "affichée aujourd’hui" in page(admin, reverse(LIST))
    assert AccessLog.objects.filter(operation="announcement.write").count() == 1


def test_without_an_english_text_the_french_one_serves_and_says_so(admin, seen_by):
    admin.post(reverse(ADD), given(text_en=""))
    assert f'<p lang="fr">{FR}</p>' in page(seen_by("referent_a"), DESK, "en")
    assert "en français seulement" in page(admin, reverse(LIST))


@pytest.mark.parametrize(
    ("audience", "desk", "home"), [("everybody", True, True), ("desk", True, False), ("reporters", False, True)]
)
def test_it_is_read_by_those_whom_it_is_for(admin, seen_by, audience, desk, home):
    admin.post(reverse(ADD), given(audience=audience))
    assert (FR in page(seen_by("referent_a"), DESK)) is desk
    assert (FR in page(seen_by("partner_a"), MINE)) is home


@pytest.mark.parametrize(
    ("since", "until", "shown", "state"),
    [(0, 0, True, "affichée aujourd’hui"), (1, 2, False, "à venir"), (-2, -1, False, "terminée")],
)
def test_it_is_shown_on_its_days_both_included(admin, seen_by, since, until, shown, state):
    today = paris_date(timezone.now())
    days = {name: (today + timedelta(days=n)).isoformat() for name, n in (("since", since), ("until", until))}
    admin.post(reverse(ADD), given(**days))
    assert (FR in page(seen_by("referent_a"), DESK)) is shown
    assert state in page(admin, reverse(LIST))


def test_another_territory_reads_nothing_of_it(admin, seen_by, person):
    other = Territory.objects.exclude(code="05").first() or Territory.objects.create(
        code="99", name_fr="Ailleurs", name_en="Elsewhere", policy_version="1"
    )
    today = paris_date(timezone.now())
    row = Announcement.objects.create(territory=other, audience="everybody", text_fr=FR, since=today, until=today)
    assert FR not in page(seen_by("referent_a"), DESK)
    assert FR not in page(admin, reverse(LIST))
    assert admin.get(reverse(ONE, args=[row.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        announcements.withdraw_announcement(by=person("administrator"), announcement=row)


def test_it_is_changed_and_taken_off(admin, seen_by):
    admin.post(reverse(ADD), given())
    row = Announcement.objects.get()
    assert admin.post(reverse(ONE, args=[row.pk]), given(text_fr="Le standard rouvre.")).status_code == 302
    assert "Le standard rouvre." in page(seen_by("partner_a"), MINE)
    answer = admin.post(reverse(ONE, args=[row.pk]), {"act": "withdraw"}, follow=True)
    assert "L’annonce est retirée" in answer.content.decode()
    assert not Announcement.objects.exists()
    logged = AccessLog.objects.filter(operation__startswith="announcement.").order_by("pk")
    assert [each.operation.partition(".")[2] for each in logged] == ["write", "edit", "withdraw"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text_fr": ""}, "text_fr"),
        ({"text_fr": "x" * 601}, "text_fr"),
        ({"text_fr": "Bonjour {{ nom }}"}, "text_fr"),
        ({"text_fr": "Le véhicule AB-123-CD"}, "text_fr"),
        ({"text_en": "Ask Mme Martin."}, "text_en"),
        ({"audience": ""}, "audience"),
        ({"audience": "all"}, "audience"),
        ({"since": ""}, "since"),
        ({"until": "demain"}, "until"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2199-01-01"}, "until"),
    ],
)
def test_what_cannot_be_announced_is_refused_in_its_field(admin, changed, field):
    answer = admin.post(reverse(ADD), given(**changed))
    assert answer.status_code == 200
    assert f'href="#id_{field}"' in answer.content.decode()
    assert not Announcement.objects.exists()


def test_the_number_of_a_service_may_be_said(admin):
    assert admin.post(reverse(ADD), given(text_fr="Appelez le 04 92 53 00 00.")).status_code == 302


def test_it_is_forgotten_a_month_after_its_last_day(admin):
    today = paris_date(timezone.now())
    for n in (31, 30):
        until = today - timedelta(days=n)
        Announcement.objects.create(
            territory=Territory.objects.get(code="05"), audience="desk", text_fr=str(n), since=until, until=until
        )
    assert [row.text_fr for row in ANNOUNCEMENT.overdue(timezone.now(), "default")] == ["31"]
    call_command("purge", commit=True, rule=["announcement"], verbosity=0)
    assert [row.text_fr for row in Announcement.objects.all()] == ["30"]


def test_a_first_page_asks_one_question_for_it(admin, seen_by):
    client = seen_by("referent_a")
    page(client, DESK)
    for n in range(3):
        admin.post(reverse(ADD), given(text_fr=f"Annonce {n}"))
    with CaptureQueriesContext(connection) as captured:
        found = page(client, DESK)
    assert len([each for each in captured if "incidents_announcement" in each["sql"]]) == 1
    # The latest first.
    assert found.index("Annonce 2") < found.index("Annonce 0")
