"""Why somebody reads what another sector holds: asked once a session, and kept in the access log with each reading."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.changes import log_access
from accounts.permissions import relations
from frontend import people
from frontend.forms import MotiveForm
from incidents.models import Incident
from incidents.models.visibility import relations_to
from incidents.views.access import territory_code
from sectors.scope import Scope

_KEPT: Final = "motive"
# Who reaches a concern by this alone reads across the sectors.
_ACROSS: Final = frozenset({"territory"})


def wanted(request: HttpRequest, incident: Incident, scope: Scope) -> bool:
    """Must this person first say why? Only the direction, of what is neither theirs nor held by a post of theirs."""
    ways = relations(scope.roles, "read_text") & relations_to(incident, scope)
    return ways == _ACROSS and not given(request)


def given(request: HttpRequest) -> str:
    """What was answered in this session; "" for nothing yet."""
    kept: str = request.session.get(_KEPT, "")
    return kept


def note_reading(request: HttpRequest, incident: Incident) -> None:
    """The access log of the concern's territory keeps that this person read it, and why."""
    log_access(
        user=people.user(request),
        operation="incident.read",
        reference=f"incident:{incident.reference}",
        territory=territory_code(incident.territory_id),
        motive=given(request),
    )


def keep(request: HttpRequest, motive: str) -> None:
    """Holds the answer until the session ends."""
    request.session[_KEPT] = motive


def ask(request: HttpRequest, incident: Incident, form: MotiveForm | None = None) -> HttpResponse:
    """The question, with nothing of the concern but its reference."""
    context = {"form": form or MotiveForm(), "reference": incident.reference}
    return render(request, "frontend/concerns/motive.html", context)
