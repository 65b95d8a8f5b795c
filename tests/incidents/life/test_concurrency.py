"""Two people at once: one wins, the other is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.models import Incident, StatusChange, Transfer
from messaging.models import Message
from ogcapi.geojson import Refused
from sectors.scope import scope_of
from tests.conftest import CAST
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db(transaction=True)


def by(name: str) -> dict[str, Any]:
    author = User.objects.get(email=f"{CAST[name]}@psq.example")
    return {"author": author, "scope": scope_of(author, timezone.now())}


def at_once(*calls: Callable[[], object]) -> list[str]:
    """What each call came to, "" or the code of its refusal: all started at the same moment."""
    gate = threading.Barrier(len(calls))
    came: list[str] = []

    def run(call: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            call()
            came.append("")
        except Refused as refused:
            came.append(f"{refused.status} {refused.code}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(came)


def test_two_at_the_same_move(loaded):
    row = reported(by("partner_a")["author"], timezone.now())
    owed = Message.objects.count()
    referent, director = by("referent_a"), by("director")
    came = at_once(*(lambda who=who: changes.take(incident=row, **who) for who in (referent, director, referent)))
    assert came == ["", "409 status_unchanged", "409 status_unchanged"]
    assert Incident.objects.get().status == "prise_en_charge"
    assert StatusChange.objects.count() == 3
    assert Message.objects.count() == owed + 1

    changes.change_status(incident=row, to="suspendue", reason="travaux_en_cours", **referent)
    later = timezone.now() + timedelta(days=40)
    assert at_once(*(lambda: changes.end_suspensions(at=later) for _ in range(3))) == ["", "", ""]
    assert StatusChange.objects.filter(status_from="suspendue").count() == 1


def test_two_at_the_same_offer(loaded):
    row = reported(by("partner_a")["author"], timezone.now())
    holder, director = by("referent_a"), by("director")
    came = at_once(
        lambda: changes.offer(incident=row, to_post="gap-economique", reason="Zone", **holder),
        lambda: changes.offer(incident=row, to_post="gap-habitat-dense", reason="Habitat", **director),
    )
    assert came == ["", "409 already_offered"]
    offered = Transfer.objects.get()

    came = at_once(
        lambda: changes.accept(incident=row, **director),
        lambda: changes.refuse(incident=row, reason="Hors secteur", out_of_sector=True, **director),
        lambda: changes.withdraw(incident=row, **director),
    )
    assert came == ["", "409 nothing_offered", "409 nothing_offered"]
    offered.refresh_from_db()
    assert (Incident.objects.get().post_id == offered.to_post_id) is (offered.state == "accepted")
