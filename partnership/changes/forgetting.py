"""What is forgotten of the groups' work: problems and suggestions some years after they are settled, and meetings."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.retention import Rule
from incidents.deadlines import paris_date
from partnership.life import SETTLED, ActionState, values
from partnership.models import Meeting, Problem, ProblemChange, StatisticalProblem, Suggestion
from sectors.retention import figures, limit_of, limit_of_outer


def _problems_overdue(at: datetime, using: str) -> QuerySet[Any]:
    """Settled for longer than their territory keeps texts, since the last of their moves; an open one is only late."""
    later = ProblemChange.objects.filter(problem=OuterRef("pk"), at__gte=limit_of_outer(at, "text_years", "territory"))
    return (
        Problem.objects.using(using)
        .filter(state__in=values(SETTLED), proposed_at__lt=limit_of(at, "text_years", "territory"))
        .filter(~Exists(later))
    )


def _forget_problems(problems: QuerySet[Any]) -> None:
    """Writes the anonymous rows, then deletes the problems with all that was written of them: contributions, diagnoses,
    actions, evaluations, and decisions of meetings."""
    settled = Max("changes__at", filter=Q(changes__state_to__in=values(SETTLED)))
    stood = ~Q(actions__state=ActionState.ANNULEE)
    rows = problems.annotate(
        settled_at=settled,
        given=Count("actions", filter=stood, distinct=True),
        done=Count("actions", filter=Q(actions__state=ActionState.REALISEE), distinct=True),
    ).values_list(
        "territory_id", "post_id", "family", "severity", "proposed_at", "due_on", "settled_at", "state", "result",
        "given", "done",
    )  # fmt: skip
    # In no order of the problems: the keys of the new rows must not tell which was which.
    StatisticalProblem.objects.using(problems.db).bulk_create(
        StatisticalProblem(
            territory_id=territory,
            post_id=post,
            family=family,
            severity=severity,
            proposed_on=paris_date(proposed_at),
            due_on=due_on,
            settled_on=paris_date(settled_at or proposed_at),
            state=state,
            result=result,
            actions_given=given,
            actions_done=done,
        )
        for territory, post, family, severity, proposed_at, due_on, settled_at, state, result, given, done in (
            rows.order_by("post_id", "family", "proposed_at")
        )
    )
    problems.delete()


def _suggestions_overdue(at: datetime, using: str) -> QuerySet[Any]:
    """Decided on for longer than their territory keeps texts; one that waits is withdrawn when it holds no more."""
    return Suggestion.objects.using(using).filter(settled_at__lt=limit_of(at, "text_years", "territory"))


def _meetings_overdue(at: datetime, using: str) -> QuerySet[Any]:
    """With their minutes; the actions that were decided there stay with their problems."""
    return Meeting.objects.using(using).filter(begins_at__lt=limit_of(at, "text_years", "group__territory"))


def _after_closing() -> str:
    most, digits = figures("text_years")
    return ngettext("%(count)s year after closing", "%(count)s years after closing", most) % {"count": digits}


def _after_the_decision() -> str:
    most, digits = figures("text_years")
    words = ngettext("%(count)s year after the decision on it", "%(count)s years after the decision on it", most)
    return words % {"count": digits}


def _after_its_day() -> str:
    most, digits = figures("text_years")
    return ngettext("%(count)s year after its day", "%(count)s years after its day", most) % {"count": digits}


PROBLEM: Final = Rule(
    code="problem",
    what=_("Problem of a group: texts, extent, diagnoses and signatures, actions, evaluations and history"),
    why=_("A group looks back on what it tried; after some years only figures stay: family, days and result."),
    kept=_after_closing,
    overdue=_problems_overdue,
    forget=_forget_problems,
    territory="territory__code",
)
SUGGESTION: Final = Rule(
    code="suggestion",
    what=_("Suggested problem: extent, counts, days and hours of its concerns, and why it was set aside"),
    why=_("What was set aside is not suggested again unless it grows."),
    kept=_after_the_decision,
    overdue=_suggestions_overdue,
    territory="territory__code",
)
MEETING: Final = Rule(
    code="meeting",
    what=_("Meeting of a group: agenda and notes, who came, decisions and minutes"),
    why=_("What was decided is looked up while it is worked on."),
    kept=_after_its_day,
    overdue=_meetings_overdue,
    territory="group__territory__code",
)
