"""Meetings: planned with their agenda, changed, called off, held."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.references import new_reference
from incidents.workflow import MoveRefused
from partnership.changes.agenda import fill
from partnership.changes.meeting_held import log, run_by
from partnership.letters import owe_of_meeting
from partnership.life import MEETING, REFERENT, MeetingState, check
from partnership.models import Meeting
from partnership.models.problem import LONGEST_REASON
from partnership.refusals import no, of_step, worded
from sectors.models import Membership, Partner, PartnershipGroup

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

LONGEST_PLACE: Final = 200
LONGEST: Final = timedelta(hours=12)
# A meeting of 2062 is one of 2026.
_FURTHEST: Final = timedelta(days=731)
_DRAWS: Final = 3


@transaction.atomic
def plan(
    *,
    group: PartnershipGroup,
    author: User,
    scope: Scope,
    begins_at: datetime,
    ends_at: datetime,
    place: str,
    invited: Collection[Partner] = (),
    at: datetime | None = None,
) -> Meeting:
    """The planned meeting with its agenda: open problems, promises due, suggested problems.

    invited: the organisations that are written to; everybody without any. Raises PermissionDenied for who does not
    run the group; Refused (422): `in_past`, `too_far`, `hours`, `required`, `too_long`, `personal_data`,
    `unknown_partner`.
    """
    at = at or timezone.now()
    if group.post_id not in scope.posts:
        raise PermissionDenied
    _check_hours(begins_at, ends_at, at)
    meeting = Meeting(
        group=group,
        begins_at=begins_at,
        ends_at=ends_at,
        place=worded(place, at, longest=LONGEST_PLACE, field="place", line=True),
        called_by=author,
        called_at=at,
        updated_at=at,
    )
    for left in reversed(range(_DRAWS)):
        meeting.reference = new_reference()
        try:
            with transaction.atomic():
                meeting.save(force_insert=True)
        except IntegrityError as error:
            if left and "meeting_reference" in str(error):
                continue
            raise
        break
    _invite(meeting, invited)
    fill(meeting)
    owe_of_meeting("planned", meeting, author, at)
    log(meeting, author, "meeting.plan")
    return meeting


@transaction.atomic
def change_meeting(
    *,
    meeting: Meeting,
    author: User,
    scope: Scope,
    begins_at: datetime,
    ends_at: datetime,
    place: str,
    at: datetime | None = None,
) -> Meeting:
    """The planned meeting on another day or at another place; whoever was invited is told. Raises as `plan`, and
    Refused (409) `move_not_allowed` for one that is not planned any more."""
    at = at or timezone.now()
    held = run_by(meeting, scope)
    if held.state != MeetingState.PLANIFIEE:
        no(409, "status", "move_not_allowed", _("It was held or called off: plan another."))
    _check_hours(begins_at, ends_at, at)
    held.begins_at, held.ends_at = begins_at, ends_at
    held.place = worded(place, at, longest=LONGEST_PLACE, field="place", line=True)
    held.sequence, held.updated_at = held.sequence + 1, at
    held.save(update_fields=["begins_at", "ends_at", "place", "sequence", "updated_at"])
    owe_of_meeting("changed", held, author, at)
    log(held, author, "meeting.change")
    return held


@transaction.atomic
def call_off(*, meeting: Meeting, author: User, scope: Scope, reason: str, at: datetime | None = None) -> Meeting:
    """The meeting called off, and why; whoever was invited is told. Raises PermissionDenied; Refused as a step."""
    at = at or timezone.now()
    held = _step(meeting, scope, MeetingState.ANNULEE, worded(reason, at, longest=LONGEST_REASON, field="reason",
                                                              needed=False))  # fmt: skip
    held.sequence, held.updated_at = held.sequence + 1, at
    held.save(update_fields=["state", "reason", "sequence", "updated_at"])
    owe_of_meeting("called_off", held, author, at)
    log(held, author, "meeting.call_off")
    return held


@transaction.atomic
def hold(*, meeting: Meeting, author: User, scope: Scope, at: datetime | None = None) -> Meeting:
    """The meeting as held. Raises PermissionDenied; Refused: as a step, and 409 `not_begun` before its day."""
    at = at or timezone.now()
    held = _step(meeting, scope, MeetingState.TENUE, "")
    if timezone.localtime(at).date() < timezone.localtime(held.begins_at).date():
        no(409, "status", "not_begun", _("It is still to come."))
    held.updated_at = at
    held.save(update_fields=["state", "updated_at"])
    log(held, author, "meeting.hold")
    return held


def _step(meeting: Meeting, scope: Scope, to: MeetingState, reason: str) -> Meeting:
    held = run_by(meeting, scope)
    try:
        check(MEETING, held.state, to, role=REFERENT, reason=reason)
    except MoveRefused as refused:
        raise of_step(refused) from None
    held.state, held.reason = to, reason
    return held


def _invite(meeting: Meeting, invited: Collection[Partner]) -> None:
    members = set(Membership.objects.filter(group=meeting.group_id).values_list("partner_id", flat=True))
    if not members >= {each.pk for each in invited}:
        no(422, "invited", "unknown_partner", _("This organisation is not in the group."))
    # Whoever joins the group later is of everybody, too.
    meeting.invited.set(() if len(set(invited)) == len(members) else invited)


def _check_hours(begins_at: datetime, ends_at: datetime, at: datetime) -> None:
    if begins_at < at - timedelta(days=1):
        no(422, "begins_at", "in_past", _("Choose a day to come."))
    if begins_at > at + _FURTHEST:
        no(422, "begins_at", "too_far", _("Choose a day within two years."))
    if not timedelta(0) < ends_at - begins_at <= LONGEST:
        no(422, "ends_at", "hours", _("It ends after it begins, within twelve hours."))
