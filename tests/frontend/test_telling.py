"""Who is told, and in which ways: on the receipt of a report, and before an answer leaves; never by an address."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.models import Incident, Routing
from messaging.changes import choose, sort_due
from messaging.models import Message, MessageState
from sectors.models import Holding, Mandate, Partner, Post
from sectors.scope import scope_of

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
Person = Callable[[str], User]
Reported = Callable[..., Incident]
POST = "Référent Gap hyper-centre"
ANSWER = "Une ronde passe chaque soir."
AT_ONCE, LATER = "Par e-mail, aussitôt", "Par e-mail, après les heures de silence"
DIGEST, BELL = "Dans l’e-mail du jour, en une ligne", "Sur la cloche du service, en une ligne"
TEXT, TEXT_LATER = "Par SMS", "Par SMS, après les heures de silence"
SERVICE = "Dans le service, avec la préoccupation"


def told(client: Client, row: Incident, language: str = "fr") -> list[str]:
    """The lines of the receipt that say who was told; no address of anybody is on the page."""
    answer = client.get(reverse("report_receipt", args=[row.reference]), headers={"accept-language": language})
    page = html.unescape(answer.content.decode())
    people = User.objects.exclude(pk=client.session["_auth_user_id"])
    assert not [user.email for user in people if user.email in page]
    found: list[str] = answer.context["told"]
    assert all(f"<li>{line}</li>" in page for line in found)
    return found


def wish(person: User, **changed: Any) -> None:
    given: dict[str, Any] = {"mail": "at_once", "bell": True, "sms": False, "quiet_from": None, "quiet_until": None}
    choose(user=person.pk, **given | changed)


def bailleur() -> Partner:
    return Partner.objects.get(code="bailleur")


def test_an_author_reads_which_post_was_told_and_how_they_are_themselves(
    seen_by: Seen, person: Person, reported: Reported
) -> None:
    row = reported()
    assert told(seen_by("partner_a"), row) == [f"{POST} : un message.", f"Vous : {AT_ONCE} · {BELL}."]
    assert told(seen_by("partner_a"), row, "en") == [
        "Gap city-centre référent: a message.",
        "You: By e-mail, at once · On the bell of the service, as a line.",
    ]
    wish(person("partner_a"), mail="never")
    assert told(seen_by("partner_a"), row)[1] == f"Vous : {BELL}."


def test_another_reader_is_told_nothing_of_the_authors_wishes(
    seen_by: Seen, person: Person, reported: Reported
) -> None:
    row = reported()
    wish(person("partner_a"), mail="daily")
    assert told(seen_by("referent_a"), row)[1] == "Qui l’a signalée : un message."


def test_the_post_named_is_the_one_that_was_told_wherever_the_concern_is_by_now(
    seen_by: Seen, reported: Reported
) -> None:
    row = reported()
    Incident.objects.filter(pk=row.pk).update(post=Post.objects.get(code="gap-economique"))
    assert told(seen_by("partner_a"), row)[0] == f"{POST} : un message."


def test_who_enters_for_an_organisation_reads_how_many_of_it_were_told(
    seen_by: Seen, person: Person, reported: Reported
) -> None:
    row = reported("referent_a", partner=bailleur().pk, on_behalf=True)
    some = Message.objects.filter(dedupe_key__startswith=f"report:{row.reference}:").count()
    assert told(seen_by("referent_a"), row) == [
        f"{POST} : pas de message, puisque son titulaire l’a saisie.",
        f"{bailleur().name} : un message à {some} personne{'s' * (some > 1)}.",
    ]


def test_who_enters_for_an_organisation_without_anybody_reads_that_nobody_is_told(
    seen_by: Seen, reported: Reported
) -> None:
    members = Mandate.objects.filter(partner=bailleur(), role="partner")
    User.objects.filter(pk__in=members.values("user")).update(is_active=False)
    row = reported("referent_a", partner=bailleur().pk, on_behalf=True)
    assert not Message.objects.exists()
    nobody = "personne n’est prévenu, car aucune de ses personnes n’a de compte en service. Prévenez-la vous-même."
    assert told(seen_by("referent_a"), row)[1] == f"{bailleur().name} : {nobody}"
    assert "nobody is told" in told(seen_by("referent_a"), row, "en")[1]


def test_a_post_without_anybody_nor_an_address_is_said_not_to_be_told(seen_by: Seen, reported: Reported) -> None:
    # Not the post, nor the desk of its unit, nor the triage, which would answer in its place.
    Post.objects.filter(territory__code="05").update(email="")
    Holding.objects.filter(post__territory__code="05").delete()
    row = reported()
    assert Routing.objects.get(incident=row).holder is None
    assert told(seen_by("partner_a"), row)[0] == (
        "Triage de la direction : pas de message, car personne ne tient ce poste et il n’a pas d’adresse."
        " Elle attend sur le bureau."
    )


@pytest.fixture
def taken(reported: Reported, person: Person) -> Incident:
    user = person("referent_a")
    return changes.take(incident=reported(), author=user, scope=scope_of(user, timezone.now()))


def read_over(client: Client, row: Incident) -> tuple[dict[str, Any], str]:
    """What is shown of an answer before it leaves, and the page."""
    page = client.post(f"/preoccupations/{row.reference}/agir/repondre/", {"repondre-answer": ANSWER, "preview": "1"})
    shown: dict[str, Any] = page.context["preview"]
    return shown, html.unescape(page.content.decode())


def ways(shown: dict[str, Any]) -> list[str]:
    return [part.way for letter in shown["letters"] for part in letter.parts]


QUIET = {"quiet_from": time(0), "quiet_until": time(23, 59, 59, 999999)}
# How a reporter wishes to be told -> what is read over.
WISHES = [
    ({}, [AT_ONCE, BELL], False),
    ({"mail": "daily"}, [DIGEST, BELL, SERVICE], False),
    ({"mail": "never"}, [BELL, SERVICE], True),
    ({"mail": "never", "sms": True}, [TEXT, BELL, SERVICE], False),
    ({"sms": True, "bell": False}, [AT_ONCE, TEXT], False),
    ({**QUIET}, [LATER, BELL], False),
    ({**QUIET, "sms": True, "bell": False}, [LATER, TEXT_LATER], False),
]


@pytest.mark.parametrize(("wished", "expected", "alone"), WISHES)
def test_what_is_read_over_is_what_leaves(
    seen_by: Seen, person: Person, taken: Incident, settings: Any, wished: Any, expected: list[str], alone: bool
) -> None:
    settings.DEMO = True
    reporter = person("partner_a")
    User.objects.filter(pk=reporter.pk).update(phone="+33639980000")
    wish(reporter, **wished)
    shown, page = read_over(seen_by("referent_a"), taken)
    assert ways(shown) == expected
    assert ("ni e-mail ni SMS ne part" in page) is alone
    assert ANSWER in page
    # What then leaves is what was shown, in the words that were shown.
    Message.objects.all().delete()
    user = person("referent_a")
    scope = scope_of(user, timezone.now())
    changes.change_status(incident=taken, author=user, scope=scope, to="repondue", answer=ANSWER)
    sort_due()
    (letter,) = shown["letters"]
    left = {each.channel: each for each in Message.objects.filter(recipient__in=[reporter.email, "+33639980000"])}
    assert (left["email"].subject, left["email"].body) == (letter.subject, letter.body)
    assert (left["email"].state == MessageState.HELD) is (DIGEST in expected)
    assert (left["email"].state == MessageState.BELL) is (not {AT_ONCE, LATER, DIGEST} & set(expected))
    texts = [part.body for part in letter.parts if part.way in {TEXT, TEXT_LATER}]
    assert [each.body for channel, each in left.items() if channel == "sms"] == texts
    rung = reporter.notices.filter(dedupe_key=left["email"].dedupe_key)
    assert rung.exists() is (BELL in expected)


def test_where_nobody_is_left_to_be_written_to_it_is_said(seen_by: Seen, person: Person, taken: Incident) -> None:
    User.objects.filter(pk=person("partner_a").pk).update(is_active=False)
    User.objects.filter(mandates__partner=bailleur(), mandates__role="partner").update(is_active=False)
    shown, page = read_over(seen_by("referent_a"), taken)
    assert shown["letters"] == []
    assert "aucune des personnes qui ont signalé cette préoccupation n’a de compte en service" in page
    assert ANSWER in page


def test_a_referent_who_answers_their_own_report_reads_that_nothing_is_sent(
    seen_by: Seen, person: Person, reported: Reported
) -> None:
    user = person("referent_a")
    row = changes.take(incident=reported("referent_a"), author=user, scope=scope_of(user, timezone.now()))
    shown, page = read_over(seen_by("referent_a"), row)
    assert shown["letters"] == []
    assert "vous avez signalé cette préoccupation vous-même" in page


def test_of_several_readers_each_language_and_each_way_is_counted(
    seen_by: Seen, person: Person, reported: Reported
) -> None:
    author = person("referent_a")
    members = list(User.objects.filter(mandates__partner=bailleur(), mandates__role="partner", is_active=True))
    one, two, three = person("partner_a"), person("partner_b"), person("mayor_gap")
    for each in (two, three):
        mandate = members[0].mandates.filter(role="partner").get()
        mandate.pk, mandate.user = None, each
        mandate.save()
    User.objects.filter(pk=three.pk).update(language="en")
    wish(two, mail="daily")
    row = reported("referent_a", partner=bailleur().pk, on_behalf=True)
    row = changes.take(incident=row, author=author, scope=scope_of(author, timezone.now()))
    shown, _page = read_over(seen_by("referent_a"), row)
    assert one in members
    french, english = sorted(shown["letters"], key=lambda letter: letter.language, reverse=True)
    assert (french.language, english.language) == ("fr", "en")
    assert english.subject.endswith("Answered")
    counted = {part.way: part.people for part in french.parts}
    assert counted[DIGEST] == "1 personne"
    assert counted[AT_ONCE] == f"{len(members)} personne{'s' * (len(members) > 1)}"
    assert {part.people for part in english.parts} == {""}
