"""The one way in and out for JSON, GeoJSON and query strings.

In: UTF-8 only, finite numbers, no duplicate or unknown member, bounded size and depth. Geometry is built from numbers,
so that no text of a request ever reaches GEOS, GDAL or PROJ. Every `read_*` returns checked values or raises `Refused`.
Out: geometry is text printed by PostGIS, passed through and never parsed. Positions are (lon, lat) in EPSG:4326.
"""

from .documents import read_json
from .geometry import Feature, read_feature, read_point, read_polygons, read_position
from .points import PointsBatch, read_points
from .query import read_bbox, read_number, read_query
from .refusals import FieldError, Findings, Refused
from .values import check_members, check_number
from .writer import feature, feature_collection

__all__ = [
    "Feature",
    "FieldError",
    "Findings",
    "PointsBatch",
    "Refused",
    "check_members",
    "check_number",
    "feature",
    "feature_collection",
    "read_bbox",
    "read_feature",
    "read_json",
    "read_number",
    "read_point",
    "read_points",
    "read_polygons",
    "read_position",
    "read_query",
]
