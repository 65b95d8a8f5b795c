"""The layers of `/wfs`: each the rows of a collection, read as if they were a table of their own.

django-gisserver reads columns of a model, and a collection says of its rows what is no column: what the sectors of an
edition cover together, how far an agreement reaches, in which days a protocol holds. So the query that a collection
makes stands in the place of the table, and its properties are the columns; the key of a row is the id that `/ogc`
tells. What a reader may see is decided inside, before any filter of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final, Self

from django.apps.registry import Apps
from django.contrib.gis.db import models
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable
from gisserver.crs import CRS, CRS84, WEB_MERCATOR, WGS84
from gisserver.features import FeatureType, field
from gisserver.geometries import WGS84BoundingBox

from ogcapi.collection import Collection

# The first is how features are stored and told unless another is asked for.
SYSTEMS: Final = (WGS84, CRS84, WEB_MERCATOR, CRS.from_srid(2154))
_KINDS: Final[MappingProxyType[str, Callable[..., Any]]] = MappingProxyType(
    {
        "string": models.TextField,
        "integer": models.BigIntegerField,
        "number": models.FloatField,
        "boolean": models.BooleanField,
        "date": models.DateField,
        "date-time": models.DateTimeField,
        "geometry-point": partial(models.PointField, srid=4326),
        "geometry-multipolygon": partial(models.MultiPolygonField, srid=4326),
    }
)
# Where every reader of a concern is told that it lies.
_ELSEWHERE: Final = MappingProxyType({"incidents": "street_location"})
# Columns of the collection's own model may bear the names of its properties.
_PREFIX: Final = "told_"
_KEY: Final = "key"


class Layer(FeatureType):
    """A collection for one reader, to whom it is offered, with what is told of it to whoever it is offered to at all.

    A filter could find out what the answer leaves away; so here all are told the same.
    """

    def __init__(self, collection: Collection, reader: Any) -> None:
        self.collection, self.reader = collection, reader
        self.geometry = _ELSEWHERE.get(collection.id, collection.geometry)
        # Of what a collection reads otherwise than its columns say, they are true where it may be sorted by.
        plain = type(collection).read is Collection.read
        told = tuple(
            each for each in collection.fields if collection.told(each) is None and (plain or collection.sortable(each))
        )
        rows = collection.joined(collection.standing(collection.rows(reader)))  # type: ignore[arg-type] # it is offered
        columns: dict[str, tuple[str, str]] = {
            **{each.name: (each.column, each.kind) for each in told},
            _KEY: (collection.fid, collection.fid_kind),
            self.geometry: (self.geometry, collection.geometry_kind),
        }
        super().__init__(
            _as_table(collection.id, rows, columns),
            name=collection.id,
            title=str(collection.title),
            abstract=str(collection.description),
            fields=[*(field(each.name, abstract=str(each.title)) for each in told), field(self.geometry)],
            geometry_field_name=self.geometry,
            crs=SYSTEMS[0],
            other_crs=list(SYSTEMS[1:]),
            show_name_field=False,
        )

    def get_bounding_box(self) -> WGS84BoundingBox | None:
        """As the collection tells it."""
        found = self.collection.extent(self.reader)
        return None if found is None else WGS84BoundingBox(*found)


class _Rows(models.QuerySet[Any]):
    """Page after page in one order, whatever they were sorted by."""

    def order_by(self, *names: Any) -> Self:
        return super().order_by(*names, *(["pk"] if names else []))


class _Made(BaseTable):
    """In the place of a table the query that makes its rows."""

    def __init__(self, table_name: str, alias: str | None, *, rows: Query) -> None:
        super().__init__(table_name, alias)
        self.rows = rows

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        made, values = self.rows.as_sql(compiler, connection)
        return f"{made} {compiler.quote_name_unless_alias(self.table_alias)}", values

    def relabeled_clone(self, change_map: Any) -> Self:
        return type(self)(self.table_name, change_map.get(self.table_alias, self.table_alias), rows=self.rows)


def _as_table(name: str, rows: models.QuerySet[Any], columns: Mapping[str, tuple[str, str]]) -> _Rows:
    """The rows with these columns alone. columns: by name how Django writes it, and its kind."""
    made = {f"{_PREFIX}{each}": models.F(path) for each, (path, _kind) in columns.items()}
    inner = rows.order_by().values(**made).query
    inner.subquery = True
    model = _model(name, tuple((each, kind) for each, (_path, kind) in columns.items()))
    query: Any = Query(model)
    query.base_table_class = partial(_Made, rows=inner)
    return _Rows(model, query=query).order_by("pk")


@cache
def _model(name: str, columns: tuple[tuple[str, str], ...]) -> Any:
    """A model with these columns, of no app: nothing migrates it, and it has no table."""
    fields = {
        each: _KINDS[kind](db_column=f"{_PREFIX}{each}", **({"primary_key": True} if each == _KEY else {"null": True}))
        for each, kind in columns
    }
    about = type("Meta", (), {"apps": Apps(), "app_label": "wfs", "managed": False, "db_table": "told"})
    return type(name, (models.Model,), {**fields, "Meta": about, "__module__": __name__})
