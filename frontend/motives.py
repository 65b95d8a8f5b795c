"""Why somebody reads what another sector holds: asked once a session, and kept in the access log with each reading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from frontend import people
from frontend.forms import MotiveForm
from frontend.readers import Point, Row
from incidents.models import Incident
from incidents.models.visibility import asks_for_a_motive
from incidents.views.access import MOTIVE_KEPT, log_rows, territory_code
from incidents.views.access import kept_motive as given
from sectors.scope import Scope

__all__ = ["ask", "ask_for_list", "given", "keep", "note_reading", "note_rows", "question", "wanted"]


def wanted(request: HttpRequest, incident: Incident, scope: Scope) -> bool:
    """Must this person first say why? Only the direction, of what is neither theirs nor held by a post of theirs."""
    return asks_for_a_motive(incident, scope) and not given(request)


def note_reading(request: HttpRequest, incident: Incident) -> None:
    """The access log of the concern's territory keeps that this person read it, and why."""
    log_access(
        user=people.user(request),
        operation="incident.read",
        reference=f"incident:{incident.reference}",
        territory=territory_code(incident.territory_id),
        motive=given(request),
    )


def note_rows(request: HttpRequest, operation: str, shown: Iterable[Row | Point], **more: Any) -> None:
    """The same of a list; see `log_rows`."""
    log_rows(
        [(row.territory, row.reference) for row in shown],
        home=people.scope(request).home,
        user=people.user(request),
        operation=operation,
        **{"motive": given(request), **more},
    )


def keep(request: HttpRequest, motive: str) -> None:
    """Holds the answer until the session ends."""
    request.session[MOTIVE_KEPT] = motive


def ask(request: HttpRequest, incident: Incident, form: MotiveForm | None = None) -> HttpResponse:
    """The question, with nothing of the concern but its reference."""
    context = {"form": form or MotiveForm(), "reference": incident.reference}
    return render(request, "frontend/concerns/motive.html", context)


def ask_for_list(request: HttpRequest, form: MotiveForm, back: str) -> HttpResponse:
    """The question once more, for the list at the address `back`."""
    return render(request, "frontend/concerns/motive.html", {"form": form, "back": back})


def question(request: HttpRequest, shown: Iterable[Row], *, searched: bool = False) -> MotiveForm | None:
    """The question to go with a list, where texts of it are not told yet, or were to be searched."""
    asks = any(row.unsaid for row in shown) or (searched and people.scope(request).directed and not given(request))
    if not asks:
        return None
    form = MotiveForm()
    form.fields["motive"].label = _("Why you read them")
    return form
