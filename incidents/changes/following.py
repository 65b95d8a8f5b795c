"""What a change brings with it: the words to its reporters, and the concerns that are dealt with in this one."""

from __future__ import annotations

from datetime import date, datetime

from incidents.changes.recorded import group_of, locked, record, suspended_days
from incidents.deadlines import paris_date
from incidents.models import Incident, Satisfaction, Stage, StatusChange
from incidents.notices import owe_status_notices
from incidents.workflow import TOGETHER, Status, suspension_ends_on


def tell(incident: Incident, change: StatusChange, at: datetime) -> None:
    """Owes the notices of a move just recorded; of a closing with the question whether it is settled."""
    if change.status_to == Status.CLOSE:
        Satisfaction(incident=incident, closing=change, stage=Stage.CLOSING, asked_at=at).save(force_insert=True)
    owe_status_notices(incident, change, at)


def follow(kept: Incident, change: StatusChange, at: datetime) -> None:
    """The concerns dealt with in this one take the status that it has just taken, and their reporters are told.

    Each keeps its own clock: what stops the one stops the other, within what is left to it.
    """
    for each in group_of(kept):
        if each.status == change.status_to:
            continue
        if kept.replied_at is None:
            each.replied_at = None
        made = record(
            each,
            to=change.status_to,
            role=TOGETHER,
            author=change.author,
            at=at,
            reason=change.reason,
            answer=change.answer,
            until=_until(kept, each, at),
        )
        tell(each, made, at)


def _until(kept: Incident, each: Incident, at: datetime) -> date | None:
    """The last day of the suspension of the concern kept, if it is one and this other may wait for so long."""
    if kept.status != Status.SUSPENDUE:
        return None
    until = kept.suspensions.get(ended_at__isnull=True).until
    last = suspension_ends_on(paris_date(at), suspended_days(each.suspensions.all()))
    return until if until < last else None


def wait_for_desk(held: Incident, at: datetime) -> Incident:
    """The concern that the desk works on, this locked one or that which it is dealt with in; both wait for a word."""
    front = locked(Incident(pk=held.merged_into_id)) if held.merged_into_id is not None else held
    for each in {front.pk: front, held.pk: held}.values():
        each.replied_at = each.updated_at = at
        each.save(update_fields=["replied_at", "updated_at"])
    return front


def answered(held: Incident, at: datetime) -> None:
    """This locked concern waits for no word any more; nor does that which it is dealt with in, where no other does."""
    held.replied_at, held.updated_at = None, at
    held.save(update_fields=["replied_at", "updated_at"])
    if held.merged_into_id is not None:
        front = locked(Incident(pk=held.merged_into_id))
        if front.replied_at is not None and not front.group.filter(replied_at__isnull=False).exists():
            front.replied_at = None
            front.save(update_fields=["replied_at"])
