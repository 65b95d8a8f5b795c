"""An edition gets its dates: from a day to come, where the one in force before ends. Its sectors are sealed then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ogcapi.geojson import FieldError, Refused
from sectors.changes.competence import since
from sectors.models import Competence, Edition, Territory


def give_dates(draft: Edition, *, start: datetime, at: datetime) -> None:
    """The locked draft is in force from `start` on; the edition before it ends there. To be called in a transaction.

    Raises Refused: 422 `in_the_past`, 409 `too_early` where another edition begins then or later, 409 `passed_on` where
    another force than that of its post answers then in the commune of a sector.
    """
    if start <= at:
        message = _("An edition begins tomorrow at the earliest.")
        raise Refused([FieldError("start_on", "in_the_past", message)], status=422)
    # Two drafts that are approved at once: the second sees the first among the others.
    Territory.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.territory_id)
    others = list(
        Edition.objects.select_for_update(of=("self",))
        .filter(territory=draft.territory_id, validity__isnull=False)
        .exclude(pk=draft.pk)
        .order_by("pk")
    )
    if any(other.validity.lower >= start for other in others):
        message = _("Another edition begins on this day or later.")
        raise Refused([FieldError("start_on", "too_early", message)], status=409)
    _check_competence(draft, start)
    for other in others:
        if other.validity.upper is None or other.validity.upper > start:
            other.validity = DateTimeTZRange(other.validity.lower, start, "[)")
            other.save(update_fields=["validity", "updated_at"])
    draft.validity = since(start)
    draft.save(update_fields=["validity", "updated_at"])


def _check_competence(draft: Edition, start: datetime) -> None:
    """Nothing, or Refused (409) `passed_on`: of a commune that another force has then, a sector would take it back."""
    held = Competence.objects.in_force(start).filter(commune__sectors__edition=draft)
    forces = dict(held.values_list("commune", "force"))
    drawn = draft.sectors.filter(commune__in=forces).values_list("commune", "commune__name", "post__unit__force")
    if found := sorted({name for commune, name, force in drawn if force != forces[commune]}):
        message = format_lazy(
            _("Another force answers then in {communes}: take the sectors of this commune out of the draft."),
            communes=", ".join(found),
        )
        raise Refused([FieldError("start_on", "passed_on", message)], status=409)


@contextmanager
def as_if_dated(draft: Edition, *, start: datetime, at: datetime) -> Iterator[None]:
    """Within it, the database answers as if the draft had these dates; after it, nothing has changed."""
    with transaction.atomic():
        before = transaction.savepoint()
        try:
            give_dates(draft, start=start, at=at)
            yield
        finally:
            transaction.savepoint_rollback(before)
            draft.refresh_from_db(fields=["validity", "updated_at"])
