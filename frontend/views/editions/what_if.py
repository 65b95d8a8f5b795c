"""Points tried under a draft: who would take each of them, beside who does today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import edition_rows, outlines, people, trying, words
from frontend.doors import too_many
from frontend.views.editions.entry import FORM, draft_or_404, drawers
from incidents.uploads import takes_photos
from ogcapi.csv_cells import CONTENT_TYPE
from sectors.changes.what_if import Fate, TrialError, tried
from sectors.models import Edition, Post

# Nobody reads a longer table, and no map shows more points apart; the file holds all of them.
MOST_ROWS: Final = 200
MOST_SHOWN: Final = 2_000
_WHY: Final = {
    "busy": _("Other points are being tried. Try again in a moment."),
    "too_slow": _("These points take too long. Try fewer at once."),
}

Position = tuple[float, float]


@takes_photos
@drawers
@require_http_methods(FORM)
def what_if(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and what comes of the points: a table, a map, and with `format=csv` a file. Nothing is kept."""
    draft = draft_or_404(request, code)
    form = trying.TrialForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    context: dict[str, Any] = {"edition": draft, "form": form}
    context["box"] = edition_rows.box_of(draft)
    status = 200
    if form.is_valid():
        if wait := wait_of(request, "draw", people.user(request)):
            return too_many(request, wait)
        places = form.cleaned_data["places"]
        try:
            lon, lat = np.array(places).T
            fates = tried(draft, lon, lat, at=timezone.now())
        except TrialError as error:
            form.add_error(None, str(_WHY[error.code]))
            status = 503
        else:
            if request.POST.get("format") == "csv":
                return _file(draft, places, fates)
            context |= _told(draft, places, fates)
    return render(request, "frontend/editions/what_if.html", context, status=status)


def _file(draft: Edition, places: Sequence[Position], fates: Sequence[Fate]) -> HttpResponse:
    answer = HttpResponse(trying.table(places, fates), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{draft.code}-points.csv"'
    return answer


def _told(draft: Edition, places: Sequence[Position], fates: Sequence[Fate]) -> dict[str, Any]:
    """Who hands what to whom, each point that moves first, and the map. Two queries."""
    codes = {code for fate in fates for code in (fate.post_today, fate.post_then)}
    posts = {post.code: words.label(post) for post in Post.objects.filter(code__in=codes)}
    names = dict(draft.sectors.values_list("code", "name"))
    rows = [
        (number, lon, lat, fate, posts[fate.post_today], posts[fate.post_then], names.get(fate.sector_then, ""))
        for number, ((lon, lat), fate) in enumerate(zip(places, fates, strict=True), start=1)
    ]
    rows.sort(key=lambda row: not row[3].moves)
    moves = Counter((posts[fate.post_today], posts[fate.post_then]) for fate in fates if fate.moves)
    return {
        "rows": rows[:MOST_ROWS],
        "count": len(rows),
        "moving": sum(fate.moves for fate in fates),
        "moves": sorted(moves.items(), key=lambda each: (-each[1], each[0])),
        "left_out": max(0, len(rows) - MOST_ROWS),
        "given": outlines.listed(places),
        "shapes": edition_rows.carried(_shapes(draft, rows[:MOST_SHOWN])),
    }


def _shapes(draft: Edition, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The sectors of the draft, and the points upon them: those that move in the colour of what is gained."""
    yield from edition_rows.sectors_of(draft)[1]
    for number, lon, lat, fate, *_more in rows:
        point = orjson.dumps({"type": "Point", "coordinates": [lon, lat]}).decode()
        look = "tried tried--moves" if fate.moves else "tried"
        yield edition_rows.feature(f"point-{number}", look, point, "")
