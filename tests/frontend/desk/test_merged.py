"""A concern dealt with in another, on the desk: only what the server allows is offered there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from frontend import acting
from incidents.workflow import Status
from tests.frontend.desk.test_concern import act, codes, open_page


@pytest.mark.parametrize("status", [Status.PRISE_EN_CHARGE, Status.REPONDUE, Status.SUSPENDUE])
def test_of_what_is_dealt_with_in_another_only_what_is_allowed_is_offered(seen_by, reported, status):
    now = timezone.now()
    first, later = reported(at=now - timedelta(days=5)), reported(at=now - timedelta(days=1))
    client = seen_by("referent_a")
    act(client, later, "regrouper", other=first.reference)
    act(client, first, "prendre")
    said = {"answer": "Une ronde passe chaque soir.", "reason": "travaux_en_cours", "until": ""}
    if status != Status.PRISE_EN_CHARGE:
        act(client, first, "repondre" if status == Status.REPONDUE else "suspendre", **said)
    later.refresh_from_db()
    assert later.status == status, "it follows"
    page = open_page(client, later)
    assert set(codes(page)) <= acting.OF_MERGED
    assert {"noter", "separer"} <= set(codes(page))
    assert f'href="/preoccupations/{first.reference}/"' in page.content.decode()
    act(client, later, "clore")
    later.refresh_from_db()
    assert later.status == status
