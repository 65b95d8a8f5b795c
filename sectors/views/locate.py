"""`GET /api/locate/`: who takes a point, and why."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from accounts.authentication import authenticated
from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from ogcapi.geojson import read_number, read_query
from sectors.locating import locate
from sectors.scope import scope_of
from sectors.views.asked import AT, OPEN, read_accuracy, read_category, read_moment

REQUIRED = ("lon", "lat")
PARAMETERS = ("lon", "lat", "accuracy", "category", "at")


class Coded(serializers.Serializer[Any]):
    """A code and its name."""

    code = serializers.CharField()
    name = serializers.CharField()


class LocatedSector(Coded):
    """The sector that takes the point."""

    kind = serializers.CharField()


class LocatedCommune(Coded):
    """The commune of the point, and which force is competent there."""

    competence = serializers.ChoiceField(choices=["PN", "GN"], allow_null=True)


class LocatedEdition(serializers.Serializer[Any]):
    """The edition of the sectors that was asked."""

    code = serializers.CharField()
    in_force_from = serializers.DateField()


class LocatedPost(serializers.Serializer[Any]):
    """The post that answers."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class LocatedReferent(serializers.Serializer[Any]):
    """The public contact of the post; the holder's name where it may be told."""

    name = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    email = serializers.EmailField(allow_null=True)
    stand_in = serializers.BooleanField()


class Weighed(serializers.Serializer[Any]):
    """A sector that was weighed."""

    sector = serializers.CharField()
    distance_m = serializers.FloatField(help_text="To its border: negative inside, 0 on it, positive outside.")
    share = serializers.FloatField(allow_null=True, help_text="Of the accuracy disc; null without accuracy.")


OUTCOMES = ["agreement", "category_rule", "inside", "tie", "nearest", "commune_desk", "gendarmerie", "outside"]


class LocatedSerializer(serializers.Serializer[Any]):
    """The answer, for the schema."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    rule = serializers.ChoiceField(choices=OUTCOMES)
    at = serializers.DateTimeField()
    territory = serializers.CharField()
    edition = LocatedEdition(allow_null=True)
    sector = LocatedSector(allow_null=True)
    post = LocatedPost()
    referent = LocatedReferent()
    unit = Coded()
    commune = LocatedCommune(allow_null=True)
    reason = serializers.CharField()
    border = serializers.BooleanField()
    co_readers = serializers.ListField(child=serializers.CharField())
    candidates = Weighed(many=True)


class LocateView(Endpoint):
    """Who takes a point now, or at a moment, and why. Writes nothing."""

    @extend_schema(
        operation_id="locate",
        parameters=[
            OpenApiParameter("lon", float, required=True, description="Longitude, WGS 84 (EPSG:4326)."),
            OpenApiParameter("lat", float, required=True, description="Latitude."),
            OpenApiParameter("accuracy", float, description="Radius of the accuracy disc, in metres."),
            OpenApiParameter("category", str),
            OpenApiParameter("at", str, description=AT),
        ],
        responses=LocatedSerializer,
        auth=OPEN,
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """The decision, its reason in the language asked, and the sectors that were weighed."""
        user = authenticated(request)
        throttle(request, "locate", account=user)
        asked = read_query(request.GET, PARAMETERS, required=REQUIRED)
        located = locate(
            read_number(asked.get("lon"), field="lon", low=-180, high=180),
            read_number(asked.get("lat"), field="lat", low=-90, high=90),
            accuracy_m=read_accuracy(asked.get("accuracy")),
            category=read_category(asked.get("category")),
            at=read_moment(asked.get("at")),
            home=scope_of(user, timezone.now()).home,
        )
        body = orjson.dumps(located.payload(with_names=user.is_authenticated))
        return HttpResponse(body, content_type="application/json", headers={"Cache-Control": "no-store"})
