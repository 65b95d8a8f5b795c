"""Who would take which points under a draft: it comes into force in a transaction that is undone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from sectors import atlas
from sectors.bulk import Answers, settle
from sectors.bulk.places import Floats
from sectors.models import Edition, EditionState


def what_if(draft: Edition, lon: Floats, lat: Floats, *, at: datetime) -> tuple[Answers, Answers]:
    """The answers for these points (EPSG:4326) at this moment, as they are and as they would be under the draft.

    Both are given by what answers every report: nothing of the rules is said here a second time. Nothing is written.
    For a process of its own: meanwhile the map in the memory of this one may be that of the draft. Raises ValueError
    where the edition has dates already, or was given up: of its own moment the map itself can be asked.
    """
    if draft.state in {EditionState.DATED, EditionState.ABANDONED}:
        raise ValueError("the edition has dates")
    try:
        with transaction.atomic():
            today = settle(atlas.read(at), lon, lat)
            with transaction.atomic():
                others = Edition.objects.filter(territory=draft.territory_id, validity__isnull=False)
                for before in others.filter(validity__contains=at):
                    others.filter(pk=before.pk).update(validity=DateTimeTZRange(before.validity.lower, at, "[)"))
                later = others.filter(validity__startswith__gt=at).order_by("validity").first()
                until = later.validity.lower if later else None
                Edition.objects.filter(pk=draft.pk).update(validity=DateTimeTZRange(at, until, "[)"))
                under = settle(atlas.read(at), lon, lat)
                transaction.set_rollback(True)
    finally:
        # What was read of the draft is no map of anybody.
        atlas.forget()
    return today, under
