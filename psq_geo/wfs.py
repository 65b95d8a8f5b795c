"""`/wfs`: WFS 2.0 by django-gisserver, for programs that know no OGC API.

The layers are the collections of `/ogc`, each offered to those to whom it is offered there. Concerns stand here at the
street, with their nature and their state alone, and problems without what their group alone is told: what every reader
of one may know, so that a filter can find nothing that the answer would not tell. Requests come as an address (no XML
body), filters compare properties and boxes (of GML four numbers alone), and a reference system is one of four: no text
of a request reaches GDAL or PROJ.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from django.core.exceptions import FieldError
from django.db import DataError
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from gisserver.exceptions import ExternalParsingError, InvalidParameterValue, OperationParsingFailed
from gisserver.features import ServiceDescription
from gisserver.operations import wfs20
from gisserver.parsers import wfs20 as requests
from gisserver.parsers.ast import tag_registry
from gisserver.parsers.gml.geometries import GEOSGMLGeometry
from gisserver.parsers.xml import parse_xml_from_string, xmlns
from gisserver.views import WFSView

from incidents import collections as incidents
from ogcapi.packed import packed
from ogcapi.problems import answers
from partnership import collections as partnership
from psq_geo.layers import Layer
from psq_geo.ogc import API, identify

logger = logging.getLogger(__name__)
_SYSTEM: Final = re.compile(
    r"(?:urn:ogc:def:crs:EPSG::|EPSG:|http://www\.opengis\.net/def/crs/EPSG/0/|http://www\.opengis\.net/gml/srs/epsg\.xml#)"
    r"(?:4326|3857|2154)|urn:ogc:def:crs:OGC:(?:1\.3)?:CRS84|http://www\.opengis\.net/def/crs/OGC/1\.3/CRS84",
    re.IGNORECASE,
)
_LONGEST: Final = 4_000
_NUMBER: Final = re.compile(r"-?\d{1,9}(?:\.\d{1,20})?", re.ASCII)
# What stands for a parameter; anything else would be the library's to trip over.
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "COUNT": re.compile(r"\d{1,9}", re.ASCII),
        "MAXFEATURES": re.compile(r"\d{1,9}", re.ASCII),
        "STARTINDEX": re.compile(r"\d{1,9}", re.ASCII),
        "RESULTTYPE": re.compile(r"hits|results", re.IGNORECASE),
        "RESOURCEID": re.compile(r"[a-z-]{1,20}\.[\w-]{1,80}(?:,[a-z-]{1,20}\.[\w-]{1,80}){0,99}", re.ASCII),
        "PROPERTYNAME": re.compile(r"(?:\w+:)?\w+(?:,(?:\w+:)?\w+){0,30}|\*", re.ASCII),
        "VALUEREFERENCE": re.compile(r"(?:\w+:)?\w{1,40}", re.ASCII),
        "RESOLVE": re.compile(r"none|local", re.IGNORECASE),
        "SORTBY": re.compile(
            r"(?:\w+:)?\w+(?: (?:ASC|DESC|A|D))?(?:,(?:\w+:)?\w+(?: (?:ASC|DESC|A|D))?){0,9}", re.ASCII
        ),
    }
)
# What a filter is made of: comparisons of properties with what is written.
_JOINED: Final = frozenset({"Filter", "And", "Or", "Not"})
_COMPARISONS: Final = (
    "EqualTo", "NotEqualTo", "LessThan", "GreaterThan", "LessThanOrEqualTo", "GreaterThanOrEqualTo", "Like", "Null",
    "Nil", "Between",
)  # fmt: skip
_NAMES: Final = frozenset({"ValueReference", "PropertyName"})
_COMPARED: Final = (
    _JOINED
    | _NAMES
    | {f"PropertyIs{each}" for each in _COMPARISONS}
    | {"LowerBoundary", "UpperBoundary", "Literal", "ResourceId", "BBOX"}
)
_NAME: Final = re.compile(r"(?:\w+:)?\w{1,40}", re.ASCII)
# What the library raises where a request means nothing to it; a fault of ours among them is in the log.
_STUMBLES: Final = (
    ArithmeticError, AttributeError, DataError, FieldError, LookupError, NotImplementedError, TypeError, ValueError,
)  # fmt: skip
_REFERENCE: Final = re.compile(rb"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_GML: Final = "opengis.net/gml"
_CORNERS: Final = tuple(f"{{{xmlns.gml32.value}}}{name}" for name in ("Envelope", "lowerCorner", "upperCorner"))


class Box(GEOSGMLGeometry):
    """The box of a filter, as GDAL writes it: read as the parameter BBOX is, and not by GDAL as the library does."""

    @classmethod
    def from_xml(cls, element: Any) -> Any:
        """The box that `_check_box` has let pass."""
        return cls.from_bbox(_numbers(element))


tag_registry.parsers[_CORNERS[0]] = Box


def _none_is_none(asked: Any) -> None:
    """`COUNT=0` asks for no feature, and how many there are: the library would take it for no limit."""
    if asked.count == 0:
        asked.resultType = requests.ResultType.hits


class GetPropertyValue(wfs20.GetPropertyValue):
    """With as many values as a page has, at most."""

    def process_request(self, ows_request: Any) -> Any:
        """The answer."""
        _none_is_none(ows_request)
        return super().process_request(ows_request)


class GetFeature(wfs20.GetFeature):
    """Without CSV: what of it a spreadsheet would compute is not neutralised there, as it is at `/ogc`."""

    def get_output_formats(self) -> list[Any]:
        """GML, and GeoJSON by its names."""
        return [each for each in super().get_output_formats() if "csv" not in each.content_type]

    def process_request(self, ows_request: Any) -> Any:
        """The answer."""
        _none_is_none(ows_request)
        return super().process_request(ows_request)

    def get_pagination(self) -> tuple[int, int]:
        """Where a page begins, and how many features it has at most: of GeoJSON too, endless in the library."""
        start, count = super().get_pagination()
        return start, int(min(count, self.view.max_page_size))


class View(WFSView):
    """The service for one request, whose reader `identify` has found."""

    http_method_names = ("get", "head", "options")
    xml_namespace = "urn:psq_geo"
    xml_namespace_aliases: Any = {"psq": "urn:psq_geo"}  # noqa: RUF012 - as its base has it
    use_html_templates = False
    max_page_size = 5_000
    accept_operations = {  # noqa: RUF012
        "WFS": {**WFSView.accept_operations["WFS"], "GetFeature": GetFeature, "GetPropertyValue": GetPropertyValue}
    }
    reader: Any = None
    logs: frozenset[str] = frozenset()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer. What would bring a geometry or a reference system of its own is refused."""
        for name, texts in request.GET.lists():
            for text in texts:
                _check(name.upper(), str(text))
        response: HttpResponseBase = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response.headers["Cache-Control"] = "private, no-cache" if self.reader else "no-cache"
        return response

    def handle_exception(self, exc: Exception) -> Any:
        """What the library stumbles over is a request that it cannot read (400)."""
        if isinstance(exc, _STUMBLES):
            logger.warning("A request of /wfs could not be read", exc_info=exc)
            exc = OperationParsingFailed("This request cannot be read.", locator="request")
        return super().handle_exception(exc)  # type: ignore[no-untyped-call]

    def get_service_description(self, service: str | None = None) -> Any:
        """What it is called."""
        del service
        return ServiceDescription(title=str(API.title), abstract=str(API.description))

    def get_feature_types(self) -> list[Any]:
        """The layers that this reader is offered, made anew: what they hold is the reader's."""
        return [Layer(each, self.reader) for each in API.collections if each.offered(self.reader)]

    def check_permissions(self, feature_type: Any) -> None:
        """Whoever reads concerns or problems will be in the access log, with those that were told."""
        self.logs |= {feature_type.name} & _LOGS.keys()

    def logged(self, response: HttpResponseBase) -> HttpResponseBase:
        """The answer; once it has left, the log keeps which concerns and problems stood in it."""
        if not self.logs or response.status_code != 200:
            return response
        if not isinstance(response, StreamingHttpResponse):
            self._log(_references(response.content))  # type: ignore[attr-defined] # it is no stream
            return response
        chunks = iter(response)

        def read() -> Iterator[bytes]:
            told: set[str] = set()
            rest = b""
            try:
                for chunk in chunks:
                    # A reference may stand across two pieces.
                    seen = rest + chunk
                    told |= _references(seen)
                    rest = seen[-8:]
                    yield chunk
            finally:
                self._log(told)

        response.streaming_content = read()
        return response

    def _log(self, told: set[str]) -> None:
        asked = self.request.META.get("QUERY_STRING", "")[:500]
        for name in sorted(self.logs):
            log, operation = _LOGS[name]
            log(self.reader, sorted(told), operation=operation, asked=asked)


def _references(text: bytes) -> set[str]:
    return {found.decode() for found in _REFERENCE.findall(text)}


_LOGS: Final[Mapping[str, tuple[Callable[..., None], str]]] = MappingProxyType(
    {
        incidents.Incidents.id: (incidents.log_read, "incident.wfs"),
        partnership.Problems.id: (partnership.log_read, "problem.wfs"),
    }
)


def _check(name: str, text: str) -> None:
    if "\0" in text or len(text) > _LONGEST:
        raise OperationParsingFailed("This parameter cannot be read.", locator=name.lower())
    if name == "SRSNAME" and not _SYSTEM.fullmatch(text):
        raise InvalidParameterValue("This reference system is not served.", locator="srsname")
    if name == "BBOX":
        *numbers, last = text.split(",")
        numbers, system = (numbers, last) if len(numbers) == 4 else ([*numbers, last], None)
        finite = len(numbers) == 4 and all(_NUMBER.fullmatch(each) for each in numbers)
        if not finite or (system is not None and not _SYSTEM.fullmatch(system)):
            raise InvalidParameterValue("Four numbers, and a reference system that is served.", locator="bbox")
    if name in _SHAPES and not _SHAPES[name].fullmatch(text):
        raise InvalidParameterValue("This parameter has another form.", locator=name.lower())
    if name == "FILTER":
        _check_filter(text)


def _check_filter(text: str) -> None:
    """Comparisons alone: a geometry, under whatever prefix, would be handed to GDAL as text."""
    try:
        elements = list(parse_xml_from_string(text).iter())
    except (ExternalParsingError, ValueError):
        raise OperationParsingFailed("This filter is no XML of one element.", locator="filter") from None
    boxed = {part for each in elements if each.tag.endswith("}BBOX") for part in _check_box(each)}
    for each in elements:
        if each in boxed:
            continue
        name, text = str(each.tag).rpartition("}")[2], (each.text or "").strip()
        known = name in _COMPARED and _GML not in str(each.tag).casefold()
        empty = (name in _JOINED and not len(each)) or (name == "Literal" and not text)
        if not known or empty or (name in _NAMES and not _NAME.fullmatch(text)):
            message = "A filter compares properties; geometries and systems go by BBOX and SRSNAME."
            raise OperationParsingFailed(message, locator="filter")


def _check_box(element: Any) -> list[Any]:
    """The parts of the one box in a BBOX: its two corners, of two numbers each, and nothing beside them."""
    *_names, envelope = element if len(element) else [None]
    parts = [] if envelope is None else list(envelope.iter())
    if [each.tag for each in parts] != list(_CORNERS) or any(each.attrib for each in parts[1:]):
        raise OperationParsingFailed("A box is an Envelope of GML 3.2 with its two corners.", locator="filter")
    _check("BBOX", _numbers(envelope))
    return parts


def _numbers(envelope: Any) -> str:
    """The box as the parameter BBOX has it."""
    corners = [number for corner in envelope for number in str(corner.text or "").split()]
    return ",".join([*corners, *filter(None, [envelope.get("srsName")])])


@answers("GET")
def wfs(request: HttpRequest, /) -> HttpResponseBase:
    """The service's answer: XML, or GeoJSON where it is asked for; 401 and 429 as problem documents."""
    view = View()
    view.reader = identify(request)
    view.setup(request)
    response: HttpResponseBase = view.dispatch(request)  # type: ignore[no-untyped-call]
    response = view.logged(response)
    patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
    return packed(request, response)


wfs.csrf_exempt = True  # type: ignore[attr-defined]
# It is data: nothing of what protects pages is needed on its way.
wfs.is_endpoint = True  # type: ignore[attr-defined]
