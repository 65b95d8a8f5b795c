"""The map and its posts, changed by two people at the same moment: one wins, the other is told so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.changes import successions
from incidents.models import Succession
from sectors.changes import drafts, passing
from sectors.models import Commune, CompetenceChange, Edition, Post
from tests.conftest import CAST
from tests.incidents.life.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def director(loaded: None) -> User:
    return User.objects.get(email=f"{CAST['director']}@psq.example")


def test_two_drafts_approved_for_the_same_day(director):
    now, day = timezone.now(), timezone.localdate() + timedelta(days=5)
    model = Edition.objects.get(territory__code="05")
    made = [drafts.begin(by=director, territory=model.territory_id, at=now, model=model.pk) for _ in range(2)]
    facts = [{"by": director, "edition": draft.pk, "seen": 0, "at": now} for draft in made]
    for each in facts:
        drafts.mark_checked(**each)
        changes.preview(**each, start_on=day)
    came = at_once(*(lambda each=each: changes.approve(**each, start_on=day) for each in facts))
    assert came == ["", "409 too_early"]
    assert Edition.objects.filter(approved_at__isnull=False).count() == 1


def test_drafts_begun_at_once_are_called_apart(director):
    model = Edition.objects.get(territory__code="05")
    facts = {"by": director, "territory": model.territory_id, "at": timezone.now()}
    assert at_once(*(lambda: drafts.begin(**facts) for _ in range(4))) == [""] * 4
    assert Edition.objects.drafts().values("code").distinct().count() == 4


def test_a_plan_taken_back_twice(director):
    now, day = timezone.now(), timezone.localdate() + timedelta(days=5)
    commune, post = Commune.objects.get(code="05023"), Post.objects.get(code="gendarmerie-05")
    made = passing.plan(by=director, commune=commune, post=post, start_on=day, at=now)
    came = at_once(*(lambda: passing.withdraw(by=director, change=made.pk, at=now) for _ in range(3)))
    assert came == ["", "409 withdrawn", "409 withdrawn"]
    assert CompetenceChange.objects.get().withdrawn_at == now


def test_a_note_sent_twice_is_one(director):
    holder, now = User.objects.get(email=f"{CAST['referent_a']}@psq.example"), timezone.now()
    post = Post.objects.get(code="gap-hyper-centre")
    facts: dict[str, Any] = {"by": holder, "post": post, "note": "Voir le bailleur.", "at": now}
    assert at_once(*(lambda: successions.write_note(**facts) for _ in range(4))) == [""] * 4
    assert Succession.objects.get().note == "Voir le bailleur."
