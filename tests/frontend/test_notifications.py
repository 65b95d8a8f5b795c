"""The bell and how one is told, as a person finds them."""

from __future__ import annotations

from datetime import time

import pytest
from django.urls import reverse

from accounts.models import AccessLog, User
from messaging.changes import message, owe, sort_due
from messaging.models import Message, Notice, Preference
from tests.incidents.sending import reported as report_at

CHOSEN = {"language": "fr", "mail": "daily", "bell": "on", "quiet_from": "20:00", "quiet_until": "7h30"}


@pytest.fixture
def rung(person):
    """So many lines of the bell of a member of the cast."""

    def ring(name: str, count: int) -> list[Notice]:
        user = person(name)
        facts = {"channel": "email", "recipient": user.email, "body": "…"}
        owe(
            *[
                message(dedupe_key=f"status:7K3F-9Q{n:02}:{user.pk}", subject=f"Nouvelle {n:02}", **facts)
                for n in range(count)
            ]
        )
        sort_due()
        return list(Notice.objects.filter(user=user))

    return ring


def test_a_report_rings_for_both_sides_and_leads_to_the_concern(seen_by, person, monday):
    concern = report_at(person("partner_a"), monday)
    sort_due()
    for name in ("partner_a", "referent_a"):
        page = seen_by(name).get(reverse("notices")).content.decode()
        assert concern.reference in page
        assert reverse("concern", args=[concern.reference]) in page
        assert '<span class="bell__count num">1<span class="visually-hidden"> non lue' in page
    assert concern.reference not in seen_by("partner_b").get(reverse("notices")).content.decode()


def test_the_bell_is_on_every_page_of_who_is_signed_in_and_of_nobody_else(seen_by, rung):
    rung("partner_a", 3)
    assert 'class="bell__count num">3<' in seen_by("partner_a").get(reverse("home")).content.decode()
    assert 'class="bell"' in seen_by("partner_b").get(reverse("home")).content.decode()
    assert "bell__count" not in seen_by("partner_b").get(reverse("home")).content.decode()
    assert 'class="bell"' not in seen_by("").get(reverse("home")).content.decode()


def test_whoever_opens_a_concern_has_read_what_the_bell_says_of_it(seen_by, person, monday):
    first, second = report_at(person("partner_a"), monday), report_at(person("partner_a"), monday)
    sort_due()
    for name in ("partner_a", "referent_a"):
        page = seen_by(name).get(reverse("concern", args=[first.reference])).content.decode()
        assert 'class="bell__count num">1<' in page
        unread = Notice.objects.filter(user=person(name), read_at__isnull=True)
        assert [each.reference for each in unread] == [second.reference]


def test_whoever_is_first_asked_why_has_read_nothing(seen_by, person, monday):
    row = report_at(person("partner_a"), monday)
    Notice.objects.create(user=person("director"), dedupe_key="k", reference=row.reference, text="x")
    assert "motive" in seen_by("director").get(reverse("concern", args=[row.reference])).content.decode()
    assert Notice.objects.get(user=person("director")).read_at is None


def test_nobody_counts_beyond_a_hundred(seen_by, rung):
    rung("partner_a", 120)
    assert 'class="bell__count num">99+<' in seen_by("partner_a").get(reverse("home")).content.decode()


def test_looking_reads_nothing_and_reading_is_of_ones_own(seen_by, rung):
    mine, foreign = rung("partner_a", 3), rung("partner_b", 2)
    client = seen_by("partner_a")
    assert client.get(reverse("notices")).status_code == 200
    assert not Notice.objects.filter(read_at__isnull=False).exists()
    for asked in (str(mine[0].pk), str(foreign[0].pk), "x", "9" * 30, "-1", "²"):
        assert client.post(reverse("notices_read"), {"notice": asked}).status_code == 302
    assert Notice.objects.get(read_at__isnull=False) == mine[0]
    answer = client.post(reverse("notices_read"), follow=True)
    assert "2 notifications lues" in answer.content.decode()
    assert set(Notice.objects.filter(read_at=None)) == set(foreign)
    assert client.get(reverse("notices_read")).status_code == 405


def test_the_page_asks_the_same_of_the_database_for_one_line_and_for_many(seen_by, rung, django_assert_num_queries):
    rung("partner_a", 1)
    client = seen_by("partner_a")
    client.get(reverse("notices"))
    for count in (1, 60):
        rung("partner_a", count)
        with django_assert_num_queries(6):  # session, account, what the person covers, the bell; how many, a page
            page = client.get(reverse("notices"))
    assert page.content.decode().count('<li class="row') == 30


def test_an_empty_bell_says_what_will_come(seen_by):
    assert "Rien de nouveau" in seen_by("partner_a").get(reverse("notices")).content.decode()


def test_wishes_are_kept_shown_again_and_logged(seen_by, person):
    client = seen_by("partner_a")
    first = client.get(reverse("notifications")).content.decode()
    assert '<option value="at_once" selected>' in first
    assert client.post(reverse("notifications"), CHOSEN).status_code == 302
    kept = Preference.objects.get(user=person("partner_a"))
    assert (kept.mail, kept.bell, kept.sms) == ("daily", True, False)
    assert (kept.quiet_from, kept.quiet_until) == (time(20), time(7, 30))
    page = client.get(reverse("notifications")).content.decode()
    assert '<option value="daily" selected>' in page
    assert 'value="20:00"' in page
    logged = AccessLog.objects.get(operation="account.notifications")
    assert (logged.user, logged.reference) == (person("partner_a"), f"account:{person('partner_a').pk}")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mail": "never", "bell": ""}, "bell"),
        ({"quiet_until": ""}, "quiet_until"),
        ({"quiet_from": ""}, "quiet_from"),
        ({"quiet_until": "20:00"}, "quiet_until"),
        ({"quiet_from": "soir"}, "quiet_from"),
        ({"mail": "pigeon"}, "mail"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_cannot_be_wished_is_said_where_it_stands(seen_by, changed, field):
    page = seen_by("partner_a").post(reverse("notifications"), CHOSEN | changed)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {field}
    assert f'href="#id_{field}"' in page.content.decode()
    assert not Preference.objects.exists()


def test_one_chooses_the_language_of_what_is_sent(seen_by, person, monday):
    client = seen_by("partner_a")
    assert '<option value="fr" selected>' in client.get(reverse("notifications")).content.decode()
    assert client.post(reverse("notifications"), CHOSEN | {"mail": "at_once", "language": "en"}).status_code == 302
    assert person("partner_a").language == "en"
    assert AccessLog.objects.filter(operation="account.notifications").count() == 1
    page = client.get(reverse("notifications"))
    assert '<option value="en" selected>' in page.content.decode()
    assert page["Content-Language"] == "fr"
    concern = report_at(person("partner_a"), monday)
    told = Message.objects.get(recipient=person("partner_a").email)
    assert told.subject == f"Your concern {concern.reference} has been received"


def test_text_messages_are_offered_to_who_has_a_phone_where_they_leave(seen_by, person, settings):
    user = person("partner_a")
    assert 'name="sms"' not in seen_by("partner_a").get(reverse("notifications")).content.decode()
    User.objects.filter(pk=user.pk).update(phone="06 39 98 00 01")
    assert 'name="sms"' in seen_by("partner_a").get(reverse("notifications")).content.decode()
    seen_by("partner_a").post(reverse("notifications"), CHOSEN | {"sms": "on"})
    assert Preference.objects.get(user=user).sms is True


def test_the_account_leads_to_both(seen_by):
    page = seen_by("partner_a").get(reverse("account")).content.decode()
    assert reverse("notifications") in page
    assert reverse("notices") in page


def test_own_data_holds_the_bell_and_the_wishes_and_erasure_takes_them(seen_by, person, rung):
    rung("partner_a", 2)
    client = seen_by("partner_a")
    client.post(reverse("notifications"), CHOSEN)
    told = client.post(reverse("own_data_download")).json()
    assert [each["text"] for each in told["notices"]] == ["Nouvelle 00", "Nouvelle 01"]
    assert told["notification_choices"]["mail"] == "daily"
    from accounts.changes.erasing import anonymise

    user = person("partner_a")
    anonymise(user=user, at=user.created_at)
    assert not Notice.objects.filter(user=user).exists()
    assert not Preference.objects.exists()
