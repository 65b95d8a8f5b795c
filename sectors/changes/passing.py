"""A commune passes to another service from a day on: its competence is dated, and its sectors end where they must."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from ogcapi.geojson import FieldError, Refused
from sectors.changes import drafts, drawing
from sectors.changes.competence import Held, hold
from sectors.changes.dating import give_dates
from sectors.changes.rows import Report
from sectors.models import Commune, Competence, CompetenceChange, Edition, Post, Territory
from sectors.models.territory import Force
from sectors.moments import paris_midnight
from sectors.scope import scope_of


@transaction.atomic
def plan(*, by: User, commune: Commune, post: Post, start_on: date, at: datetime) -> CompetenceChange:
    """The commune answered for by this post, and its unit and force, from this day on.

    Where it passes to the gendarmerie, an edition without its sectors begins on the same day. Raises Refused: 403
    `not_drawn` for who draws no map of the territory; 422 `in_the_past`, `same_post`; 409 `too_early` where a change or
    an edition is dated later.
    """
    territory = _drawn(by, commune, post, at)
    start = paris_midnight(start_on)
    if start <= at:
        raise _no(422, "start_on", "in_the_past", _("Choose tomorrow or a later day."))
    now = Competence.objects.in_force(start).filter(commune=commune).first()
    if now is not None and now.post_id == post.pk:
        raise _no(422, "post", "same_post", _("This post answers for the commune on that day already."))
    if Competence.objects.filter(commune=commune, validity__startswith__gte=start).exists():
        raise _no(409, "start_on", "too_early", _("Another change of this commune is dated then or later."))
    until = now.validity.upper if now is not None else None
    wanted = {commune.pk: Held(post.unit.force, post.unit_id, post.pk, f"{by.pk} {at:%Y-%m-%d}")}
    hold(wanted, {commune.pk: commune.code}, start=start, file="", report=Report())
    edition, edition_until = None, None
    if post.unit.force == Force.GENDARMERIE:
        edition, edition_until = _without_sectors(by, territory, commune, start, at)
    change = CompetenceChange.objects.create(
        commune=commune, post=post, start=start, until=until, edition=edition, edition_until=edition_until,
        planned_by=by, planned_at=at,
    )  # fmt: skip
    _log(by, "competence.plan", change)
    return change


@transaction.atomic
def withdraw(*, by: User, change: int, at: datetime) -> CompetenceChange:
    """The change that has not begun, taken back: what held before goes on, until what was planned after it begins.

    Raises CompetenceChange.DoesNotExist; Refused: 403 `not_drawn`, 409 `begun`, `withdrawn`.
    """
    rows = CompetenceChange.objects.select_for_update(of=("self",)).select_related("commune__territory", "post__unit")
    held: CompetenceChange = rows.get(pk=change)
    _drawn(by, held.commune, held.post, at)
    if held.start <= at:
        raise _no(409, "", "begun", _("It has begun: plan the way back for a day to come."))
    if held.withdrawn_at is not None:
        raise _no(409, "", "withdrawn", _("It was taken back already."))
    gone = Competence.objects.filter(commune=held.commune, validity__startswith=held.start)
    later = next((row.validity.upper for row in gone), None)
    gone.delete()
    for before in Competence.objects.filter(commune=held.commune, validity__endswith=held.start):
        before.validity = DateTimeTZRange(before.validity.lower, later or held.until)
        before.save(update_fields=["validity"])
    if held.edition is not None:
        made = held.edition
        until = made.validity.upper or held.edition_until
        made.validity, made.approved_at, made.approved_by, made.abandoned_at = None, None, None, at
        made.save(update_fields=["validity", "approved_at", "approved_by", "abandoned_at", "updated_at"])
        for one in Edition.objects.filter(territory=made.territory_id, validity__endswith=held.start):
            one.validity = DateTimeTZRange(one.validity.lower, until)
            one.save(update_fields=["validity", "updated_at"])
    held.withdrawn_at = at
    held.save(update_fields=["withdrawn_at"])
    _log(by, "competence.withdraw", held)
    return held


def _without_sectors(
    by: User, territory: Territory, commune: Commune, start: datetime, at: datetime
) -> tuple[Edition | None, datetime | None]:
    """The edition of that day without the sectors of the commune, and when the one before would have ended; None where
    the commune has no sector."""
    model = Edition.objects.in_force(start).filter(territory=territory).first()
    if model is None or not model.sectors.filter(commune=commune).exists():
        return None, None
    until = model.validity.upper
    made = drafts.begin(by=by, territory=territory.pk, at=at, note=f"{commune.name} : GN", model=model.pk)
    for key in made.sectors.filter(commune=commune).values_list("pk", flat=True):
        drawing.remove(by=by, sector=key, seen=None, at=at)
    made.refresh_from_db()
    give_dates(made, start=start, at=at)
    made.approved_at, made.approved_by = at, by
    made.save(update_fields=["approved_at", "approved_by", "updated_at"])
    return made, until


def _drawn(by: User, commune: Commune, post: Post, at: datetime) -> Territory:
    """The territory of both, its row locked. Raises Refused (403) where this person draws no map of it."""
    keys = {commune.territory_id, post.territory_id}
    # Reports of the territory are stored meanwhile.
    rows = Territory.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.filter(pk__in=scope_of(by, at).over("draw_edition"))
    found = rows.filter(pk__in=[key for key in keys if key is not None]).first()
    if found is None or len(keys) != 1:
        raise _no(403, "", "not_drawn", _("You do not draw the map of this territory."))
    return found


def _no(status: int, field: str, code: str, message: object) -> Refused:
    return Refused([FieldError(field, code, message)], status=status)  # type: ignore[arg-type]


def _log(by: User, operation: str, change: CompetenceChange) -> None:
    territory = change.commune.territory
    reference = f"commune:{change.commune.code}"
    log_access(user=by, operation=operation, reference=reference, territory=territory.code if territory else "")
