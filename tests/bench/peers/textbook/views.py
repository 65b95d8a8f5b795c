"""Where is this point, and a concern created: nothing is explained, logged, dated or owed."""

from typing import Any

from django.contrib.gis.geos import Point
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_gis.pagination import GeoJsonPagination
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from .models import Commune, Incident, Sector


class SectorSerializer(serializers.ModelSerializer[Sector]):
    """A sector without its area."""

    class Meta:
        model = Sector
        fields = ("id", "code", "name", "referent", "email", "phone", "commune_code")


class IncidentSerializer(GeoFeatureModelSerializer):
    """A concern as GeoJSON."""

    class Meta:
        model = Incident
        geo_field = "location"
        fields = (
            "id",
            "reference",
            "category",
            "status",
            "description",
            "reporter",
            "created_at",
            "updated_at",
            "sector",
        )
        read_only_fields = ("sector",)


class CommuneSerializer(GeoFeatureModelSerializer):
    """A commune as GeoJSON."""

    class Meta:
        model = Commune
        geo_field = "area"
        fields = ("id", "code", "name", "territory", "competence", "unit")


class Pages(GeoJsonPagination):
    """As many as are asked for."""

    page_size_query_param = "limit"
    max_page_size = 10_000


def sector_at(point: Point) -> Sector | None:
    """The sector that covers the point."""
    return Sector.objects.filter(active=True, area__covers=point).order_by("id").first()


class Locate(APIView):
    """The sector of a point."""

    permission_classes = ()

    def get(self, request: Request) -> Response:
        """200 with the sector, 404 without."""
        try:
            point = Point(float(request.query_params["lon"]), float(request.query_params["lat"]), srid=4326)
        except (KeyError, ValueError):
            return Response({"detail": "lon, lat"}, status=400)
        sector = sector_at(point)
        if sector is None:
            return Response({"detail": "none"}, status=404)
        return Response(SectorSerializer(sector).data)


class Incidents(viewsets.ModelViewSet[Incident]):
    """Concerns."""

    permission_classes = ()
    queryset = Incident.objects.order_by("id")
    serializer_class = IncidentSerializer

    def perform_create(self, serializer: Any) -> None:
        """Routed on the way in."""
        serializer.save(sector=sector_at(serializer.validated_data["location"]))


class Communes(viewsets.ReadOnlyModelViewSet[Commune]):
    """Communes."""

    permission_classes = ()
    queryset = Commune.objects.order_by("id")
    serializer_class = CommuneSerializer
    pagination_class = Pages
