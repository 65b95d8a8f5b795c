"""Minutes: a draft as often as one likes, validated once, corrected beside it, and sent to the members."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnership.changes.meeting_held import log, run_by
from partnership.letters import owe_of_meeting
from partnership.life import MeetingState
from partnership.marks import changed_since
from partnership.models import Addendum, Meeting, Minutes
from partnership.models.meeting import LONGEST_MINUTES
from partnership.models.problem import LONGEST_TEXT
from partnership.refusals import no, worded

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@transaction.atomic
def draft_minutes(
    *,
    meeting: Meeting,
    author: User,
    scope: Scope,
    text: str,
    confidential: bool | None = None,
    seen: str | None = None,
    at: datetime | None = None,
) -> Minutes:
    """The draft, in place of the one before.

    confidential: whether its text is left out of what is made for the CLSPD; None leaves that as it is.
    seen: the mark (`marks.mark`) of the text that its writer began from. Raises PermissionDenied; Refused: 409
    `not_held`, `validated`, and `changed_meanwhile` where somebody else wrote another one since; 422 `too_long`,
    `placeholder_left`, `personal_data`.
    """
    at = at or timezone.now()
    held = run_by(meeting, scope)
    if held.state != MeetingState.TENUE:
        no(409, "status", "not_held", _("Minutes are of a meeting that was held."))
    minutes = _locked(held) or Minutes(meeting=held)
    if minutes.validated_at is not None:
        no(409, "status", "validated", _("Validated minutes stay as they are: write an addendum."))
    text = worded(text, at, longest=LONGEST_MINUTES, field="text", needed=False)
    if minutes.text != text and changed_since(minutes.text, seen):
        no(409, "text", "changed_meanwhile", _("Somebody else wrote here meanwhile: nothing was replaced."))
    minutes.text = text
    if confidential is not None:
        minutes.confidential = confidential
    minutes.author, minutes.drafted_at = author, at
    minutes.save()
    log(held, author, "minutes.draft")
    return minutes


@transaction.atomic
def validate_minutes(*, meeting: Meeting, author: User, scope: Scope, at: datetime | None = None) -> Minutes:
    """The minutes as they stay, with who came, the agenda and the decisions frozen in them; the members are told.

    Raises PermissionDenied; Refused (409) `no_minutes`, `validated`.
    """
    at = at or timezone.now()
    held = run_by(meeting, scope)
    minutes = _locked(held)
    if minutes is None:
        no(409, "status", "no_minutes", _("There is no draft yet."))
    if minutes.validated_at is not None:
        no(409, "status", "validated", _("Validated minutes stay as they are: write an addendum."))
    minutes.facts, minutes.validated_at, minutes.validated_by = facts_of(held), at, author
    minutes.save(update_fields=["facts", "validated_at", "validated_by"])
    owe_of_meeting("minutes", held, author, at)
    log(held, author, "minutes.validate")
    return minutes


@transaction.atomic
def add_addendum(
    *,
    meeting: Meeting,
    author: User,
    scope: Scope,
    text: str,
    confidential: bool = False,
    at: datetime | None = None,
) -> Addendum:
    """A correction beside validated minutes; the members are told. Raises PermissionDenied; Refused: 409
    `not_validated`; 422 as any text."""
    at = at or timezone.now()
    held = run_by(meeting, scope)
    minutes = _locked(held)
    if minutes is None or minutes.validated_at is None:
        no(409, "status", "not_validated", _("A draft is corrected itself."))
    text = worded(text, at, longest=LONGEST_TEXT, field="text")
    made = Addendum(minutes=minutes, at=at, author=author, text=text, confidential=confidential)
    made.save(force_insert=True)
    owe_of_meeting("addendum", held, author, at)
    log(held, author, "minutes.addendum")
    return made


def facts_of(meeting: Meeting) -> dict[str, Any]:
    """What minutes rest on, as plain data: who came, the agenda and the decisions, each with whether it is
    confidential. Organisations by name: what they are called later changes no minutes. Three queries."""
    decisions = meeting.decisions.select_related("problem", "action__owner")
    return {
        "version": 1,
        "group": meeting.group.name,
        "begins_at": meeting.begins_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "place": meeting.place,
        "attendance": [
            {
                "partner": each.partner.code if each.partner else None,
                "name": each.partner.name if each.partner else None,
                "presence": each.presence,
                "people": each.people,
            }
            for each in meeting.attendances.select_related("partner")
        ],
        "agenda": [
            {
                "kind": each.kind,
                "title": each.title,
                "problem": each.problem.reference if each.problem else None,
                "confidential": each.confidential
                or bool(each.problem and each.problem.confidential)
                or bool(each.action and each.action.confidential),
                "note": each.note,
            }
            for each in meeting.agenda.select_related("problem", "action")
        ],
        "decisions": [
            {
                "text": each.text,
                "problem": each.problem.reference if each.problem else None,
                "action": each.action.number if each.action else None,
                "owner": each.action.owner.name if each.action and each.action.owner else None,
                "due_on": each.action.due_on.isoformat() if each.action else None,
                "confidential": each.confidential or bool(each.problem and each.problem.confidential),
            }
            for each in decisions
        ],
    }


def _locked(meeting: Meeting) -> Minutes | None:
    return Minutes.objects.select_for_update().filter(meeting=meeting).first()
