"""What may tell of the same thing, on the desk: one rule with the API."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from incidents.models import Incident
from incidents.nearby import reported_beside
from sectors import atlas
from sectors.models import Territory
from sectors.scope import scope_of
from tests.factories import land
from tests.frontend.desk.test_concern import open_page


def test_what_is_near_is_so_by_the_rule_of_its_own_territory(seen_by, reported, person):
    """On the desk as in the API: whoever looks, and wherever their own places are."""
    there = land("bzh").territory
    Territory.objects.filter(pk=there.pk).update(nearby_m=1.0, nearby_days=1)
    referent = person("referent_a")
    assert scope_of(referent, timezone.now()).home != there.pk
    first, second = reported(), reported()
    atlas.forget()
    Incident.objects.update(territory=there, reported_at=timezone.now() - timedelta(days=2))
    assert list(open_page(seen_by("referent_a"), first).context["near"]) == []
    Territory.objects.filter(pk=there.pk).update(nearby_days=3)
    atlas.forget()
    near = open_page(seen_by("referent_a"), first).context["near"]
    scope = scope_of(referent, timezone.now())
    told = reported_beside(Incident.objects.get(pk=first.pk), scope, timezone.now())
    assert [each["reference"] for each in near] == [each.reference for each in told] == [second.reference]
