"""What a meeting of a group has to speak of: its open problems, the promises due by then, and what is suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, override

from partnership.models import Action, AgendaItem, AgendaKind, Problem, Suggestion
from partnership.models.problem import LONGEST_TITLE

if TYPE_CHECKING:
    from partnership.models import Meeting

# The agenda is read by all, and kept with the minutes: in the language of the service.
_LANGUAGE = "fr"


def points(meeting: Meeting) -> list[AgendaItem]:
    """The unsaved points, without their ranks: problems by due day, then the actions open that are due on the day of
    the meeting or before, or wait for an owner, then the suggestions that nobody has decided on. Three queries."""
    post = meeting.group.post_id
    problems = Problem.objects.open().filter(post_id=post).order_by(F("due_at").asc(nulls_last=True), "pk")
    day = timezone.localtime(meeting.begins_at).date()
    due = Action.objects.open().filter(problem__post_id=post).select_related("problem", "owner")
    actions = [each for each in due.order_by("due_on", "pk") if each.due_on <= day or each.declined_at is not None]
    return [
        *(_point(meeting, AgendaKind.PROBLEM, each.title, each.confidential, problem=each) for each in problems),
        *(
            _point(
                meeting, AgendaKind.PROMISE, each.title, each.confidential or each.problem.confidential,
                problem=each.problem, action=each,
            )
            for each in actions
        ),
        *_suggested(meeting),
    ]  # fmt: skip


def _suggested(meeting: Meeting) -> list[AgendaItem]:
    waiting = Suggestion.objects.waiting().filter(post_id=meeting.group.post_id).order_by("pk")
    with override(_LANGUAGE):
        title = gettext("Suggested problem %(reference)s: %(count)s concerns")
        # The group has decided nothing of it yet: it is nothing for the local council.
        return [
            _point(meeting, AgendaKind.SUGGESTION, title % {"reference": each.reference, "count": each.count}, True)
            for each in waiting
        ]


def _point(
    meeting: Meeting,
    kind: AgendaKind,
    title: str,
    confidential: bool,
    *,
    problem: Problem | None = None,
    action: Action | None = None,
) -> AgendaItem:
    return AgendaItem(
        meeting=meeting, rank=0, kind=kind, title=title[:LONGEST_TITLE], problem=problem, action=action,
        confidential=confidential,
    )  # fmt: skip
