"""The same answers for a person at a browser: a page of what a program is given as JSON.

The room's own pages are plain; a project gives them its look with templates of the same names: `ogcapi/base.html`
around them all, and `ogcapi/map.html`, which draws the features that a page carries.
"""

from __future__ import annotations

from collections.abc import Collection as Collected
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Final

import orjson
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

from .collection import Collection, Row
from .geojson.writer import feature_collection
from .media import GEOJSON, HTML, JSON
from .problems import CONTENT_TYPE as PROBLEM

# What is given without being asked for comes first: to `*/*`, JSON.
_KNOWN: Final = (JSON, GEOJSON, HTML)
# A `<` in a script would end it; in JSON these can be written otherwise.
_ESCAPES: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))


def wanted(request: HttpRequest) -> bool:
    """Is a page asked for, by `f=html` or, where no format is named, by what a browser says that it accepts?

    Everything on the way of a request asks this: it is found out once.
    """
    known: bool | None = getattr(request, "ogc_page_wanted", None)
    if known is None:
        known = request.ogc_page_wanted = _wanted(request)  # type: ignore[attr-defined]
    return known


def _wanted(request: HttpRequest) -> bool:
    try:
        form = request.GET.get("f")
    except SuspiciousOperation:
        # A query with more in it than is read: it names nothing.
        return False
    return form == "html" if form is not None else request.get_preferred_type(_KNOWN) == HTML


def page(request: HttpRequest, name: str, **told: Any) -> HttpResponse:
    """The page of this name."""
    return render(request, f"ogcapi/{name}.html", told)


def as_data(view: Any, **told: Any) -> Any:
    """The view as one of data, which nothing of what protects pages stands before, unless a page is asked for.

    Whoever asks for a page is refused by one. told: what the pages of the service are told.
    """

    @wraps(view)
    def answer(request: HttpRequest, /, **named: str) -> HttpResponseBase:
        response: HttpResponseBase = view(request, **named)
        if not isinstance(response, HttpResponse) or response.headers.get("Content-Type") != PROBLEM:
            return response
        patch_vary_headers(response, ["Accept"])
        return _refusal(request, response, told) if request.method == "GET" and wanted(request) else response

    answer.csrf_exempt = True  # type: ignore[attr-defined]
    answer.is_endpoint = True  # type: ignore[attr-defined]
    answer.shows_page = wanted  # type: ignore[attr-defined]
    return answer


def _refusal(request: HttpRequest, problem: HttpResponse, told: Mapping[str, Any]) -> HttpResponse:
    """A problem document as a page, with all else that the answer says."""
    document = orjson.loads(problem.content)
    made = page(request, "problem", document=document, title=document["title"], **told)
    made.status_code = problem.status_code
    for name, text in problem.headers.items():
        if name != "Content-Type":
            made.headers[name] = text
    patch_vary_headers(made, ["Cookie"])
    return made


def bounds(document: Mapping[str, Any]) -> dict[str, datetime | None]:
    """From when to when a collection's description says that it holds something, for people: on their own clocks."""
    ((since, until),) = document["extent"].get("temporal", {"interval": [[None, None]]})["interval"]
    return {name: at and datetime.fromisoformat(at) for name, at in (("since", since), ("until", until))}


class Shown:
    """A feature as a row of a table: its id, and its properties as (field, value) in their order."""

    def __init__(self, row: Row, collection: Collection, names: Collected[str] | None = None) -> None:
        self.fid = row.fid
        self.has_place = row.geometry is not None
        self.cells = [
            (field, row.properties.get(field.name))
            for field in collection.fields
            if names is None or field.name in names
        ]


def carried(features: Iterable[bytes]) -> SafeString:
    """Features as the content of a script element of data, for the map of their page; nothing where there are none."""
    features = list(features)
    if not features:
        return mark_safe("")
    text = feature_collection(features)
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return mark_safe(text.decode())  # noqa: S308 - nothing in it can end the element
