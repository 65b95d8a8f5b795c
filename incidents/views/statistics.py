"""`/api/statistics/`: how much is reported where and answered in time; no count that would tell of one concern."""

from __future__ import annotations

from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema

from accounts.authentication import authenticated
from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from incidents.answering import published_rates
from incidents.counting import figures, published, sectors_of
from incidents.figures import FEWEST
from incidents.positions import CELL_M, cell
from ogcapi.geojson import FieldError, Refused, feature, feature_collection, read_query
from sectors.views.asked import OPEN

GEOJSON: Final = "application/geo+json"
# The same for everybody, and as it is for good: the month is over.
PUBLIC: Final = {"Cache-Control": "public, max-age=3600"}
_MONTH: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}
_PARAMETERS: Final = [
    OpenApiParameter(
        "month", str, description="A month that is over (2026-10), of those in `months`; the last one if none."
    ),
]
STATISTICS: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["month", "months", "hidden_under", "sectors", "answers"],
    "properties": {
        "month": _MONTH,
        "months": {"type": "array", "items": _MONTH, "description": "The months that are published."},
        "hidden_under": {"type": "integer", "description": "No count under this is told, nor can be worked out."},
        "sectors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["territory", "sector", "name", "reported"],
                "properties": {
                    "territory": {"type": "string"},
                    "sector": {"type": "string"},
                    "name": {"type": "string"},
                    "reported": {
                        "type": ["integer", "null"],
                        "minimum": FEWEST,
                        "description": "Concerns reported in the month. Null where there are none, where there are few,"
                        " and where few are left without those of one reporter: the three look alike.",
                    },
                },
            },
        },
        "answers": {
            "type": "array",
            "description": "Of what was due in each of the last quarters, as it stood when it ended: on_time of"
            " counted, which is what was answered and what should have been. A territory is not told where few answers"
            " came in time, or few did not, or few are left without those of one reporter.",
            "items": {
                "type": "object",
                "required": ["territory", "from", "to", "on_time", "counted"],
                "properties": {
                    "territory": {"type": "string"},
                    "from": {"type": "string", "format": "date", "description": "First due day."},
                    "to": {"type": "string", "format": "date", "description": "Last due day."},
                    "on_time": {"type": "integer", "minimum": FEWEST},
                    "counted": {"type": "integer", "minimum": 2 * FEWEST},
                },
            },
        },
    },
}
GRID: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "month", "months", "hidden_under", "cell_m", "numberReturned", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "name": {"type": "string"},
        "month": _MONTH,
        "months": {"type": "array", "items": _MONTH},
        "hidden_under": {"type": "integer"},
        "cell_m": {"const": CELL_M},
        "numberReturned": {"type": "integer"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "id", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": "string"},
                    "geometry": {"type": "object"},
                    "properties": {
                        "type": "object",
                        "required": ["cell", "family", "month", "reported"],
                        "properties": {
                            "cell": {"type": "string", "description": "Its south-west corner in metres of EPSG:2154."},
                            "family": {"type": "string"},
                            "month": _MONTH,
                            "reported": {"type": "integer", "minimum": FEWEST},
                        },
                    },
                },
            },
        },
    },
}


class StatisticsView(Endpoint):
    """How much is reported in each sector."""

    @extend_schema(
        operation_id="readStatistics",
        parameters=_PARAMETERS,
        responses={(200, "application/json"): STATISTICS},
        auth=OPEN,
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """The concerns reported in each sector in a month that is over, by where they were first said to be.

        And how many of the answers that were due in the last quarters came in time.
        """
        month, head = _asked(request)
        found = figures(month).sectors
        sectors = [
            {"territory": area[0], "sector": area[1], "name": name, "reported": found.get(area)}
            for area, name in sorted(sectors_of(month).items())
        ]
        answers = [
            {
                "territory": territory,
                "from": rate.first,
                "to": rate.last,
                "on_time": rate.on_time,
                "counted": rate.counted,
            }
            for territory, rate in published_rates(timezone.now())
        ]
        body = {**head, "sectors": sectors, "answers": answers}
        return HttpResponse(orjson.dumps(body), content_type="application/json", headers=PUBLIC)


class GridView(Endpoint):
    """How much is reported on a grid of 200 m."""

    @extend_schema(
        operation_id="readStatisticsGrid", parameters=_PARAMETERS, responses={(200, GEOJSON): GRID}, auth=OPEN
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """The concerns reported in each cell of 200 m and family of natures; cells with few have none."""
        month, head = _asked(request)
        cells = []
        for (x, y, family), reported in figures(month).places.items():
            name = f"{CELL_M}mN{y * CELL_M}E{x * CELL_M}"
            square = orjson.dumps({"type": "Polygon", "coordinates": [cell(x, y)]})
            told = {"cell": name, "family": family, "month": month, "reported": reported}
            cells.append(feature(f"{name}-{family}", square, told))
        body = feature_collection(cells, name="statistics_grid", **head, cell_m=CELL_M, numberReturned=len(cells))
        return HttpResponse(body, content_type=GEOJSON, headers=PUBLIC)


def _asked(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The month asked for, among those published, and what each answer begins with. Refused (400): unknown_month."""
    throttle(request, "figures", account=authenticated(request))
    asked = read_query(request.GET, ("month",))
    months = published(timezone.now())
    month = asked.get("month", months[0])
    if month not in months:
        message = _("Ask for one of the months that are published, such as %(month)s.") % {"month": months[0]}
        raise Refused([FieldError("month", "unknown_month", message)])
    return month, {"month": month, "months": months, "hidden_under": FEWEST}
