"""Several people at once on concerns that are dealt with together: nothing counts twice, nobody waits for ever."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from incidents import changes
from incidents.models import Incident, Merge, Remark, Support
from sectors.models import Partner
from tests.incidents.life.test_concurrency import at_once, by
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db(transaction=True)


def two() -> tuple[Incident, Incident]:
    """A concern and another of the same thing."""
    now = timezone.now()
    return reported(by("partner_a")["author"], now - timedelta(days=3)), reported(by("mayor_gap")["author"], now)


def test_one_organisation_says_so_once(loaded):
    row, _ = two()
    bus, mayor = Partner.objects.get(code="bus").pk, by("mayor_gap")
    came = at_once(*[partial(changes.support, incident=row, partner=bus, **mayor)] * 4)
    assert came == [""] * 4
    assert Support.objects.count() == 1
    assert Incident.objects.get(pk=row.pk).support_count == 1


def test_one_of_several_merges(loaded):
    row, other = two()
    referent, director = by("referent_a"), by("director")
    came = at_once(
        *(partial(changes.merge, kept=row, merged=other, **who) for who in (referent, director)),
        partial(changes.merge, kept=other, merged=row, **referent),
    )
    assert sorted(came)[0] == ""
    assert set(came[1:]) <= {"409 already_merged", "409 due_first"}
    assert Merge.objects.count() == 1


def test_all_that_can_happen_to_two_at_once(loaded):
    row, other = two()
    referent, mayor, partner = by("referent_a"), by("mayor_gap"), by("partner_a")
    bus = Partner.objects.get(code="bus").pk
    for _ in range(3):
        kept, gone = Incident.objects.get(pk=row.pk), Incident.objects.get(pk=other.pk)
        changes.merge(kept=kept, merged=gone, **referent)
        gone.refresh_from_db()
        came = at_once(
            partial(changes.change_status, incident=kept, to="qualifiee", **referent),
            partial(changes.remark, incident=gone, text="Encore", **mayor),
            partial(changes.unmerge, incident=gone, **referent),
            partial(changes.support, incident=gone, partner=bus, **mayor),
            partial(changes.remark, incident=kept, text="Encore", **partner),
        )
        assert set(came) <= {"", "409 status_unchanged"}
    assert not Incident.objects.filter(merged_into__isnull=False).exists()
    # Whatever came first: separated, it has the status that it had before.
    assert Incident.objects.get(pk=other.pk).status == "signalee"
    assert (Merge.objects.count(), Remark.objects.count()) == (3, 6)
