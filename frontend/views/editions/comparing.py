"""What differs between two editions of a territory: on a map, as a table, and as a file."""

from __future__ import annotations

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend import edition_rows, previewed
from frontend.views.editions.entry import drawers, edition_or_404
from ogcapi.media import GEOJSON
from sectors.differences import as_features, differences
from sectors.models import Edition


@drawers
@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """The ground that another sector or another post answers for, from the edition `avec` to this one."""
    edition = edition_or_404(request, code)
    other = _other(request, edition)
    found = differences(other, edition) if other else []
    context = {
        "edition": edition,
        "other": other,
        "others": edition_rows.others(edition),
        "rows": edition_rows.difference_rows(found, (other, edition) if other else (), previewed.post_names()),
        "shapes": edition_rows.found_in(edition, edition_rows.of_differences(found)),
    }
    return render(request, "frontend/editions/compare.html", context)


@drawers
@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The same as GeoJSON in EPSG:4326."""
    edition = edition_or_404(request, code)
    other = _other(request, edition)
    if other is None:
        raise Http404
    answer = HttpResponse(orjson.dumps(as_features(differences(other, edition))), content_type=GEOJSON)
    answer["Content-Disposition"] = f'attachment; filename="{other.code}--{edition.code}.geojson"'
    return answer


def _other(request: HttpRequest, edition: Edition) -> Edition | None:
    """The edition that the address says, of the same territory; else the one before. Http404 for any other."""
    code = request.GET.get("avec", "")
    if code:
        other = edition_or_404(request, code)
        if other.territory_id != edition.territory_id:
            raise Http404
        return other
    return edition_rows.last_before(edition)
