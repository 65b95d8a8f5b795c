"""A concern added by a GIS program: by the rules of a report to the API, answered as `/ogc` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from accounts.permissions import may
from accounts.throttles import throttle
from incidents import changes
from incidents.models import Incident
from incidents.refusals import warnings
from incidents.views.listing import facts_of
from incidents.views.reading import PROPERTIES, read_key, read_report
from ogcapi.crs import CRS84
from ogcapi.items import one, written
from ogcapi.writing import Created, Given, Writer

if TYPE_CHECKING:
    from types import UnionType

    from django.http import HttpRequest


class Reporting(Writer):
    """Concerns are added. What becomes of one is told by its own addresses, and none is ever deleted."""

    properties: ClassVar[Mapping[str, type | UnionType]] = PROPERTIES
    required = ("category", "description")

    def methods(self, reader: Any) -> tuple[str, ...]:
        """Whoever reports adds."""
        return ("POST",) if may(reader.scope.roles, "report") else ()

    def create(self, request: HttpRequest, reader: Any, given: Given) -> Created:
        """The stored concern; with an Idempotency-Key once, however often it is sent. Raises as `changes.report`."""
        throttle(request, "report", account=reader.user)
        # A program that knows the whole row sends null for what it leaves out.
        properties = {name: value for name, value in given.properties.items() if value is not None}
        lon, lat = given.geometry.coords  # type: ignore[attr-defined] # a point, by the kind of the collection
        point = {"type": "Point", "coordinates": [lon, lat]}
        report = read_report({"type": "Feature", "geometry": point, "properties": properties})
        facts = facts_of(report, reader.user, reader.scope)

        def words(incident: Incident) -> str:
            texts = {"description": incident.description, "external_reference": incident.external_reference}
            doubts = warnings({f"properties.{name}": text for name, text in texts.items()})
            rows = given.collection.rows(reader)
            row = None if rows is None else one(given.collection, rows, incident.reference, CRS84)
            return "" if row is None else written(row, None, **doubts).decode()

        if (key := read_key(request)) is None:
            incident = changes.report(**facts)
            return Created(incident.reference, words(incident).encode())
        once = changes.once(
            user=reader.user, key=key, request=request.body, make=lambda: changes.report(**facts), words=words
        )
        return Created(once.reference, once.body.encode(), replayed=once.replayed)
