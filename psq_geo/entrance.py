"""`/api/`: where a program, or who writes one, finds the rest."""

from __future__ import annotations

from typing import Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_page
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView

from accounts.authentication import authenticated
from accounts.endpoints import Endpoint
from ogcapi.geojson import read_query
from ogcapi.problems import answers
from sectors.views.asked import OPEN

ADDRESSES: Final = {
    "locate": "/api/locate/",
    "batch": "/api/locate/batch/",
    "sectors": "/api/sectors/",
    "communes": "/api/communes/",
    "incidents": "/api/incidents/",
    "editions": "/api/editions/",
    "statistics": "/api/statistics/",
    "statistics_grid": "/api/statistics/grid/",
}
LINKS: Final = [
    {"rel": "service-desc", "href": "/api/schema/", "type": "application/vnd.oai.openapi"},
    {"rel": "service-doc", "href": "/api/docs/", "type": "text/html"},
]
_INDEX: Final = {
    "type": "object",
    "required": ["title", "links", "addresses"],
    "properties": {
        "title": {"type": "string"},
        "links": {"type": "array", "items": {"type": "object", "required": ["rel", "href"]}},
        "addresses": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


class IndexView(Endpoint):
    """The beginning of the API."""

    @extend_schema(operation_id="readIndex", responses={(200, "application/json"): _INDEX}, auth=OPEN)
    def get(self, request: HttpRequest) -> HttpResponse:
        """The documentation and the main addresses."""
        authenticated(request)
        read_query(request.GET, ())
        body = orjson.dumps({"title": "psq_geo", "links": LINKS, "addresses": ADDRESSES})
        return HttpResponse(body, content_type="application/json")


# The same for everybody, and a tenth of a second to write.
_written = cache_page(3600)(SpectacularAPIView.as_view())


@csrf_exempt
@answers("GET")
def schema(request: HttpRequest) -> HttpResponseBase:
    """The OpenAPI document. A token that is no longer valid is refused before what is kept of it is looked up."""
    authenticated(request)
    read_query(request.GET, ("format", "lang", "version"))
    return _written(request)
