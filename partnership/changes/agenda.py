"""The agenda of a meeting: made of what stands, completed and put in order by hand, and noted on point by point."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnership.agenda import points
from partnership.changes.meeting_held import log, written_on
from partnership.marks import changed_since
from partnership.models import AgendaItem, AgendaKind, Meeting
from partnership.models.problem import LONGEST_TEXT, LONGEST_TITLE
from partnership.refusals import no, worded

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

MOST_POINTS: Final = 300


@transaction.atomic
def build_agenda(*, meeting: Meeting, author: User, scope: Scope, at: datetime | None = None) -> Meeting:
    """The agenda made anew from what stands today; points that somebody wrote, or noted something on, stay.

    Raises PermissionDenied; Refused (409) `over`.
    """
    held = written_on(meeting, scope)
    fill(held)
    log(held, author, "meeting.agenda")
    return held


@transaction.atomic
def add_point(
    *, meeting: Meeting, author: User, scope: Scope, title: str, confidential: bool = False, at: datetime | None = None
) -> AgendaItem:
    """One more point at the end of the agenda. Raises PermissionDenied; Refused: 409 `over`, `too_many`; 422 as any
    text."""
    at = at or timezone.now()
    held = written_on(meeting, scope)
    rows = list(held.agenda.all())
    if len(rows) >= MOST_POINTS:
        no(409, "title", "too_many", _("There are too many points: take some off."))
    made = AgendaItem(
        meeting=held, rank=max((row.rank for row in rows), default=0) + 1, kind=AgendaKind.OTHER,
        title=worded(title, at, longest=LONGEST_TITLE, field="title", line=True), confidential=confidential,
    )  # fmt: skip
    made.save(force_insert=True)
    log(held, author, "meeting.agenda")
    return made


@transaction.atomic
def move_point(*, meeting: Meeting, author: User, scope: Scope, point: int, by: int) -> Meeting:
    """The agenda with one point so many places further down, or up where `by` is negative; as far as it goes.

    point: its key. Raises PermissionDenied; Refused (409) `over`, `no_point`.
    """
    held = written_on(meeting, scope)
    rows = list(held.agenda.all())
    place = rows.index(_point(rows, point))
    rows.insert(max(0, min(len(rows) - 1, place + by)), rows.pop(place))
    _rank(rows)
    log(held, author, "meeting.agenda")
    return held


@transaction.atomic
def remove_point(*, meeting: Meeting, author: User, scope: Scope, point: int) -> Meeting:
    """The agenda without this point. Raises PermissionDenied; Refused (409) `over`, `no_point`, `noted`."""
    held = written_on(meeting, scope)
    rows = list(held.agenda.all())
    gone = _point(rows, point)
    if gone.note:
        no(409, "note", "noted", _("Something was noted on this point: it stays."))
    gone.delete()
    _rank([row for row in rows if row.pk is not None])
    log(held, author, "meeting.agenda")
    return held


@transaction.atomic
def note_point(
    *,
    meeting: Meeting,
    author: User,
    scope: Scope,
    point: int,
    text: str,
    seen: str | None = None,
    at: datetime | None = None,
) -> AgendaItem:
    """The point with this note in place of the one before; none takes it off.

    seen: the mark (`marks.mark`) of the note that its writer began from. Raises PermissionDenied; Refused: 409
    `over`, `no_point`, and `changed_meanwhile` where somebody else wrote another one since; 422 as any text.
    """
    at = at or timezone.now()
    held = written_on(meeting, scope)
    found = _point(list(held.agenda.all()), point)
    text = worded(text, at, longest=LONGEST_TEXT, field="text", needed=False)
    if found.note != text:
        if changed_since(found.note, seen):
            no(409, "text", "changed_meanwhile", _("Somebody else wrote here meanwhile: nothing was replaced."))
        found.note = text
        found.save(update_fields=["note"])
    log(held, author, "meeting.note")
    return found


def fill(meeting: Meeting) -> None:
    """The points made from what stands today, before those that somebody wrote or noted something on."""
    kept = {_about(row): row for row in meeting.agenda.exclude(kind=AgendaKind.OTHER).exclude(note="")}
    meeting.agenda.exclude(kind=AgendaKind.OTHER).filter(note="").delete()
    found = [kept.pop(_about(each), each) for each in points(meeting)]
    rows = [*found, *kept.values(), *meeting.agenda.filter(kind=AgendaKind.OTHER)][:MOST_POINTS]
    AgendaItem.objects.bulk_create(each for each in rows if each.pk is None)
    _rank(rows)


def _about(row: AgendaItem) -> tuple[object, ...]:
    """What the same point is known by, when the agenda is made anew."""
    return (row.kind, row.problem_id, row.action_id, "" if row.problem_id else row.title)


def _point(rows: list[AgendaItem], key: int) -> AgendaItem:
    found = next((row for row in rows if row.pk == key), None)
    return found or no(409, "point", "no_point", _("This point is no longer on the agenda."))


def _rank(rows: list[AgendaItem]) -> None:
    for rank, each in enumerate(rows, start=1):
        each.rank = rank
    AgendaItem.objects.bulk_update(rows, ["rank"])
