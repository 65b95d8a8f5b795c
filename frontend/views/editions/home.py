"""The editions of the map: the list of them, one of them, and a new draft."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend import edition_rows, people
from frontend.edition_forms import BeginForm, NameForm
from frontend.edition_rows import Row, Stand
from frontend.refused import tell
from frontend.views.administration.entry import choice_among, sent
from frontend.views.editions.entry import FORM, draft_or_404, drawers, drawn_by, edition_or_404, seen_of
from ogcapi.geojson import Refused
from ogcapi.media import DOWNLOADS, NAMES
from sectors.changes import drafts
from sectors.collections import Sectors
from sectors.draft_sectors import DraftSectors
from sectors.models import Edition, EditionState

MOST_STEPS: Final = 30
# Whoever saw many drafts given up looks for none of them.
MOST_ABANDONED: Final = 20


@drawers
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The editions of a territory, by where they stand today. Three queries."""
    choice, now = choice_among(request, drawn_by(request)), timezone.now()
    found: dict[Stand, list[Row]] = {each: [] for each in Stand}
    for edition in edition_rows.listed([choice.territory.pk]):
        row = edition_rows.row(edition, now)
        found[row.stand].append(row)
    found[Stand.ABANDONED] = found[Stand.ABANDONED][:MOST_ABANDONED]
    context = {"choice": choice, "groups": [(each, edition_rows.HEADINGS[each], found[each]) for each in found]}
    return render(request, "frontend/editions/list.html", context)


@drawers
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """An edition: its sectors on a map and in words, how far it has come, who did what, and its files."""
    edition, now = edition_or_404(request, code), timezone.now()
    sectors, features = edition_rows.sectors_of(edition)
    row = edition_rows.row(edition, now)
    context = {
        "edition": edition,
        "row": row,
        "sectors": sectors,
        "shapes": edition_rows.carried(features),
        "box": edition_rows.box_of(edition),
        "steps": edition.steps.select_related("author").defer("before", "after").order_by("-number")[:MOST_STEPS],
        "course": _course(edition) if row.stand is Stand.DRAFT else (),
        "files": _files(edition),
        "others": edition_rows.others(edition),
    }
    return render(request, "frontend/editions/edition.html", context)


@drawers
@require_http_methods(FORM)
def begin(request: HttpRequest) -> HttpResponse:
    """A new draft, with the sectors of an edition: of the one in force where none is said."""
    choice, now = choice_among(request, drawn_by(request)), timezone.now()
    models = [
        (edition, _told(row))
        for edition in edition_rows.listed([choice.territory.pk])
        if (row := edition_rows.row(edition, now)).stand is not Stand.ABANDONED
    ]
    in_force = next((edition.code for edition, _name in models if _is_in_force(edition, now)), None)
    wanted = next((edition.code for edition, _name in models if edition.code == request.GET.get("de")), in_force)
    form = BeginForm(sent(request), models=models, initial={"model": wanted})
    if form.is_valid():
        try:
            made = drafts.begin(by=people.user(request), territory=choice.territory.pk, at=now, **form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The draft is there. Draw its sectors, or bring them as a file."))
            return redirect("edition", made.code)
    context = {"form": form, "title": _("Begin a draft"), "button": _("Begin the draft"), "choice": choice}
    return render(request, "frontend/editions/form.html", context)


@drawers
@require_http_methods(FORM)
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """What a draft is called, and what it is for."""
    draft = draft_or_404(request, code)
    form = NameForm(sent(request), initial={"code": draft.code, "note": draft.note})
    if form.is_valid():
        try:
            named = drafts.rename(by=people.user(request), edition=draft.pk, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The name is kept."))
            return redirect("edition", named.code)
    context = {"form": form, "title": _("Name of the draft"), "button": _("Save"), "edition": draft}
    return render(request, "frontend/editions/form.html", context)


@drawers
@require_http_methods(FORM)
def abandon(request: HttpRequest, code: str) -> HttpResponse:
    """Gives a draft up, once the person has said so on this page."""
    draft = draft_or_404(request, code)
    refused = ""
    if request.method == "POST":
        try:
            drafts.abandon(by=people.user(request), edition=draft.pk, seen=seen_of(request), at=timezone.now())
        except Refused as error:
            refused = str(error.errors[0].message)
        else:
            messages.success(request, _("The draft is given up. It stays in the list, with what was drawn."))
            return redirect("editions")
    context = {"edition": draft, "refused": refused}
    return render(request, "frontend/editions/abandon.html", context, status=409 if refused else 200)


def _told(row: Row) -> str:
    """An edition in the list of those to begin with."""
    since = f" {date_format(row.since, 'j F Y')}" if row.since else ""
    return f"{row.edition.code} – {row.tag}{since}"


def _is_in_force(edition: Edition, at: Any) -> bool:
    return edition_rows.stand(edition, at) is Stand.IN_FORCE


def _course(edition: Edition) -> list[tuple[str, str]]:
    """The four steps of a draft, each with its state: done, now or later."""
    reached = {EditionState.DRAFT: 1, EditionState.CHECKED: 2, EditionState.PREVIEWED: 3}[edition.state]
    names = (_("Draw"), _("Check"), _("Preview"), _("Approve"))
    return [(name, "done" if n < reached else "now" if n == reached else "later") for n, name in enumerate(names)]


def _files(edition: Edition) -> list[tuple[str, str]]:
    """(format, address) of the files of its sectors; none of a draft that was given up."""
    if edition.abandoned_at is not None:
        return []
    dates: Any = edition.validity
    name = DraftSectors.id if dates is None else Sectors.id
    asked = f"edition={edition.code}"
    if dates is not None:
        # Without a moment, those in force alone are told.
        asked += f"&datetime={timezone.localtime(dates.lower).isoformat(timespec='seconds').replace('+', '%2B')}"
    return [(str(NAMES[form]), f"/ogc/collections/{name}/{name}.{form}?{asked}") for form in DOWNLOADS]
