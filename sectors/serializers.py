"""The areas as GeoJSON features, for the OpenAPI document: PostGIS prints the answers themselves."""

from __future__ import annotations

from typing import Final

from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from sectors.models import Commune, Sector

# The properties, as they are answered and as they are described.
SECTOR: Final = ("code", "name", "kind", "commune", "edition", "post", "unit")
COMMUNE: Final = (
    "code",
    "name",
    "department",
    "population",
    "competence",
    "unit",
    "town_hall_phone",
    "town_hall_email",
)


class SectorFeature(GeoFeatureModelSerializer):
    """A sector in force."""

    commune = serializers.CharField(allow_null=True, help_text="INSEE code.")
    edition = serializers.CharField()
    post = serializers.CharField()
    unit = serializers.CharField()

    class Meta:
        model = Sector
        geo_field = "area"
        id_field = "code"
        fields = (*SECTOR, "area")


class CommuneFeature(GeoFeatureModelSerializer):
    """A commune served, with who is competent there."""

    competence = serializers.ChoiceField(choices=["PN", "GN"], allow_null=True)
    unit = serializers.CharField(allow_null=True)

    class Meta:
        model = Commune
        geo_field = "area"
        id_field = "code"
        fields = (*COMMUNE, "area")
