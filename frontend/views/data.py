"""Data and API: what is offered to this reader, how a program opens it, and a layer definition for QGIS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.throttles import LIMITS
from frontend import examples, layer_definition, people
from frontend.recipes import QGIS_AUTHENTICATION, RECIPES
from incidents.collections import Incidents
from incidents.views.listing import MOST_LIMIT
from ogcapi import descriptions
from ogcapi.asked import MOST, USUAL
from ogcapi.collection import Collection
from ogcapi.cql2 import LONGEST
from ogcapi.crs import SYSTEMS
from ogcapi.files import KEPT_S
from ogcapi.media import DOWNLOADS, FORMATS, NAMES
from sectors.collections import Reader

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from ogcapi.api import Api

# Of LIMITS, those that a program meets.
COUNTED: Final[tuple[tuple[str, _StrOrPromise], ...]] = (
    ("areas", _("The map, without an account")),
    ("read", _("Under /ogc and /wfs with an account, and concerns under /api")),
    ("tiles", _("Tiles of a map")),
    ("locate", _("Who answers for a place")),
    ("batch", _("Files of points, in /api/locate/batch/")),
    ("report", _("Concerns reported")),
    ("draw", _("Sectors of drafts drawn")),
    ("export", _("Concerns taken away as a stream")),
)
# What a program may do in a collection, by the method that it sends.
WRITES: Final[dict[str, _StrOrPromise]] = {"POST": _("add"), "PUT": _("replace"), "DELETE": _("delete")}
_SPANS: Final[dict[float, _StrOrPromise]] = {60: _("a minute"), 3600: _("an hour")}


@require_safe
def page(request: HttpRequest, api: Api) -> HttpResponse:
    """What there is and how to reach it, with the addresses of the host that was asked."""
    host = request.build_absolute_uri("/").rstrip("/")
    root = f"{host}/{api.root}"
    reader = _reader(request)
    offered = [each for each in api.collections if each.offered(reader)]
    own = any(each.id == Incidents.id for each in offered)
    example = examples.of_the_map()
    told = {
        "api": api,
        "example": example,
        "host": host,
        "root": root,
        # Links stay on the host that was asked; what is copied says which it is.
        "here": f"/{api.root}",
        "offered": [_shown(each, f"/{api.root}", host, reader) for each in offered],
        "writes": any(each.writer is not None and each.writer.methods(reader) for each in offered),
        "own": own,
        "systems": SYSTEMS.values(),
        "recipes": [
            (
                recipe,
                [
                    (each, each.at(root, host, (example.lon, example.lat)))
                    for each in recipe.snippets
                    if own or not each.personal
                ],
            )
            for recipe in RECIPES
        ],
        "authentication": QGIS_AUTHENTICATION,
        "limits": [(what, LIMITS[name].tokens, _SPANS[LIMITS[name].seconds]) for name, what in COUNTED],
        "usual": USUAL,
        "most": MOST,
        "most_of_api": MOST_LIMIT,
        "longest": LONGEST,
        "kept_minutes": KEPT_S // 60,
    }
    return render(request, "frontend/pages/data.html", told)


@require_safe
def layers(request: HttpRequest, api: Api) -> HttpResponse:
    """The layer definition for QGIS, of what this reader is offered; no token is in it."""
    root, reader = request.build_absolute_uri(f"/{api.root}"), _reader(request)
    text = layer_definition.written(root, [each for each in api.collections if each.offered(reader)])
    headers = {
        "Content-Disposition": 'attachment; filename="psq_geo.qlr"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Cookie",
    }
    return HttpResponse(text, content_type="application/x-qgis-layer-definition", headers=headers)


def _reader(request: HttpRequest) -> Reader | None:
    """Who the service would know whoever has signed in here for."""
    who: Any = request.user
    return Reader(who, people.scope(request)) if who.is_authenticated else None


def _shown(each: Collection, root: str, host: str, reader: Reader | None) -> dict[str, Any]:
    here = f"{root}/collections/{each.id}"
    forms = {form: f"{here}/items?f={form}" for form in NAMES} | {
        form: f"{here}/{each.id}.{form}" for form in DOWNLOADS
    }
    return {
        "of": each,
        "address": f"{host}{here}/items",
        "properties": descriptions.schema("", each)["properties"],
        "writes": () if each.writer is None else [WRITES[method] for method in each.writer.methods(reader)],
        "formats": [(NAMES[form], address, FORMATS[form]) for form, address in forms.items()],
    }
