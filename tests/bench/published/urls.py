"""One collection, for anybody."""

from typing import Any

from django.db.models import QuerySet

from ogcapi.api import Api
from ogcapi.collection import Collection, Field
from tests.bench.published.models import Concern

KINDS = {"DateTimeField": "date-time", "DateField": "date", "BooleanField": "boolean", "IntegerField": "integer"}


class Concerns(Collection):
    """Every row."""

    id = "concern"
    title = "Concerns"
    description = "The concerns as one plain table."
    geometry, geometry_kind = "location", "geometry-point"
    fields = tuple(
        Field(field.name, KINDS.get(type(field).__name__, "string"), field.name, field.name)  # type: ignore[arg-type]
        for field in Concern._meta.fields
        if field.name not in {"id", "location"}
    )
    in_tiles = tuple(field.name for field in fields)

    def rows(self, reader: Any) -> QuerySet[Any]:
        """All of them."""
        return Concern.objects.all()


API = Api(
    title="Bench",
    description="The concerns as one plain table.",
    collections=(Concerns(),),
    identify=lambda request: None,
    whose=lambda reader: "",
)
urlpatterns = API.urls
