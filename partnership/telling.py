"""What was written of a problem, for those who are told all of it: one query for each kind, however many there are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils import timezone

from partnership.models import CoSignature, Evaluation

if TYPE_CHECKING:
    from partnership.models import Problem
    from sectors.models import Partner

# The members that are null for whoever is not told.
PARTS = ("history", "suspensions", "concern_references", "contributions", "diagnoses", "actions", "evaluations")


def whole(problem: Problem) -> dict[str, Any]:
    """The members `PARTS`. An organisation speaks, and none of its people; null is the police."""
    signatures = Prefetch("signatures", CoSignature.objects.select_related("partner"))
    return {
        "history": [
            {
                "at": _moment(row.at),
                "from": row.state_from or None,
                "to": row.state_to,
                "reason": row.reason or None,
                "result": row.result or None,
                "due_on": row.due_on,
            }
            for row in problem.changes.all()
        ],
        "suspensions": [
            {"reason": row.reason, "since": _moment(row.since), "until": row.until, "ended_at": _moment(row.ended_at)}
            for row in problem.suspensions.all()
        ],
        "concern_references": list(
            problem.concerns.filter(until__isnull=True).values_list("incident__reference", flat=True)
        ),
        "contributions": [
            {"at": _moment(row.at), "partner": _code(row.partner), "phase": row.phase, "text": row.text}
            for row in problem.contributions.select_related("partner")
        ],
        "diagnoses": [
            {
                "version": row.version,
                "at": _moment(row.at),
                "text": row.text,
                "facts": row.facts,
                "signatures": [
                    {"partner": _code(each.partner), "at": _moment(each.at)} for each in row.signatures.all()
                ],
            }
            for row in problem.diagnoses.prefetch_related(signatures)
        ],
        "actions": [
            {
                "number": row.number,
                "title": row.title,
                "details": row.details or None,
                "owner": _code(row.owner),
                "due_on": row.due_on,
                "status": row.state,
                "declined": row.declined_at is not None,
                "reason": row.reason or None,
                "settled_at": _moment(row.settled_at),
                "confidential": row.confidential,
                "turns": [
                    {
                        "at": _moment(each.at),
                        "turn": each.turn,
                        "owner": _code(each.owner),
                        "due_on": each.due_on,
                        "reason": each.reason or None,
                    }
                    for each in row.changes.all()
                ],
            }
            for row in problem.actions.select_related("owner").prefetch_related("changes__owner").order_by("number")
        ],
        "evaluations": [
            {
                "version": row.version,
                "at": _moment(row.at),
                "displacement": row.displacement,
                "facts": row.facts,
                "text": row.text or None,
            }
            for row in Evaluation.objects.filter(problem=problem)
        ],
    }


def _code(partner: Partner | None) -> str | None:
    return partner.code if partner else None


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else timezone.localtime(at)
