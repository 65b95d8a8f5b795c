"""What is sent to write at `/ogc`: a sector of a draft, a concern, and how they are sent."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

DRAWN = "/ogc/collections/draft-sectors/items"
ADDED = "/ogc/collections/incidents/items"
GEOJSON = "application/geo+json"
READ = "GET, HEAD, OPTIONS"
RING = [[6.07, 44.55], [6.08, 44.55], [6.08, 44.56], [6.07, 44.56], [6.07, 44.55]]
BOW = [*RING[:2], *RING[3:1:-1], RING[0]]
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
PLACE = [6.0786, 44.5594]


def sector(**more: Any) -> dict[str, Any]:
    properties = {"code": "gap-nouveau", "name": "Nouveau", "kind": "city_centre", "post": "gap-economique"}
    geometry = more.pop("geometry", {"type": "Polygon", "coordinates": [RING]})
    return {"type": "Feature", "geometry": geometry, "properties": properties | more}


def concern(**more: Any) -> dict[str, Any]:
    properties = {"category": "tapage", "description": "Du bruit chaque soir.", **more}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": PLACE}, "properties": properties}


def send(client: Client, method: str, address: str, document: Any = None, **headers: str) -> Any:
    body = b"" if document is None else json.dumps(document).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.generic(method, address, body, content_type=GEOJSON, headers=named)
