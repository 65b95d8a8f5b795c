"""What is written at the table of a meeting: who came, and what was decided, which is an action at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partnership.changes.acting import give
from partnership.changes.meeting_held import log, written_on
from partnership.figures import THERE
from partnership.marks import mark
from partnership.models import Action, Attendance, Decision, Meeting, Presence, Problem
from partnership.models.problem import LONGEST_TEXT, LONGEST_TITLE
from partnership.refusals import no, worded
from partnership.seats import seated
from sectors.models import Membership, Partner

if TYPE_CHECKING:
    from sectors.scope import Scope

LONGEST_KEY: Final = 20


@transaction.atomic
def attend(
    *,
    meeting: Meeting,
    author: User,
    scope: Scope,
    presence: str,
    partner: Partner | None = None,
    people: int = 1,
    came: Collection[int] | None = None,
    at: datetime | None = None,
) -> Attendance:
    """Whether an organisation, or the police, was there and by how many: the last word counts.

    came: the accounts of its people who were there, in place of those noted before; None leaves them. Raises
    PermissionDenied; Refused: 409 `over`; 422 `unknown_presence`, `unknown_partner`, `people`, `unknown_person`.
    """
    at = at or timezone.now()
    held = written_on(meeting, scope)
    if presence not in Presence.values:
        no(422, "presence", "unknown_presence", _("Choose one of the list."))
    if partner is not None and not Membership.objects.filter(group=held.group_id, partner=partner).exists():
        no(422, "partner", "unknown_partner", _("This organisation is not in the group."))
    if not 1 <= people <= 50:
        no(422, "people", "people", _("Between 1 and 50 people."))
    there = presence in THERE
    counted = max(people, len(came or ())) if there else 0
    row, _made = Attendance.objects.update_or_create(
        meeting=held, partner=partner, defaults={"presence": presence, "people": counted}
    )
    if came is not None or not there:
        row.came.set(_people(held, partner, came or (), at) if there else ())
    log(held, author, "meeting.attend", partner.code if partner else "")
    return row


def _people(meeting: Meeting, partner: Partner | None, came: Collection[int], at: datetime) -> list[User]:
    """These accounts. Refused (422) `unknown_person` for one of nobody who sits there for this organisation."""
    known = {each.pk: each for each in seated(meeting.group, at).get(partner.pk if partner else None, ())}
    if not known.keys() >= set(came):
        no(422, "came", "unknown_person", _("This person does not sit in the group for this organisation."))
    return [known[key] for key in came]


@transaction.atomic
def decide(
    *,
    meeting: Meeting,
    author: User,
    scope: Scope,
    text: str,
    problem: Problem | None = None,
    owner: Partner | None = None,
    due_on: date | None = None,
    confidential: bool = False,
    key: str = "",
    at: datetime | None = None,
) -> Decision:
    """A decision as it was typed; with a problem and a day it is an action at once, of this owner or of the police.

    key: of the form it was typed in; the same words sent again by it are the decision that was made before. Raises
    PermissionDenied; Refused: 409 `over`; 422 `problem_required`, `other_group`, `due_on_required`, what
    `acting.give` refuses, and as any text.
    """
    at = at or timezone.now()
    held = written_on(meeting, scope)
    text = worded(text, at, longest=LONGEST_TEXT, field="text")
    # With other words it is another decision: nothing that was typed is dropped.
    once = f"{key[:LONGEST_KEY]}:{mark(text)}".replace("\0", "") if key else None
    before = held.decisions.filter(key=once).select_related("action").first() if once else None
    if before is not None:
        return before
    action: Action | None = None
    if problem is None and (owner is not None or due_on is not None):
        no(422, "problem", "problem_required", _("Say which problem it is for."))
    if problem is not None:
        if problem.post_id != held.group.post_id:
            no(422, "problem", "other_group", _("This problem is another group's."))
        if due_on is None:
            no(422, "due_on", "due_on_required", _("Give the day by which it is to be done."))
        title, details = (text, "") if len(text) <= LONGEST_TITLE else (f"{text[: LONGEST_TITLE - 1]}…", text[:2000])
        action = give(
            problem=problem, author=author, scope=scope, title=title, details=details, due_on=due_on, owner=owner,
            confidential=confidential, at=at,
        )  # fmt: skip
    made = Decision(
        meeting=held, at=at, author=author, text=text, problem=problem, action=action, confidential=confidential,
        key=once,
    )  # fmt: skip
    made.save(force_insert=True)
    log(held, author, "meeting.decide")
    return made
