"""A remark: to the other side, or among the desk; what a reporter says puts the concern back on the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.changes.following import answered, follow, tell, wait_for_desk
from incidents.changes.given import log, no
from incidents.changes.photos import attach
from incidents.changes.recorded import closed_on, group_of, locked, record
from incidents.deadlines import paris_date
from incidents.models import Deed, Incident, Remark, Side
from incidents.models.remark import LONGEST_REMARK
from incidents.models.visibility import may_on
from incidents.notices_of_talk import owe_remark_notices
from incidents.photos import Picture
from incidents.refusals import OF_A_SERVICE, check_content, check_filled, check_length
from incidents.workflow import REOPENING_DAYS, SYSTEM, Status

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# What the reporter was asked is answered: the clock has nothing to wait for.
_ASKED: Final = "precision_attendue"
# Longer ago it is another year's, or a year that was mistyped.
_LONG_AGO: Final = timedelta(days=365)


@transaction.atomic
def remark(
    *,
    incident: Incident,
    author: User,
    scope: Scope,
    text: str,
    internal: bool = False,
    pictures: Sequence[Picture] = (),
    at: datetime | None = None,
) -> Remark:
    """The remark as it is kept, and the notice to the other side; an internal one is for the desk and tells nobody.

    A reporter's puts the concern back on the desk, and ends a suspension that waited for it. Raises PermissionDenied
    for who may not write here, or not internally; Refused: 409 `conversation_over`; 422 `required`, `too_long`,
    `placeholder_left`, `personal_data`, `internal_photo`, `too_many_photos`.
    """
    at = at or timezone.now()
    held = locked(incident)
    desk = may_on(held, scope, "note")
    if not may_on(held, scope, "note" if internal else "comment"):
        raise PermissionDenied
    text = _checked(text, at, desk=desk)
    if internal and pictures:
        no(422, "photo", "internal_photo", _("An internal note takes no photo."))
    if not desk:
        _check_not_over(held, at)
    made = Remark(
        incident=held, at=at, author=author, side=Side.DESK if desk else Side.REPORTER, internal=internal, text=text
    )
    made.save(force_insert=True)
    if pictures:
        attach(incident=held, author=author, pictures=pictures, remark=made)
    if not internal:
        _pass_on(held, at, desk=desk)
        owe_remark_notices(held, made, author, at)
    log(held, author, "incident.note" if internal else "incident.remark", "")
    return made


@transaction.atomic
def record_deed(
    *,
    incident: Incident,
    author: User,
    scope: Scope,
    deed: str,
    done_on: date,
    text: str,
    at: datetime | None = None,
) -> Remark:
    """What was done about the concern and on which day (of Paris), for the desk alone; nobody is told.

    Raises PermissionDenied for who writes no note here; Refused (422): `unknown_deed`, `not_yet`, `too_long_ago`, and
    as `remark` does of its text.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "note"):
        raise PermissionDenied
    if deed not in Deed.values:
        no(422, "deed", "unknown_deed", _("Choose one of the list."))
    if done_on > paris_date(at):
        no(422, "done_on", "not_yet", _("Write down what was done, not what is to come."))
    if done_on < paris_date(held.reported_at) - _LONG_AGO:
        no(422, "done_on", "too_long_ago", _("That is more than a year before it was reported."))
    text = _checked(text, at, desk=True)
    made = Remark(
        incident=held, at=at, author=author, side=Side.DESK, internal=True, text=text, deed=deed, done_on=done_on
    )
    made.save(force_insert=True)
    log(held, author, "incident.deed", "")
    return made


@transaction.atomic
def seen(*, incident: Incident, author: User, scope: Scope, at: datetime | None = None) -> Incident:
    """The concern, whose reporter waits for no word any more: the desk has read what they wrote.

    Raises PermissionDenied for who does not work on it.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "note"):
        raise PermissionDenied
    if held.replied_at is not None:
        # Whatever was written to any of them was read here.
        for each in (*group_of(held), held):
            answered(each, at)
        log(held, author, "incident.seen", "")
    return held


def _checked(text: str, at: datetime, *, desk: bool) -> str:
    text = text.strip()
    if not text:
        no(422, "text", "required", _("Write something."))
    check_length(text, LONGEST_REMARK, field="text")
    check_filled(text, field="text")
    check_content(text, None, at, field="text", but=OF_A_SERVICE if desk else frozenset())
    return text


def _check_not_over(held: Incident, at: datetime) -> None:
    if held.status not in {Status.CLOSE, Status.NON_RETENUE}:
        return
    if paris_date(at) > closed_on(held) + timedelta(days=REOPENING_DAYS):
        no(409, "status", "conversation_over", _("It was closed more than 90 days ago: report a new concern."))


def _pass_on(held: Incident, at: datetime, *, desk: bool) -> None:
    """The concern waits for the desk, or no more; so does the one that it is dealt with in."""
    if desk:
        answered(held, at)
        return
    front = wait_for_desk(held, at)
    if front.status != Status.SUSPENDUE:
        return
    suspension = front.suspensions.get(ended_at__isnull=True)
    if suspension.reason == _ASKED:
        change = record(front, to=suspension.resumes_as, role=SYSTEM, author=None, at=at)
        tell(front, change, at)
        follow(front, change, at)
