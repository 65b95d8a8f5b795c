"""The message log of an administrator, and the alarm of what was given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from frontend.sealed import hidden
from messaging.changes import message, owe
from messaging.models import Message
from sectors.letters import undelivered
from sectors.models import Post, Territory
from sectors.moments import PARIS
from tests.incidents.sending import reported as report_at

PAGE = "administration_letters"


@pytest.fixture
def admin(seen_by):
    return seen_by("administrator")


@pytest.fixture
def wrote(person):
    """Messages to members of the cast, or to an address: so many, in this state."""

    def write(to: str, count: int = 1, state: str = "dead", **changed) -> list[Message]:
        recipient = to if "@" in to else person(to).email
        kind = changed.pop("kind", "status")
        about = "9" if kind == "password" else "7K3F-9Q"
        keys = [f"{kind}:{about}{n:02}:{recipient}:{state}" for n in range(count)]
        facts = {"channel": "email", "recipient": recipient, "subject": "Tapage rue secrète", "body": "Texte secret"}
        owe(*[message(dedupe_key=key, **facts) for key in keys])
        rows = Message.objects.filter(dedupe_key__in=keys)
        rows.update(**{"state": state, "attempts": 16, "last_error": "ConnectionRefusedError"} | changed)
        return list(rows)

    return write


def test_the_log_tells_who_what_kind_and_whether_and_never_the_text(admin, person, wrote):
    wrote("partner_a", kind="password", state="owed", last_error="")
    page = admin.get(reverse(PAGE)).content.decode()
    assert person("partner_a").email in page
    assert "Mot de passe changé" in page
    assert "en route" in page
    assert "secret" not in page
    logged = AccessLog.objects.get(operation="message.list")
    assert (logged.count, logged.territory) == (1, "05")


def test_a_notice_of_a_concern_is_listed_once_it_failed_by_day_and_as_no_more_than_that(monday, admin, person):
    concern = report_at(person("partner_a"), monday)
    notices, then = Message.objects.all(), monday - timedelta(minutes=83)
    assert notices.count() == 2
    left = [{"state": "owed"}, {"state": "taken"}, {"state": "sent", "sent_at": monday}, {"state": "told"}]
    for quiet in (*left, {"state": "bell"}, {"state": "together"}, {"state": "held"}):
        notices.update(**quiet)
        assert "Aucun message" in admin.get(reverse(PAGE)).content.decode(), quiet
    failed: list[dict[str, Any]] = [{"state": state} for state in ("dead", "closed")]
    for stays in (
        *failed,
        {"state": "owed", "last_error": "TooLong: Not done in 30 s"},
        {"state": "sent", "sent_at": then, "uncertain": 1, "last_error": ""},
    ):
        notices.update(created_at=then, next_try_at=then, **stays)
        page = admin.get(reverse(PAGE)).content.decode()
        assert page.count("<td>Avis d’une préoccupation</td>") == 2, stays
        assert '<td class="num nowrap">23/11/2026</td>' in page
        assert f"{then.astimezone(PARIS):%H:%M}" not in page
        for told_of in (concern.reference, "tapage", "Tapage", "Préoccupation signalée"):
            assert told_of not in page


def test_no_key_of_a_row_is_on_the_page_nor_in_its_address(admin, wrote):
    rows = wrote("partner_a", 51)
    for shift, row in enumerate(rows):
        Message.objects.filter(pk=row.pk).update(id=7_000_000_000 + shift)
    answer = admin.get(reverse(PAGE))
    assert answer.context["following"] in answer.content.decode()
    assert "70000000" not in answer.content.decode()
    assert admin.get(reverse(PAGE), {"before": "7000000001"}).content.decode().count("<tr>") == 51


def test_only_the_messages_of_ones_own_territory_are_there(admin, wrote):
    wrote("elsewhere@psq.example")
    post = Post.objects.exclude(email="")[0].email
    wrote(post)
    page = admin.get(reverse(PAGE)).content.decode()
    assert "elsewhere@psq.example" not in page
    assert post in page
    assert "secret" not in page


def test_a_message_given_up_is_tried_again_with_all_its_tries(admin, wrote):
    (dead,) = wrote("partner_a")
    (sent,) = wrote("partner_b", state="sent")
    (foreign,) = wrote("elsewhere@psq.example")
    address = reverse("administration_letters_again")
    forged = f"{hidden(dead.pk)[:-1]}{'0' if hidden(dead.pk)[-1] != '0' else '1'}"
    for asked in (hidden(sent.pk), hidden(foreign.pk), hidden(10**17), forged, dead.pk, "x", "", "²", "-1"):
        admin.post(address, {"message": asked})
    assert not Message.objects.filter(state="owed").exists()
    page = admin.post(address, {"message": hidden(dead.pk)}, follow=True).content.decode()
    assert "1 message est tenté de nouveau" in page
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.is_sorted, dead.last_error) == ("owed", 0, False, "")
    logged = AccessLog.objects.get(operation="message.retry")
    assert (logged.count, logged.territory) == (1, "05")
    assert admin.get(address).status_code == 405


def test_all_are_tried_again_at_once(admin, wrote):
    wrote("partner_a", 3)
    wrote("referent_a", 2)
    wrote("elsewhere@psq.example")
    admin.post(reverse("administration_letters_again"), {"message": "all"})
    assert Message.objects.filter(state="owed").count() == 5
    assert Message.objects.get(state="dead").recipient == "elsewhere@psq.example"


def test_what_was_forgotten_is_not_tried_again(admin, wrote):
    (dead,) = wrote("partner_a")
    Message.objects.update(recipient="", subject="", body="")
    page = admin.post(reverse("administration_letters_again"), {"message": hidden(dead.pk)}, follow=True)
    assert "Il n’y avait rien" in page.content.decode()
    assert Message.objects.get().state == "dead"


def test_uncertain_tries_are_counted(admin, wrote):
    assert "peut-être arrivé" not in admin.get(reverse(PAGE)).content.decode()
    wrote("partner_a", state="sent", uncertain=2)
    wrote("partner_b", state="sent", uncertain=1)
    wrote("elsewhere@psq.example", state="sent", uncertain=5)
    page = admin.get(reverse(PAGE)).content.decode()
    assert "3 envois se sont terminés sans réponse" in page
    assert "2 incertains" in page
    assert "1 incertain<" in page
    assert "5 incertains" not in page


def test_filters_pages_and_what_is_empty(admin, wrote, django_assert_num_queries):
    assert "Aucun message" in admin.get(reverse(PAGE)).content.decode()
    wrote("partner_a", 60, state="sent", kind="password")
    wrote("partner_b")
    # session, account, what one covers, the page, the log, what was given up, what is uncertain, the bell
    with django_assert_num_queries(8):
        first = admin.get(reverse(PAGE))
    assert first.content.decode().count("<tr>") == 51
    second = admin.get(reverse(PAGE), {"before": first.context["following"]})
    assert second.content.decode().count("<tr>") == 12
    dead = admin.get(reverse(PAGE), {"state": "dead"}).content.decode()
    assert dead.count("<tr>") == 2
    assert "Aucun résultat" in admin.get(reverse(PAGE), {"channel": "sms"}).content.decode()
    for nonsense in ({"state": "x"}, {"before": "²"}, {"before": "9" * 40}, {"channel": "\0"}):
        assert admin.get(reverse(PAGE), nonsense).status_code == 200


def test_director_and_administrator_see_the_alarm_and_nobody_else(seen_by, wrote):
    pages = {"director": "desk", "administrator": "administration", "referent_a": "desk"}
    for name, page in pages.items():
        assert "non remis" not in seen_by(name).get(reverse(page)).content.decode()
    wrote("partner_a", 2)
    wrote("elsewhere@psq.example", 5)
    assert "2 messages non remis" in seen_by("director").get(reverse("desk")).content.decode()
    assert reverse(PAGE) not in seen_by("director").get(reverse("desk")).content.decode()
    assert f"{reverse(PAGE)}?state=dead" in seen_by("administrator").get(reverse("administration")).content.decode()
    assert "non remis" not in seen_by("referent_a").get(reverse("desk")).content.decode()


def test_the_alarm_ends_when_all_was_tried_again(admin, wrote):
    territory = Territory.objects.get().pk
    assert undelivered([territory]) is None
    wrote("partner_a", 2)
    alarm = undelivered([territory])
    assert alarm is not None
    assert alarm.count == 2
    admin.post(reverse("administration_letters_again"), {"message": "all"})
    assert undelivered([territory]) is None


def test_the_alarm_leads_the_direction_to_which_notice_and_whom_to_telephone(seen_by, person, wrote, monday):
    concern = report_at(person("partner_a"), monday)
    Message.objects.all().delete()
    reader = person("referent_a")
    type(reader).objects.filter(pk=reader.pk).update(phone="04 92 00 00 17")
    (row,) = wrote("referent_a")
    Message.objects.filter(pk=row.pk).update(dedupe_key=f"report:{concern.reference}:post")
    post = Post.objects.exclude(email="")[0]
    wrote(post.email, kind="escalation")
    wrote("elsewhere@psq.example")
    director = seen_by("director")
    assert reverse("undelivered") in director.get(reverse("desk")).content.decode()
    page = director.get(reverse("undelivered"))
    html = page.content.decode()
    told = {line.letter.row.recipient: (line.reference, line.to.name, line.to.phone) for line in page.context["lines"]}
    assert told == {
        reader.email: (concern.reference, str(reader), "04 92 00 00 17"),
        post.email: ("7K3F-9Q00", post.label_fr, post.phone),
    }
    assert 'href="tel:0492000017"' in html
    assert "Le serveur de courriel est injoignable" in html
    assert "secret" not in html
    assert reverse("concern", args=[concern.reference]) in html
    logged = AccessLog.objects.filter(operation="message.list").get()
    assert (logged.user_id, logged.count, logged.territory) == (person("director").pk, 2, "05")
    assert seen_by("referent_a").get(reverse("undelivered")).status_code == 403


def test_where_every_message_left_the_page_says_so(seen_by, django_assert_max_num_queries):
    client = seen_by("director")
    client.get(reverse("undelivered"))
    # session, account, what one directs, the bell; the dead, their people and posts, the log
    with django_assert_max_num_queries(8):
        page = client.get(reverse("undelivered")).content.decode()
    assert "Tous les messages sont partis ou vont partir" in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("SMTPRecipientsRefused: {'<recipient>': (550, b'no')}", "ne connaît pas cette adresse"),
        ("TooLong: Not done in 30 s", "n’a pas répondu à temps"),
        ("Every try ended with its worker.", "interrompu"),
        ("Whatever: it may be", "n’a pas pu partir"),
    ],
)
def test_why_it_did_not_leave_is_said_in_plain_words_beside_what_the_gateway_said(admin, wrote, said, words):
    wrote("partner_a")
    Message.objects.update(last_error=said)
    page = admin.get(reverse(PAGE)).content.decode()
    assert words in page
    assert said.partition(":")[0] in page


def test_a_message_is_closed_and_the_alarm_over(admin, seen_by, wrote):
    territory = Territory.objects.get().pk
    (row,) = wrote("partner_a")
    (other,) = wrote("elsewhere@psq.example")
    again = reverse("administration_letters_again")
    for key in ("all", "x", str(row.pk), hidden(other.pk), "9" * 40):
        admin.post(again, {"close": key})
    assert undelivered([territory]) is not None
    page = admin.post(again, {"close": hidden(row.pk)}, follow=True).content.decode()
    assert "il n’est plus essayé" in page
    assert "classé sans envoi" in page
    assert undelivered([territory]) is None
    assert AccessLog.objects.get(operation="message.close").count == 1
    assert set(Message.objects.values_list("recipient", "state")) == {
        (row.recipient, "closed"), ("elsewhere@psq.example", "dead"),
    }  # fmt: skip
    # Nor does it come back with the others.
    admin.post(again, {"message": "all"})
    row.refresh_from_db()
    assert row.state == "closed"
