"""What a group's people are told of a problem leaves as they wish, rings their bell and leads to its page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging import changes as messaging
from messaging.changes import sort_due
from messaging.models import Message, MessageState, Notice
from messaging.wishes import digest_moment
from tests.partnership.groups import GROUP, given, landlord, retained

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(person: Any) -> Message:
    """The landlord's people are asked to do something; nobody else is written to."""
    now = timezone.now()
    problem = retained(person("referent_a"), now)
    Message.objects.all().delete()
    given(problem, person("referent_a"), now, owner=landlord(), due_on=timezone.localdate() + timedelta(days=9))
    return Message.objects.get(recipient=person("partner_a").email)


def test_the_bell_leads_to_the_problem_and_is_read_there(asked: Message, seen_by: Any, person: Any) -> None:
    assert sort_due() >= 1
    notice = Notice.objects.get(user=person("partner_a"))
    assert notice.page == "problem"
    partner = seen_by("partner_a")
    address = f"/problematiques/{notice.reference}/"
    assert f'href="{address}"' in partner.get("/notifications/").content.decode()
    assert f'href="{address}"' in partner.get("/accueil/").content.decode()
    partner.get(address)
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert partner.get(f"/groupes/{GROUP}/").status_code == 200


def test_who_wishes_a_digest_has_it_in_the_digest(asked: Message, person: Any) -> None:
    wishes = {"mail": "daily", "bell": True, "sms": False, "quiet_from": None, "quiet_until": None}
    messaging.choose(user=person("partner_a").pk, **wishes)  # type: ignore[arg-type]
    sort_due()
    asked.refresh_from_db()
    assert asked.state == MessageState.HELD
    tomorrow = digest_moment(timezone.now()) + timedelta(days=1, minutes=1)
    Message.objects.filter(pk=asked.pk).update(created_at=tomorrow - timedelta(hours=1))
    assert messaging.owe_digests(at=tomorrow) == 1
    digest = Message.objects.get(dedupe_key__startswith="digest:")
    assert asked.subject in digest.body
    assert "problématique" in digest.subject
