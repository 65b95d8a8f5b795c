"""The door of the pages of editions, and what each of them asks first."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from frontend import people
from frontend.doors import open_to
from sectors.models import Edition, EditionState

drawers: Final = open_to(
    "draw_edition",
    _("The map of the sectors is drawn by the direction and the local administrator. Ask them if it should change."),
)
FORM: Final = ("GET", "HEAD", "POST")


def drawn_by(request: HttpRequest) -> tuple[int, ...]:
    """The keys of the territories whose map this person draws."""
    return people.scope(request).over("draw_edition")


def edition_or_404(request: HttpRequest, code: str) -> Edition:
    """The edition of this code, with its territory and who approved it; Http404 for one of elsewhere. One query."""
    rows = Edition.objects.filter(territory__in=drawn_by(request), code=code)
    found: Edition | None = rows.select_related("territory", "approved_by").first()
    if found is None:
        raise Http404
    return found


def draft_or_404(request: HttpRequest, code: str) -> Edition:
    """The same of one that is still drawn; Http404 for any other."""
    found = edition_or_404(request, code)
    if found.state in {EditionState.DATED, EditionState.ABANDONED}:
        raise Http404
    return found


def seen_of(request: HttpRequest) -> int:
    """The number of the draft that the form's page was made of; -1 for what is none, which no draft has."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else -1
