"""What was not delivered, for the direction: which notice, of which concern, and whom to telephone instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend import letters, people
from frontend.views.reading import for_roles
from incidents.views.access import log_in_all
from messaging.wishes import concern_of
from sectors.letters import Addressee, addressees, dead_of, undelivered

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A message that did not leave, the concern that it tells of, and who was to read it."""

    letter: letters.Line
    reference: str
    to: Addressee | None


@for_roles("triage")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The newest that were given up in the territories directed; reading them is logged, and no text is shown."""
    directed = people.scope(request).directed
    rows = list(dead_of(directed).defer("subject", "body").order_by("-pk")[:MOST])
    known = addressees({row.recipient for row in rows}, directed)
    log_in_all(directed, user=people.user(request), operation="message.list", count=len(rows))
    context = {
        "lines": [
            Line(letters.line(row), concern_of(row.dedupe_key), known.get(row.recipient.lower())) for row in rows
        ],
        "undelivered": undelivered(directed) if len(rows) == MOST else None,
        "administers": bool(people.scope(request).administered),
    }
    return render(request, "frontend/desk/undelivered.html", context)
