"""The charter of a group is written by its référent, kept by versions and never changed."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction

from accounts.models import AccessLog
from partnership import changes
from partnership.models import Charter
from sectors.scope import scope_of
from tests.partnership.groups import does, group, refused

pytestmark = pytest.mark.django_db


def test_every_version_is_kept_with_its_day(person, monday):
    who = person("referent_a")
    first = does(changes.write_charter, who, monday, group=group(), text=" Une réunion par mois. ")
    second = does(changes.write_charter, who, monday, group=group(), text="Deux réunions par mois.")
    assert [(each.version, each.text) for each in (first, second)] == [
        (1, "Une réunion par mois."),
        (2, "Deux réunions par mois."),
    ]
    assert refused(changes.write_charter, who, monday, group=group(), text="Deux réunions par mois.") == "409 unchanged"
    assert refused(changes.write_charter, who, monday, group=group(), text="...") == "422 required"
    assert refused(changes.write_charter, who, monday, group=group(), text="x" * 4001) == "422 too_long"
    assert refused(changes.write_charter, who, monday, group=group(), text="Voir AB-123-CD") == "422 personal_data"
    with pytest.raises(Error), transaction.atomic():
        Charter.objects.update(text="Autre")
    with pytest.raises(Error), transaction.atomic():
        Charter.objects.all().delete()
    assert AccessLog.objects.filter(operation="group.charter", reference=f"group:{group().code}").count() == 2


def test_the_referent_alone_writes_it_and_the_members_read_it(person, monday):
    for name in ("partner_a", "referent_b", "mayor_gap", "director", "administrator"):
        with pytest.raises(PermissionDenied):
            does(changes.write_charter, person(name), monday, group=group(), text="Une réunion par mois.")
    does(changes.write_charter, person("referent_a"), monday, group=group(), text="Une réunion par mois.")
    seen = {
        name: Charter.objects.visible_to(scope_of(person(name), monday)).count()
        for name in ("referent_a", "partner_a", "director", "referent_b", "partner_b", "mayor_gap", "administrator")
    }
    assert seen == {
        "referent_a": 1,
        "partner_a": 1,
        "director": 1,
        "referent_b": 0,
        "partner_b": 0,
        "mayor_gap": 0,
        "administrator": 0,
    }
