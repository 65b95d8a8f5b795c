"""Whatever brings a move about, it is one of the table: nothing else is ever written down."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from incidents import changes
from incidents.changes.recorded import locked, record
from incidents.models import Incident, StatusChange
from incidents.workflow import MOVES, TOGETHER, MoveRefused, Status
from tests.incidents.life.living import WAYS, brought, moved
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
CLOSE_BY = (6.0789, 44.5595)


@pytest.mark.parametrize(("source", "role"), list(product(WAYS, ("together", "handing", "system", "referent"))))
def test_what_is_not_in_the_table_is_not_recorded(person, row, monday, source, role):
    held = locked(brought(row, person("referent_a"), source))
    before = StatusChange.objects.count()
    for to in Status:
        move = MOVES.get((Status(source), to))
        if move is None or (role not in move.roles and role != TOGETHER):
            with pytest.raises(MoveRefused):
                record(held, to=to, role=role, author=None, at=monday)
    assert StatusChange.objects.count() == before
    assert Incident.objects.get().status == held.status == source


@pytest.mark.parametrize(
    ("kept", "merged"), list(product(("signalee", "qualifiee", "prise_en_charge", "rouverte"), repeat=2))
)
def test_any_two_open_ones_are_merged_and_separated_by_moves_of_the_table(person, row, by, monday, kept, merged):
    other = reported(person("partner_a"), monday, CLOSE_BY)
    brought(row, person("referent_a"), kept, monday)
    brought(other, person("referent_a"), merged, monday)
    changes.merge(kept=row, merged=other, **by("referent_a"))
    assert Incident.objects.get(pk=other.pk).status == kept
    changes.unmerge(incident=other, **by("referent_a"))
    assert Incident.objects.get(pk=other.pk).status == merged
    pairs = StatusChange.objects.exclude(status_from="").values_list("status_from", "status_to", "is_public")
    assert all(MOVES[Status(a), Status(b)].public is public for a, b, public in pairs)


@pytest.mark.parametrize("settled", ["repondue", "close", "non_retenue"])
def test_one_settled_with_the_other_is_open_again_on_its_own(person, row, by, monday, settled):
    other = reported(person("partner_a"), monday, CLOSE_BY)
    brought(other, person("referent_a"), "prise_en_charge", monday)
    changes.merge(kept=row, merged=other, **by("referent_a"))
    brought(Incident.objects.get(pk=row.pk), person("referent_a"), settled)
    assert Incident.objects.get(pk=other.pk).status == settled
    changes.unmerge(incident=other, **by("referent_a"))
    assert Incident.objects.get(pk=other.pk).status == "prise_en_charge"


def test_what_stood_still_less_long_follows_all_the_same(person, row, by, monday):
    """Of the one merged, twenty-nine days of standing still are used up: its own suspension ends on the next day."""
    other = reported(person("partner_a"), monday, CLOSE_BY)
    referent = person("referent_a")
    brought(other, referent, "prise_en_charge", monday)
    brought(row, referent, "prise_en_charge", monday)
    moved(other, referent, "suspendue", monday, until=date(2026, 12, 22))
    changes.end_suspensions(at=monday.replace(month=12, day=22))
    later = monday.replace(month=12, day=22)
    scope: dict[str, Any] = by("referent_a")
    Incident.objects.filter(pk=row.pk).update(due_on=date(2026, 12, 11))
    changes.merge(kept=row, merged=other, at=later, **scope)
    moved(Incident.objects.get(pk=row.pk), referent, "suspendue", later)
    assert changes.end_suspensions(at=later.replace(day=23)) == 1
    assert Incident.objects.get(pk=other.pk).status == "prise_en_charge"
    # The desk goes on with the other one as qualified, and this one is so too.
    moved(Incident.objects.get(pk=row.pk), referent, "qualifiee", later.replace(day=24))
    assert set(Incident.objects.values_list("status", flat=True)) == {"qualifiee"}
