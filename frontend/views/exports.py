"""Concerns leave as a table: what this person may see and no more, for a motive that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import filters, motives, people, readers, words
from frontend.doors import after
from frontend.forms import ExportForm
from frontend.views.reading import reads
from ogcapi import csv_cells

# As many as a spreadsheet is still read in, and few enough to be made while somebody waits.
MOST_ROWS: Final = 10_000


@reads
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """A form that asks for a motive; then the table, of which the log keeps who, why, for whom and which rows."""
    scope, now = people.scope(request), timezone.now()
    asked = filters.asked_for(request.GET)
    form = ExportForm(request.POST or None)
    motive = form.cleaned_data["motive"] if form.is_valid() else motives.given(request)
    rows = filters.filtered(readers.listed(scope, motive, letters=None), asked, scope, now, motive)
    wait = 0.0
    count = rows.count()
    if request.method == "POST" and form.is_valid():
        person = people.user(request)
        wait = wait_of(request, "export", person)
        if wait:
            form.add_error(None, _("Too many tables left in an hour. Wait before you ask for another."))
        elif count > MOST_ROWS:
            form.add_error(None, _("These are more than 10,000 concerns. Filter the list first."))
        else:
            shown = [readers.row(incident, now, motive) for incident in readers.by_urgency(rows)]
            motives.note_rows(request, "incident.export", shown, reference=filters.told(asked), **form.cleaned_data)
            answer = HttpResponse("".join(table(shown)), content_type=csv_cells.CONTENT_TYPE)
            answer["Content-Disposition"] = f'attachment; filename="preoccupations-{now:%Y-%m-%d}.csv"'
            return answer
    context = {"form": form, "count": count, "filters": asked, "too_many": count > MOST_ROWS}
    return after(render(request, "frontend/concerns/export.html", context), wait)


def table(rows: list[readers.Row]) -> Iterator[str]:
    """The table's lines; what a row does not tell its reader is an empty cell."""
    names = (
        _("Reference"), _("Status"), _("Nature"), _("Commune"), _("Sector"), _("Answered by"), _("Month"),
        _("Received"), _("Answer due"), _("Organisation"), _("Text"), _("Longitude"), _("Latitude"), _("Position"),
    )  # fmt: skip
    return csv_cells.lines(names, (_cells(row) for row in rows))


def _cells(row: readers.Row) -> tuple[Any, ...]:
    return (
        row.reference,
        words.status(row.status),
        row.category,
        row.place,
        row.sector,
        row.post,
        f"{row.month:%Y-%m}" if row.month else "",
        timezone.localtime(row.reported_at).isoformat(timespec="seconds") if row.reported_at else "",
        row.due["on"] if row.due else None,
        row.partner,
        row.excerpt,
        round(row.lon, 7),
        round(row.lat, 7),
        _("exact") if row.full else _("street"),
    )
