"""How a change of status is written: the concern, its history, its clock, and the offer that it ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from incidents.deadlines import overdue, paris_date, put_off, taken_due, triage_due
from incidents.models import Incident, StatusChange, Suspension, Transfer, TransferState
from incidents.policies import policy_in
from incidents.workflow import OPEN, SETTLED, UNTAKEN, Status, listed, suspension_ends_on
from ogcapi.geojson import FieldError, Refused

if TYPE_CHECKING:
    from accounts.models import User

# What a move may change of a concern, its clocks first.
_MOVED: Final = (
    "due_on", "due_at", "taken_due_at", "triage_due_at", "rests_until",
    "status", "updated_at", "co_reader_posts", "replied_at",
)  # fmt: skip


def locked(incident: Incident) -> Incident:
    """The concern as it stands now, held until the transaction ends.

    The one that it is dealt with in is held before it: everybody takes the two in this order.
    """
    if incident.merged_into_id is not None:
        _held(incident.merged_into_id)
    return _held(incident.pk)


def group_of(kept: Incident) -> list[Incident]:
    """The concerns dealt with in this locked one, held too, by their keys; one query."""
    found = Incident.objects.select_for_update(of=("self",)).select_related("category", "sector")
    return list(found.defer("sector__area", "sector__area_m").filter(merged_into=kept).order_by("pk"))


def _held(key: int) -> Incident:
    found: Incident = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("category", "sector")
        .defer("sector__area", "sector__area_m")
        .get(pk=key)
    )
    return found


def record(
    incident: Incident,
    *,
    to: str,
    role: str,
    author: User | None,
    at: datetime,
    reason: str = "",
    answer: str = "",
    until: date | None = None,
) -> StatusChange:
    """The row of history of a move of a locked concern; its clock stops or starts with it.

    role: for which the table has the move (`workflow.MOVES`), whatever brought it about; MoveRefused where it has none.
    until: the last day of a suspension, if it is to be shorter than the longest; Refused (422) `until_out_of_range`.
    """
    move = listed(incident.status, to, role=role)
    change = StatusChange(
        incident=incident,
        at=at,
        status_from=incident.status,
        status_to=to,
        author=author,
        reason=reason,
        answer=answer,
        is_public=move.public,
    )
    change.save(force_insert=True)
    if incident.status == Status.SUSPENDUE:
        _start_clock(incident, at)
    elif to == Status.SUSPENDUE:
        _stop_clock(incident, at, reason, until)
    if to in SETTLED:
        close_offer(incident, at=at)
    if to in UNTAKEN and incident.status not in UNTAKEN:
        await_taker(incident, at)
        if incident.triage_due_at is not None:
            # Nobody's sector took it: what counts is by when it must be handed on, once more.
            incident.triage_due_at = triage_due(at, policy_in(incident.territory_id)).at
    if incident.status in SETTLED and to in OPEN:
        # Whatever it is now: separated from one that is settled, somebody may have it in charge again at once.
        incident.rests_until = taken_due(at, policy_in(incident.territory_id)).on
    incident.status, incident.updated_at = to, at
    incident.save(update_fields=_MOVED)
    return change


def await_taker(incident: Incident, at: datetime) -> None:
    """The concern waits from now on for somebody to take it in charge; changed and not saved."""
    incident.taken_due_at = taken_due(at, policy_in(incident.territory_id)).at


def suspended_days(suspensions: Iterable[Suspension]) -> int:
    """For how many days, in Paris, the clock stood still; one that has not ended counts to its last day."""
    return sum((_end(each) - paris_date(each.since)).days for each in suspensions)


def closed_on(incident: Incident) -> date:
    """The Paris day on which the concern took its present status."""
    changes = incident.status_changes.filter(status_to=incident.status)
    at = changes.order_by("-at", "-pk").values_list("at", flat=True).first()
    return paris_date(at or incident.updated_at)


def close_offer(
    incident: Incident,
    *,
    at: datetime,
    state: TransferState = TransferState.LAPSED,
    by: User | None = None,
    answer: str = "",
    out_of_sector: bool = False,
) -> Transfer | None:
    """The offer of a locked concern that nobody had answered, ended; its receiver reads the concern no more for it.

    The concern is changed and not saved. One query where there is no offer.
    """
    offer = Transfer.objects.waiting().filter(incident=incident).first()
    if offer is None:
        return None
    offer.state, offer.answered_at, offer.answered_by = state, at, by
    offer.answer, offer.out_of_sector = answer, out_of_sector
    offer.save(update_fields=["state", "answered_at", "answered_by", "answer", "out_of_sector"])
    if offer.opened_to_receiver:
        incident.co_reader_posts = [post for post in incident.co_reader_posts if post != offer.to_post_id]
    return offer


def _end(suspension: Suspension) -> date:
    # A worker that was late to end it does not make it longer.
    return min(paris_date(suspension.ended_at), suspension.until) if suspension.ended_at else suspension.until


def _stop_clock(incident: Incident, at: datetime, reason: str, until: date | None) -> None:
    today = paris_date(at)
    before = list(incident.suspensions.all())
    last = suspension_ends_on(today, suspended_days(before))
    if until is not None and not today < until <= last:
        message = _("Give a day after today, by %(last)s at the latest.") % {"last": last.isoformat()}
        raise Refused([FieldError("until", "until_out_of_range", message)], status=422)
    stopped = Suspension(
        incident=incident,
        reason=reason,
        since=at,
        until=until or last,
        resumes_as=incident.status,
        due_on_before=incident.due_on,
        moves_due=not overdue(at, incident.due_at),
    )
    stopped.save(force_insert=True)
    _date(incident, [*before, stopped])


def _start_clock(incident: Incident, at: datetime) -> None:
    suspensions = list(incident.suspensions.all())
    for each in suspensions:
        if each.ended_at is None:
            each.ended_at = at
            each.save(update_fields=["ended_at"])
            if incident.rests_until is not None and paris_date(each.since) <= incident.rests_until:
                zone = policy_in(incident.territory_id).holiday_zone
                incident.rests_until = put_off(incident.rests_until, suspended_days([each]), zone).on
    _date(incident, suspensions)


def _date(incident: Incident, suspensions: list[Suspension]) -> None:
    """Puts the first due day off by all the days that the clock stood still, so that days off are not taken twice."""
    counted = [each for each in suspensions if each.moves_due]
    if not counted:
        return
    zone = policy_in(incident.territory_id).holiday_zone
    due = put_off(counted[0].due_on_before, suspended_days(counted), zone)
    incident.due_on, incident.due_at = due.on, due.at
