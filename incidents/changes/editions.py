"""A draft of the map is previewed, approved for a day to come, and comes into force: open concerns follow the map then.

Between the approval and that day concerns come and go, so what changes hands is found anew when the edition begins. No
clock is reset; a concern that was to be kept where it is stays there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from incidents.changes.decided import decide
from incidents.changes.recorded import await_taker, close_offer, group_of, locked, record
from incidents.deadlines import triage_due
from incidents.letters_together import letter_of
from incidents.models import Incident
from incidents.models.history import Trigger
from incidents.models.incident import IncidentQuerySet
from incidents.notices_of_boundaries import owe_boundary_notices
from incidents.policies import policy_in
from incidents.previews import Preview, preview_of
from incidents.workflow import HANDING, OPEN, after_rerouting
from messaging.changes import tell_together
from ogcapi.geojson import FieldError, Refused
from sectors import atlas
from sectors.changes.dating import as_if_dated, give_dates
from sectors.changes.drafts import at_number
from sectors.changes.drawing import held
from sectors.models import Edition
from sectors.moments import paris_midnight
from sectors.scope import scope_of


@transaction.atomic
def preview(*, by: User, edition: int, seen: int, start_on: date, at: datetime) -> Preview:
    """What would come of this draft from this day on; it is previewed as it stands at this number.

    Raises as `drafts.undo` does and Refused: 409 `not_checked`, `too_early`; 422 `in_the_past`.
    """
    draft, found = _previewed(by, edition, seen, start_on, at)
    draft.previewed_number = seen
    draft.save(update_fields=["previewed_number", "updated_at"])
    _log(by, "edition.preview", draft)
    return found


@transaction.atomic
def preview_again(*, by: User, edition: int, seen: int, start_on: date, at: datetime) -> Preview:
    """The same, of a draft that was previewed: nothing is stored. Raises as `preview` and `approve` do."""
    return _previewed(by, edition, seen, start_on, at, again=True)[1]


@transaction.atomic
def keep_with_post(
    *, by: User, edition: int, seen: int, kept: Collection[str], left: Collection[str], at: datetime
) -> Edition:
    """The draft, with which of its open concerns stay with the post that has them: those `kept`, no more those `left`.

    Raises as `approve` does.
    """
    draft = at_number(held(by=by, edition=edition, at=at), seen)
    _check_kept(draft, kept, by, at)
    draft.kept = sorted(set(draft.kept) - set(left) | set(kept))
    draft.save(update_fields=["kept", "updated_at"])
    return draft


@transaction.atomic
def approve(
    *, by: User, edition: int, seen: int, start_on: date, at: datetime, kept: Collection[str] | None = None
) -> Edition:
    """The edition, in force from this day on, with its sectors sealed; the one before it ends there.

    kept: references of concerns that stay with the post that has them; None: those of `keep_with_post` that are still
    open. Raises as `preview` does and Refused: 409 `not_previewed`, 422 `unknown_concern`.
    """
    draft = at_number(held(by=by, edition=edition, at=at), seen)
    _check_previewed(draft)
    if kept is None:
        kept = _open(draft).filter(reference__in=draft.kept).values_list("reference", flat=True)
    else:
        _check_kept(draft, kept, by, at)
    give_dates(draft, start=paris_midnight(start_on), at=at)
    draft.approved_at, draft.approved_by, draft.kept = at, by, sorted(kept)
    draft.save(update_fields=["approved_at", "approved_by", "kept", "updated_at"])
    _log(by, "edition.approve", draft)
    return draft


def _previewed(
    by: User, edition: int, seen: int, start_on: date, at: datetime, *, again: bool = False
) -> tuple[Edition, Preview]:
    draft = at_number(held(by=by, edition=edition, at=at), seen)
    if draft.checked_number != draft.number:
        raise Refused([FieldError("", "not_checked", _("Check the draft as it stands first."))], status=409)
    if again:
        _check_previewed(draft)
    start = paris_midnight(start_on)
    # Within, the image of the map in memory would be read of the draft, and shown to whoever asks this process.
    directory = atlas.current().directory
    with as_if_dated(draft, start=start, at=at):
        return draft, preview_of(draft, start=start, at=at, directory=directory)


def _check_previewed(draft: Edition) -> None:
    """Nothing, or Refused (409) `not_previewed`."""
    if draft.previewed_number != draft.number:
        raise Refused([FieldError("", "not_previewed", _("Preview the draft as it stands first."))], status=409)


def _check_kept(draft: Edition, kept: Collection[str], by: User, at: datetime) -> None:
    """Nothing, or Refused (422) `unknown_concern`: one of these is no open concern here that this person sees."""
    known = _open(draft).visible_to(scope_of(by, at)).filter(reference__in=kept)
    if missing := set(kept) - set(known.values_list("reference", flat=True)):
        message = format_lazy(_("These are no open concerns of the territory: {references}."),
                              references=", ".join(sorted(missing)[:20]))  # fmt: skip
        raise Refused([FieldError("keep", "unknown_concern", message)], status=422)


def _open(draft: Edition) -> IncidentQuerySet:
    return Incident.objects.filter(territory=draft.territory_id, status__in=sorted(OPEN))


def apply_editions(*, at: datetime) -> int:
    """How many concerns changed hands because an edition that was approved has begun: each edition once, as a whole.

    Both posts and the reporters are told, each reader by one letter of all.
    """
    due = Edition.objects.filter(approved_at__isnull=False, applied_at__isnull=True, validity__startswith__lte=at)
    count = sum(_applied(key, at) for key in due.order_by("validity").values_list("pk", flat=True))
    if count:
        tell_together(letter=letter_of, at=at)
    return count


@transaction.atomic
def _applied(key: int, at: datetime) -> int:
    waiting = Edition.objects.select_for_update(of=("self",), skip_locked=True).filter(applied_at__isnull=True)
    edition = waiting.select_related("territory", "approved_by").filter(pk=key).first()
    if edition is None:
        # Another worker is at it, or was.
        return 0
    found = preview_of(edition, start=edition.validity.lower, at=at, directory=atlas.current().directory)
    kept = set(edition.kept)
    count = 0
    for each in found.concerns:
        if each.reference not in kept:
            count += follow_map(each.key, author=edition.approved_by, comment=edition.code, at=at)
    edition.applied_at = at
    edition.save(update_fields=["applied_at", "updated_at"])
    _log(edition.approved_by, "edition.apply", edition)
    return count


def follow_map(key: int, *, author: User | None, comment: str, at: datetime) -> int:
    """How many concerns changed hands, as the map stands now: this one, and those that are dealt with in it."""
    first = locked(Incident(pk=key))
    if first.status not in OPEN or first.merged_into_id is not None:
        return 0
    assert author is not None  # noqa: S101 - the database holds it of what is approved
    count = 0
    for held_one in (first, *group_of(first)):
        close_offer(held_one, at=at)
        decided = decide(
            held_one.location.x, held_one.location.y, at,
            accuracy_m=held_one.accuracy_m, category=held_one.category.code, home=held_one.territory_id,
        )  # fmt: skip
        before = held_one.post
        decided.laid_on(held_one)
        held_one.territory_id = decided.decision.territory
        # What is dealt with in another goes where that goes, whatever its own place.
        held_one.post_id, held_one.unit_id = first.post_id, first.unit_id
        if held_one.post_id == before.pk:
            continue
        count += 1
        if held_one.status in OPEN:
            to = after_rerouting(held_one.status)
            if held_one.status != to:
                record(held_one, to=to, role=HANDING, author=author, at=at, reason="")
            await_taker(held_one, at)
        if not decided.is_triaged:
            held_one.triage_due_at = None
        elif held_one.triage_due_at is None:
            held_one.triage_due_at = triage_due(at, policy_in(held_one.territory_id)).at
        held_one.updated_at = at
        held_one.save(
            update_fields=[
                "outcome", "sector", "post", "unit", "commune", "co_readers", "co_reader_posts", "border", "reason",
                "territory", "triage_due_at", "taken_due_at", "updated_at",
            ]
        )  # fmt: skip
        routing = decided.routing(held_one, trigger=Trigger.BOUNDARY, author=author, comment=comment)
        routing.save(force_insert=True)
        owe_boundary_notices(held_one, before, routing, at)
    return count


def _log(by: User | None, operation: str, edition: Edition) -> None:
    log_access(user=by, operation=operation, reference=f"edition:{edition.code}", territory=edition.territory.code)
