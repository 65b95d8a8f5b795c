"""The citizen-watch protocols as people read them: where, since when, until when, and how many take part."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend import edition_rows, people
from frontend.doors import limited
from sectors import atlas
from sectors.collections import CitizenWatches
from sectors.models import CitizenWatchState


@require_safe
@limited("places")
def protocols(request: HttpRequest) -> HttpResponse:
    """The protocols that are signed, on the map and in words; those of the reader's own territory first. One query."""
    directory = atlas.current().directory
    home = people.scope(request).home if request.user.is_authenticated else None
    rows: Any = (
        CitizenWatches()
        .rows(None)
        .select_related("commune", "territory")
        .defer("area", "area_m", "commune__area", "commune__area_m")
        .annotate(
            shape=AsGeoJSON("perimeter", precision=edition_rows.DECIMALS),
            at=AsGeoJSON(PointOnSurface("perimeter")),
            whole=Q(area__isnull=True),
        )
        .order_by("territory__rank", "commune__name", "code")
    )
    told, shapes = [], []
    for number, row in enumerate(sorted(rows, key=lambda row: row.territory_id != home), start=1):
        is_over = row.state == CitizenWatchState.CLOSED
        commune = directory.communes.get(row.commune_id)
        answers = directory.posts.get(commune.post_id) if commune and commune.post_id else None
        told.append({"number": number, "row": row, "is_over": is_over, "answers": answers})
        if not is_over:
            shapes.append(edition_rows.feature(row.code, "watched watched--read", row.shape, row.at, number))
    return render(
        request,
        "frontend/citizen_watch.html",
        {"protocols": told, "shapes": edition_rows.carried(shapes), "fewest": CitizenWatches.fewest_told},
    )
