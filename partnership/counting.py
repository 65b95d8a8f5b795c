"""The figures of a group, asked of the database in seven queries whatever it has worked on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import chain

from django.db.models import Q

from partnership.facts import PARIS
from partnership.figures import THERE, Course, Given, GroupFigures, Move, figures
from partnership.life import MeetingState
from partnership.models import Action, Attendance, Contribution, CoSignature, Problem, ProblemChange
from sectors.models import PartnershipGroup
from sectors.moments import paris_midnight

# They sit in the group and watch: nothing is asked of them.
OBSERVERS = ("parquet",)


def figures_of(group: PartnershipGroup, first: date, last: date, at: datetime) -> GroupFigures:
    """The figures of this group over these days, both of them in it (Paris), as they stand at this moment."""
    period = (paris_midnight(first), paris_midnight(last + timedelta(days=1)))
    actions = Action.objects.filter(problem__post_id=group.post_id, given_at__gte=period[0], given_at__lt=period[1])
    rows = list(actions.values_list("owner_id", "owner__kind", "state", "due_on"))
    attended = Attendance.objects.filter(
        meeting__group=group, meeting__state=MeetingState.TENUE,
        meeting__begins_at__gte=period[0], meeting__begins_at__lt=period[1],
    )  # fmt: skip
    presences = list(attended.values_list("partner_id", "presence"))
    there = {who for who, presence in presences if presence in THERE}
    members = set(group.memberships.exclude(partner__kind__in=OBSERVERS).values_list("partner_id", flat=True))
    mobilised = {*_speakers(group, *period), *there, *(owner for owner, *_rest in rows)}
    return figures(
        problems=_courses(group),
        actions=[Given(owner, kind or "", state, due_on) for owner, kind, state, due_on in rows],
        mobilised={who for who in mobilised if who in members},
        presences=presences,
        first=first,
        last=last,
        today=at.astimezone(PARIS).date(),
    )


def _courses(group: PartnershipGroup) -> list[Course]:
    """Every problem of the group with its moves."""
    problems = Problem.objects.filter(post_id=group.post_id).order_by("pk")
    moves: dict[int, list[Move]] = {}
    changes = ProblemChange.objects.filter(problem__post_id=group.post_id).order_by("problem_id", "pk")
    for problem, state, at, result, due_on in changes.values_list("problem_id", "state_to", "at", "result", "due_on"):
        moves.setdefault(problem, []).append(Move(state, at, result, due_on))
    return [
        Course(tuple(moves.get(key, ())), state, due_on)
        for key, state, due_on in problems.values_list("pk", "state", "due_on")
    ]


def _speakers(group: PartnershipGroup, start: datetime, end: datetime) -> set[int]:
    """The organisations that brought something to a diagnosis, or signed one."""
    during = Q(at__gte=start, at__lt=end, partner__isnull=False)
    wrote = Contribution.objects.filter(during, problem__post_id=group.post_id)
    signed = CoSignature.objects.filter(during, diagnosis__problem__post_id=group.post_id)
    found = (each.order_by().values_list("partner_id", flat=True).distinct() for each in (wrote, signed))
    return {key for key in chain.from_iterable(found) if key is not None}
