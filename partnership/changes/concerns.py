"""Concerns are put in a problem, and taken out of it: in one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models import Incident
from incidents.models.visibility import seen_in_full
from partnership.changes.held import log, run_by, touch
from partnership.life import OPEN
from partnership.models import Problem, ProblemConcern
from partnership.refusals import no

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@transaction.atomic
def join(
    *, problem: Problem, incidents: Sequence[Incident], author: User, scope: Scope, at: datetime | None = None
) -> Problem:
    """The problem with these concerns in it; those in it already stay as they are.

    Raises PermissionDenied for who does not run its group; Refused: 409 `settled`, `in_another_problem`; 422
    `unknown_concern`, `other_territory`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    if held.state not in OPEN:
        no(409, "status", "settled", _("It is settled: reopen it first."))
    check_ours(incidents, held, scope)
    put_in(held, incidents, author, at)
    touch(held, at)
    log(held, author, "problem.join", ", ".join(each.reference for each in incidents)[:200])
    return held


@transaction.atomic
def remove(*, problem: Problem, incident: Incident, author: User, scope: Scope, at: datetime | None = None) -> Problem:
    """The problem without this concern, from now on: that it was in it, and when, is kept.

    Raises PermissionDenied; Refused (409) `not_in_it`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    rows = ProblemConcern.objects.filter(problem=held, incident=incident, until__isnull=True)
    if not rows.update(until=at, ended_by=author):
        no(409, "concerns", "not_in_it", _("This concern is not in this problem."))
    touch(held, at)
    log(held, author, "problem.remove", incident.reference)
    return held


def check_ours(incidents: Sequence[Incident], problem: Problem, scope: Scope) -> None:
    """Nothing, or Refused (422) `unknown_concern`, `other_territory`: whoever groups concerns reads them in full."""
    keys = {each.pk for each in incidents}
    if Incident.objects.visible_to(scope).filter(seen_in_full(scope), pk__in=keys).count() != len(keys):
        no(422, "concerns", "unknown_concern", _("You read no concern of this reference."))
    if any(each.territory_id != problem.territory_id for each in incidents):
        no(422, "concerns", "other_territory", _("A problem groups concerns of its own territory."))


def put_in(problem: Problem, incidents: Sequence[Incident], author: User, at: datetime) -> None:
    """Rows for those not in it yet. Refused (409) `in_another_problem`. The concerns are held while one looks."""
    keys = sorted({each.pk for each in incidents})
    list(Incident.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk").values("pk"))
    standing = dict(
        ProblemConcern.objects.filter(incident__in=keys, until__isnull=True).values_list("incident_id", "problem_id")
    )
    if any(where != problem.pk for where in standing.values()):
        no(409, "concerns", "in_another_problem", _("One of these concerns is in another problem."))
    ProblemConcern.objects.bulk_create(
        ProblemConcern(problem=problem, incident_id=key, since=at, author=author) for key in keys if key not in standing
    )
