"""The messages a change owes: finished, in the reader's language, and without the concern's own words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from messaging.models import Message
from sectors.models import Holding, Post
from tests.incidents.sending import GAP_DESK, PARIS, VALLEY, reported

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
    assert owed_for(row.reference)["post"].recipient == "referent-gap-hyper-centre@psq.example"


def test_a_holder_gone_yesterday_is_not_written_to(person, monday):
    held = Holding.objects.get(post__code="gap-hyper-centre")
    held.validity = type(held.validity)(held.validity.lower, monday - timedelta(days=1), "[)")
    held.save()
    row = reported(person("partner_a"), monday)
    assert owed_for(row.reference)["post"].recipient == "referent-gap-hyper-centre@psq.example"


def test_each_concern_owes_its_own(person):
    rows = [reported(person("partner_a"), timezone.now()) for _ in range(3)]
    assert Message.objects.count() == 6
    assert all(set(owed_for(row.reference)) == {"post", "author"} for row in rows)
