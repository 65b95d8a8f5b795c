"""The shared diagnosis: what partners contribute, the versions of its text, and who signs which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.deadlines import paris_date
from partnership.changes.held import follow, locked, log, run_by, speaking_for, worked_on
from partnership.facts import Told, facts_of
from partnership.letters import owe_to_group
from partnership.life import State
from partnership.models import Contribution, CoSignature, Diagnosis, Phase, Problem, ProblemConcern
from partnership.models.diagnosis import LONGEST_DIAGNOSIS
from partnership.models.problem import LONGEST_TEXT
from partnership.refusals import no, worded

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

_BEGINS = frozenset({State.RETENUE, State.ROUVERTE})


@transaction.atomic
def contribute(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    phase: str,
    text: str,
    partner: int | None = None,
    at: datetime | None = None,
) -> Contribution:
    """What an organisation, or the police, brings to the diagnosis; the first one begins it.

    Raises PermissionDenied; Refused: 409 `not_retained`; 422 `unknown_phase`, `required`, `too_long`, `personal_data`,
    `partner_required`, `unknown_partner`.
    """
    at = at or timezone.now()
    held = locked(problem)
    speaker = speaking_for(held, scope, partner)
    worked_on(held)
    if phase not in Phase.values:
        no(422, "phase", "unknown_phase", _("Choose one of the list."))
    made = Contribution(
        problem=held, partner_id=speaker, author=author, at=at, phase=phase,
        text=worded(text, at, longest=LONGEST_TEXT, field="text"),
    )  # fmt: skip
    made.save(force_insert=True)
    follow(held, State.DIAGNOSTIC, author, at, of=_BEGINS if held.extent is not None else frozenset())
    log(held, author, "problem.contribute")
    return made


@transaction.atomic
def write_diagnosis(
    *, problem: Problem, author: User, scope: Scope, text: str, at: datetime | None = None
) -> Diagnosis:
    """The next version of the shared text, with the facts of the problem's concerns as they are today.

    The members of the group are told that they may sign it. Raises PermissionDenied for who does not run the group;
    Refused: 409 `not_retained`; 422 `required`, `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    worked_on(held)
    last = Diagnosis.objects.filter(problem=held).aggregate(last=Max("version"))["last"]
    made = Diagnosis(
        problem=held, version=(last or 0) + 1, at=at, author=author,
        text=worded(text, at, longest=LONGEST_DIAGNOSIS, field="text"),
        facts=facts_of(_told(held), until=paris_date(at)),
    )  # fmt: skip
    made.save(force_insert=True)
    follow(held, State.DIAGNOSTIC, author, at, of=_BEGINS if held.extent is not None else frozenset())
    owe_to_group("diagnosed", held, author, at)
    log(held, author, "problem.diagnose")
    return made


@transaction.atomic
def co_sign(
    *,
    problem: Problem,
    version: int,
    author: User,
    scope: Scope,
    partner: int | None = None,
    at: datetime | None = None,
) -> CoSignature:
    """That an organisation, or the police, signs the last version of the diagnosis; once each.

    Raises PermissionDenied; Refused: 409 `outdated`, `signed_already`; 422 `partner_required`, `unknown_partner`.
    """
    at = at or timezone.now()
    held = locked(problem)
    speaker = speaking_for(held, scope, partner)
    worked_on(held)
    last = Diagnosis.objects.filter(problem=held).order_by("-version").first()
    if last is None or last.version != version:
        no(409, "version", "outdated", _("There is another version by now: read it first."))
    made = CoSignature(diagnosis=last, partner_id=speaker, person=author, at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        no(409, "partner", "signed_already", _("Your organisation has signed this version."))
    log(held, author, "problem.sign")
    return made


def _told(problem: Problem) -> Iterator[Told]:
    rows = ProblemConcern.objects.filter(problem=problem, until__isnull=True).values_list(
        "incident__reported_at",
        "incident__occurred_at",
        "incident__category__code",
        "incident__partner_id",
        "incident__location",
    )
    for reported_at, occurred_at, category, partner, location in rows:
        point: Any = location
        yield Told(reported_at, occurred_at, category, partner, (point.x, point.y))
