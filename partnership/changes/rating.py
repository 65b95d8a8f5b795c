"""The partners who worked on a problem say whether it is better: when it is closed, and sixty days later."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.escalation import is_humane
from incidents.policies import policy_in
from partnership.changes.held import locked, log, members_of, speaking_for, touch
from partnership.evaluation import LATER_DAYS
from partnership.letters import owe_to_partners
from partnership.life import ActionState, State
from partnership.models import Action, Contribution, CoSignature, Problem, ProblemChange, Rating, RatingStage
from partnership.refusals import no, worded

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# A worker that was away for longer asks nobody about what is long past.
_ASKED_UNTIL: Final = timedelta(days=2 * LATER_DAYS)
LONGEST_COMMENT: Final = 500


def ask_partners(problem: Problem, closing: ProblemChange, author: User, at: datetime) -> None:
    """Asks the organisations of the group that worked on a locked problem which is being closed."""
    asked = _mobilised(problem).intersection(members_of(problem))
    _ask(problem, closing.pk, asked, RatingStage.CLOSING, author, at)


def ask_again(*, at: datetime) -> int:
    """How many problems closed sixty days ago were asked about once more; run twice, nobody is asked twice.

    Not at night nor on the territory's days off, and not of what was opened again since.
    """
    later = Rating.objects.filter(closing=OuterRef("closing"), partner=OuterRef("partner"), stage=RatingStage.LATER)
    moved = ProblemChange.objects.filter(problem=OuterRef("problem"), pk__gt=OuterRef("closing"))
    due = Rating.objects.filter(
        ~Exists(later),
        ~Exists(moved),
        stage=RatingStage.CLOSING,
        asked_at__lte=at - timedelta(days=LATER_DAYS),
        asked_at__gt=at - _ASKED_UNTIL,
        problem__state=State.CLOSE,
    )
    found: dict[tuple[int, int, int], set[int]] = {}
    for key, closing, territory, partner in due.values_list(
        "problem_id", "closing_id", "problem__territory_id", "partner_id"
    ):
        found.setdefault((key, closing, territory), set()).add(partner)
    awake = {key: is_humane(at, policy_in(key).holiday_zone) for key in {territory for *_, territory in found}}
    return sum(
        _ask_again(key, closing, partners, at)
        for (key, closing, territory), partners in sorted(found.items())
        if awake[territory]
    )


@transaction.atomic
def rate(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    grade: int,
    comment: str = "",
    partner: int | None = None,
    at: datetime | None = None,
) -> Rating:
    """What an organisation answers to the first question that waits for it: 1, no better, to 4, settled.

    Raises PermissionDenied for who speaks for no organisation of the group; Refused: 409 `nothing_asked`; 422
    `unknown_grade`, `partner_required`, `unknown_partner`, `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    held = locked(problem)
    speaker = speaking_for(held, scope, partner)
    if speaker is None:
        raise PermissionDenied
    if not Rating.WORST <= grade <= Rating.BEST:
        no(422, "grade", "unknown_grade", _("Choose one of the list."))
    comment = worded(comment, at, longest=LONGEST_COMMENT, field="comment", needed=False)
    questions = Rating.objects.filter(problem=held, partner=speaker, grade__isnull=True)
    waiting: Rating | None = questions.order_by("-pk").first()
    if waiting is None:
        no(409, "grade", "nothing_asked", _("Nothing waits for an answer of your organisation here."))
    waiting.grade, waiting.comment, waiting.answered_at, waiting.answered_by = grade, comment, at, author
    waiting.save(update_fields=["grade", "comment", "answered_at", "answered_by"])
    touch(held, at)
    log(held, author, "problem.rate")
    return waiting


@transaction.atomic
def _ask_again(key: int, closing: int, partners: set[int], at: datetime) -> bool:
    held = Problem.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=key, state=State.CLOSE).first()
    return held is not None and _ask(held, closing, partners, RatingStage.LATER, None, at)


def _ask(
    problem: Problem, closing: int, partners: set[int], stage: RatingStage, author: User | None, at: datetime
) -> bool:
    """Whether anybody was asked who had not been asked at this stage."""
    before = set(Rating.objects.filter(closing=closing, stage=stage).values_list("partner_id", flat=True))
    fresh = sorted(partners - before)
    Rating.objects.bulk_create(
        Rating(problem=problem, closing_id=closing, partner_id=partner, stage=stage, asked_at=at) for partner in fresh
    )
    owe_to_partners("rate" if stage == RatingStage.CLOSING else "rate_later", problem, fresh, author, at)
    return bool(fresh)


def _mobilised(problem: Problem) -> set[int]:
    """The organisations that contributed, signed, or were given an action that was not called off."""
    rows = (
        Action.objects.filter(problem=problem).exclude(state=ActionState.ANNULEE).values_list("owner_id", flat=True),
        Contribution.objects.filter(problem=problem).values_list("partner_id", flat=True),
        CoSignature.objects.filter(diagnosis__problem=problem).values_list("partner_id", flat=True),
    )
    return {key for key in chain.from_iterable(rows) if key is not None}
