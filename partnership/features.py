"""Problems as GeoJSON, one form for every output: to each reader what they may be told of each.

The members of a group are told all. The direction is told what somebody wrote once it has said why. The mayor of the
commune is told where it is, how it stands and what came of it, and no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import BooleanField, Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.permissions import relations
from incidents.deadlines import overdue
from ogcapi.geojson import feature
from partnership.life import AWAITED
from partnership.models import Problem, ProblemConcern
from partnership.models.visibility import may_read, reached
from sectors.scope import Scope

# What whoever sees a problem at all is told.
IN_PART: Final = frozenset({"reference", "status", "result", "family", "post", "commune", "motive_required"})
# What somebody wrote.
WORDS: Final = ("title", "description", "result_reason")
COLUMNS: Final = (
    "reference", "state", "result", "result_reason", "family", "severity", "recurrence", "post__code",
    "commune__code", "title", "description", "origin", "partner__code", "proposed_at", "retained_at", "due_on",
    "due_at", "closed_at", "confidential", "updated_at", "concern_count", "full", "words", "territory_id",
)  # fmt: skip

_STANDING: Final = (
    ProblemConcern.objects.filter(problem=OuterRef("pk"), until__isnull=True)
    .order_by()
    .values("problem")
    .annotate(standing=Count("pk"))
    .values("standing")
)


def shown_to(scope: Scope) -> QuerySet[Any]:
    """The problems that this person may see, each with whether they are told all of it (`full`, `words`)."""
    without = relations(scope.roles, "read_problem") - {"territory"}
    return Problem.objects.visible_to(scope).annotate(
        full=_whether(may_read(scope)),
        words=_whether(reached(scope, without)),
        concern_count=Coalesce(Subquery(_STANDING), 0),
    )


def told(values: Mapping[str, Any], now: datetime, *, motive: str = "") -> dict[str, Any]:
    """The properties of a row of `COLUMNS`, as its reader is told them."""
    unsaid = values["full"] and not values["words"] and not motive
    properties = {
        "reference": values["reference"],
        "status": values["state"],
        "result": values["result"] or None,
        "result_reason": values["result_reason"] or None,
        "family": values["family"],
        "severity": values["severity"],
        "recurrence": values["recurrence"],
        "post": values["post__code"],
        "commune": values["commune__code"],
        "title": values["title"],
        "description": values["description"] or None,
        "origin": values["origin"],
        "partner": values["partner__code"],
        "proposed_at": _moment(values["proposed_at"]),
        "retained_at": _moment(values["retained_at"]),
        "due_on": values["due_on"],
        "overdue": values["state"] in AWAITED and values["due_at"] is not None and overdue(now, values["due_at"]),
        "closed_at": _moment(values["closed_at"]),
        "concerns": values["concern_count"],
        "confidential": values["confidential"],
        "updated_at": _moment(values["updated_at"]),
        "motive_required": unsaid,
    }
    if not values["full"]:
        return {name: value if name in IN_PART else None for name, value in properties.items()}
    return properties | dict.fromkeys(WORDS) if unsaid else properties


def written(row: Mapping[str, Any], now: datetime, *, motive: str = "", **members: object) -> bytes:
    """The Feature of a row with its geometry as text in `shape`."""
    return feature(row["reference"], row["shape"], told(row, now, motive=motive), **members)


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else timezone.localtime(at)
