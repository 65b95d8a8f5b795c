"""A concern moves from one status to another, by the table of moves; whoever it concerns is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.permissions import relations
from incidents.changes.following import follow, tell
from incidents.changes.given import check_standing
from incidents.changes.grouping import separate
from incidents.changes.recorded import closed_on, locked, record, suspended_days
from incidents.deadlines import paris_date
from incidents.models import Incident, Suspension
from incidents.models.visibility import relations_to
from incidents.notices import owe_status_notices
from incidents.refusals import OF_A_SERVICE, check_content, check_filled, check_length, of_move
from incidents.workflow import DIRECTOR, MAYOR, PARTNER, REFERENT, SYSTEM, Move, MoveRefused, Status, check, taking
from ogcapi.geojson import Refused
from sectors import atlas

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from sectors.scope import Scope

# In the order in which a person of several roles is taken for one of them.
_ROLES: Final = (REFERENT, DIRECTOR, PARTNER, MAYOR)
DESK: Final = frozenset({REFERENT, DIRECTOR})


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several concerns: changed, or refused with a code and words."""

    reference: str
    incident: Incident | None = None
    code: str = ""
    message: _StrOrPromise = ""


@transaction.atomic
def change_status(
    *,
    incident: Incident,
    author: User,
    scope: Scope,
    to: str,
    reason: str = "",
    answer: str = "",
    until: date | None = None,
    at: datetime | None = None,
) -> Incident:
    """The concern in its new status; its history, the notices owed and the access log are written with it.

    reason: for a suspension a code of `workflow.SUSPENSION_REASONS`, whose last day is `until` (Paris; the longest
    allowed without it). Raises PermissionDenied for who may not make this move of this concern; Refused: 400
    `status_unknown`; 409 `status_unchanged`, `move_not_allowed`, `reopening_too_late`, `suspension_exhausted`,
    `merged`; 422 `reason_required`, `reason_not_listed`, `answer_required`, `until_out_of_range`, `placeholder_left`,
    `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    _step(held, author, scope, to, at, reason=reason.strip(), answer=answer.strip(), until=until)
    _log(held, author)
    return held


@transaction.atomic
def take(*, incident: Incident, author: User, scope: Scope, at: datetime | None = None) -> Incident:
    """The concern taken in charge, qualified on the way where nobody had done it. Raises as `change_status` does."""
    at = at or timezone.now()
    held = locked(incident)
    for to in taking(held.status):
        _step(held, author, scope, to, at)
    _log(held, author)
    return held


def take_many(*, incidents: Iterable[Incident], author: User, scope: Scope, at: datetime | None = None) -> list[Result]:
    """What became of each, in their order: every concern is taken in a transaction of its own."""
    return one_by_one(incidents, lambda incident: take(incident=incident, author=author, scope=scope, at=at))


def end_suspensions(*, at: datetime) -> int:
    """How many concerns went on because their suspension had lasted until its last day; each in its own transaction.

    Their clocks run from that day on, whatever the hour; whoever reported them is told on a working day, by day.
    """
    over = Suspension.objects.filter(ended_at__isnull=True, until__lte=paris_date(at))
    return sum(_end_suspension(key, at) for key in over.order_by("pk").values_list("incident_id", flat=True))


@transaction.atomic
def _end_suspension(key: int, at: datetime) -> bool:
    """False where somebody else has the concern, or had it go on before: then there is nothing to do, or later."""
    held = (
        Incident.objects.select_for_update(of=("self",), skip_locked=True).select_related("category").filter(pk=key)
    ).first()
    if held is None or held.status != Status.SUSPENDUE:
        return False
    suspension = held.suspensions.get(ended_at__isnull=True)
    change = record(held, to=suspension.resumes_as, role=SYSTEM, author=None, at=at)
    owe_status_notices(held, change, at)
    log_access(
        user=None,
        operation="incident.status",
        reference=f"incident:{held.reference}",
        territory=atlas.current().directory.territories[held.territory_id].code,
    )
    return True


def role_on(incident: Incident, scope: Scope, verb: str) -> tuple[str, ...]:
    """The person's roles that have the verb on this very concern, the strongest first."""
    reached = relations_to(incident, scope)
    return tuple(role for role in _ROLES if role in scope.roles and relations({role}, verb) & reached)


def _step(
    held: Incident,
    author: User,
    scope: Scope,
    to: str,
    at: datetime,
    *,
    reason: str = "",
    answer: str = "",
    until: date | None = None,
) -> None:
    role, move = _checked(held, scope, to, at, reason, answer)
    but = OF_A_SERVICE if role in DESK else frozenset()
    for field, text, longest in (("reason", reason, 500), ("answer", answer, 4000)):
        check_length(text, longest, field=field)
        check_filled(text, field=field)
        check_content(text, None, at, field=field, but=but)
    # An answer is said when one answers, and at no other time.
    said = answer if move.needs_answer else ""
    if to == Status.ROUVERTE and held.merged_into_id is not None:
        # Not settled for its own reporter: so it was not the same thing.
        separate(held, author=author, reason=reason, at=at)
    check_standing(held)
    if role in DESK:
        held.replied_at = None
    change = record(held, to=to, role=role, author=author, at=at, reason=reason, answer=said, until=until)
    tell(held, change, at)
    follow(held, change, at)


def _checked(held: Incident, scope: Scope, to: str, at: datetime, reason: str, answer: str) -> tuple[str, Move]:
    """The role in which the person makes the move, and the move."""
    roles = role_on(held, scope, "change_status")
    if not roles:
        raise PermissionDenied
    refused: list[MoveRefused] = []
    for role in roles:
        try:
            move = check(
                held.status,
                to,
                role=role,
                reason=reason,
                answer=answer,
                closed_on=closed_on(held) if to == Status.ROUVERTE else None,
                today=paris_date(at),
                suspended_days=suspended_days(held.suspensions.all()) if to == Status.SUSPENDUE else 0,
            )
        except MoveRefused as error:
            refused.append(error)
        else:
            return role, move
    others = [error for error in refused if error.code != "role_not_allowed"]
    if not others:
        raise PermissionDenied
    raise of_move(others[0])


def one_by_one(incidents: Iterable[Incident], make: Callable[[Incident], object]) -> list[Result]:
    """What became of each of them, in their order; `make` is a transaction of its own."""
    results = []
    for incident in incidents:
        try:
            make(incident)
            results.append(Result(incident.reference, incident))
        except Refused as refused:
            results.append(Result(incident.reference, code=refused.code, message=refused.detail))
        except PermissionDenied:
            results.append(
                Result(incident.reference, code="permission_denied", message=_("Your role does not allow this."))
            )
    return results


def _log(held: Incident, author: User) -> None:
    log_access(
        user=author,
        operation="incident.status",
        reference=f"incident:{held.reference}",
        territory=atlas.current().directory.territories[held.territory_id].code,
    )
