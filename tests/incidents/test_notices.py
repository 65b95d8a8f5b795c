"""The messages a change owes: finished, in the reader's language, and without the concern's own words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import User
from incidents import changes
from messaging.models import Message
from sectors.models import Holding, Mandate, Post
from sectors.scope import scope_of
from tests.incidents.sending import GAP_BUSINESS, GAP_DESK, PARIS, VALLEY, feature, properties_of, reported, send

pytestmark = pytest.mark.django_db
SECRET = "Rideau baissé, odeur de brûlé au 3e"


def owed_for(reference: str) -> dict[str, Message]:
    """The messages owed for a concern, by the last word of their key."""
    rows = Message.objects.filter(dedupe_key__contains=reference)
    return {row.dedupe_key.rpartition(":")[2]: row for row in rows}


def speak(user, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])


@pytest.mark.parametrize("asked", ["fr", "en"])
@pytest.mark.parametrize(
    ("language", "category", "due"),
    [("fr", "Tapage, nuisances sonores", "23 décembre 2026"), ("en", "Noise", "Dec. 23, 2026")],
)
def test_each_reader_has_their_own_language(person, monday, language, category, due, asked):
    """Whatever the language of the one who asks."""
    speak(person("referent_a"), language)
    speak(person("partner_a"), "en" if language == "fr" else "fr")
    with translation.override(asked):
        row = reported(person("partner_a"), monday, description=SECRET)
        assert translation.get_language() == asked
    owed = owed_for(row.reference)
    assert category in owed["post"].body
    assert due in owed["post"].body
    assert (category in owed["author"].body) is False


def test_a_french_notice_is_french(person, monday):
    row = reported(person("partner_a"), monday)
    for each in owed_for(row.reference).values():
        assert not {"Concern", "Your", "concern", "the", "by"} & set(each.body.replace(",", " ").split())


def test_the_words_of_the_concern_stay_in_it(person, monday):
    row = reported(person("partner_a"), monday, description=SECRET, external_reference="DOSSIER-77")
    for each in owed_for(row.reference).values():
        for secret in (SECRET, "brûlé", "DOSSIER-77", "44.55", "6.07"):
            assert secret not in each.subject + each.body
        assert "\n" not in each.subject
        assert len(each.subject) <= 200


@pytest.mark.parametrize(
    ("point", "recipient"),
    [(GAP_DESK, "accueil-gap@psq.example"), (VALLEY, "gendarme@psq.example"), (PARIS, "direction@psq.example")],
)
def test_whoever_takes_it_is_told(person, monday, point, recipient):
    row = reported(person("partner_a"), monday, point)
    assert owed_for(row.reference)["post"].recipient == recipient


def test_a_post_without_anybody_nor_an_address_owes_nothing_to_nobody(person, monday):
    Post.objects.filter(code="desk-gap").update(email="")
    row = reported(person("partner_a"), monday, GAP_DESK)
    assert set(owed_for(row.reference)) == {"author"}


def test_a_suspended_holder_is_not_written_to(person, monday):
    holder = person("referent_a")
    holder.is_active = False
    holder.save(update_fields=["is_active"])
    row = reported(person("partner_a"), monday)
    assert owed_for(row.reference)["post"].recipient == "accueil-gap@psq.example"


def test_a_holder_gone_yesterday_is_not_written_to(person, monday):
    held = Holding.objects.get(post__code="gap-hyper-centre")
    held.validity = type(held.validity)(held.validity.lower, monday - timedelta(days=1), "[)")
    held.save()
    row = reported(person("partner_a"), monday)
    assert owed_for(row.reference)["post"].recipient == "accueil-gap@psq.example"


def bailleurs() -> list[User]:
    """The people of the landlord who may act: one of them is suspended."""
    mandates = Mandate.objects.filter(partner__code="bailleur", role="partner")
    return list(User.objects.filter(mandates__in=mandates, is_active=True).order_by("pk"))


def test_what_a_referent_enters_for_an_organisation_is_told_to_that_organisation(person, monday):
    """Its people learn who takes it and by when; the référent, who holds the post, is told nothing."""
    speak(person("partner_a"), "en")
    row = reported(person("referent_a"), monday, partner="bailleur", description=SECRET)
    assert row.post.code == "gap-hyper-centre"
    owed = list(Message.objects.filter(dedupe_key__contains=row.reference))
    assert [each.recipient for each in owed] == [each.email for each in bailleurs()] != []
    assert {each.subject for each in owed} == {f"Your concern {row.reference} has been received"}
    assert all(each.body.count("Gap city-centre référent") == 1 and SECRET not in each.body for each in owed)
    assert person("referent_a").email not in {each.recipient for each in Message.objects.all()}


@pytest.mark.parametrize("who", ["referent_b", "mayor_gap"])
def test_entered_for_an_organisation_in_another_sector_its_referent_is_told_too(person, monday, who):
    row = reported(person(who), monday, partner="bailleur")
    owed = {each.recipient for each in Message.objects.filter(dedupe_key__contains=row.reference)}
    assert owed == {person("referent_a").email, *(each.email for each in bailleurs())}


def test_an_organisation_without_anybody_is_told_nothing_and_nobody_in_its_place(person, monday):
    for each in bailleurs():
        each.is_active = False
        each.save(update_fields=["is_active"])
    reported(person("referent_a"), monday, partner="bailleur")
    assert not Message.objects.exists()


def test_a_referent_is_told_nothing_of_their_own_entry(person, monday):
    reported(person("referent_a"), monday)
    assert not Message.objects.exists()
    row = reported(person("referent_b"), monday)
    assert {name: each.recipient for name, each in owed_for(row.reference).items()} == {
        "post": person("referent_a").email, "author": person("referent_b").email,
    }  # fmt: skip


def test_a_pin_that_a_referent_moves_to_themselves_is_not_told_them(person, monday):
    row = reported(person("partner_a"), monday)
    Message.objects.all().delete()
    director = person("director")
    Holding.objects.create(
        post=Post.objects.get(code="gap-economique"), user=director, stand_in=True,
        validity=(monday - timedelta(days=1), monday + timedelta(days=9)),
    )  # fmt: skip
    scope = scope_of(director, monday)
    lon, lat = GAP_BUSINESS
    moved = changes.move(incident=row, author=director, scope=scope, lon=lon, lat=lat, reason="Mauvaise adresse")
    assert moved.post.code == "gap-economique"
    assert not Message.objects.exists()


def test_each_concern_owes_its_own(person):
    rows = [reported(person("partner_a"), timezone.now()) for _ in range(3)]
    assert Message.objects.count() == 6
    assert all(set(owed_for(row.reference)) == {"post", "author"} for row in rows)


@pytest.mark.parametrize(("who", "told"), [("referent_a", "people"), ("mayor_gap", "people"), ("partner_a", "author")])
def test_the_people_of_the_organisation_reported_for_are_told_and_of_ones_own_who_reported(
    client_of, person, who, told
):
    reference = properties_of(send(client_of(who), feature(partner="bailleur")))["reference"]
    owed = Message.objects.filter(dedupe_key__startswith=f"report:{reference}:").exclude(dedupe_key__endswith=":post")
    readers = User.objects.filter(mandates__partner__code="bailleur", is_active=True)
    expected = {"people": {each.email for each in readers}, "author": {person(who).email}}[told]
    assert {each.recipient for each in owed} == expected
    assert expected
