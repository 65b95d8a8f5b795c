"""Reports as clients send them, and a few places of the embedded territory."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.test import Client

from accounts.models import User
from incidents import changes
from incidents.models import Incident, ReceivedVia
from incidents.reporters import on_behalf, partner_for
from sectors.models import Partner
from sectors.scope import scope_of

ADDRESS = "/api/incidents/"
GAP = (6.0786, 44.5594)  # hyper-centre of Gap, 319 m from its limit
GAP_HOUSING = (6.0631, 44.547)
GAP_BUSINESS = (6.0559, 44.5315)
GAP_DESK = (6.11, 44.57)  # the commune of Gap, in no sector
BRIANCON = (6.6387, 44.8962)
VALLEY = (6.2, 44.7)  # in the gendarmerie zone
PARIS = (2.35, 48.85)


# Who sees which of the concerns of the fixture `three`.
SEEN = [
    ("partner_a", "gap housing"),
    ("partner_b", "briancon"),
    ("referent_a", "gap"),
    ("mayor_gap", "gap housing"),
    ("director", "gap housing briancon"),
]


def feature(point: tuple[float, float] = GAP, **properties: Any) -> dict[str, Any]:
    """A report with a category and a text, unless `properties` says otherwise; a None is left out."""
    given = {"category": "tapage", "description": "Bruit chaque soir au pied de l'immeuble", **properties}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(point)},
        "properties": {name: value for name, value in given.items() if value is not None},
    }


def send(client: Client, document: Any, address: str = ADDRESS, **headers: str) -> Any:
    """The answer to a POST of this document, or of these bytes."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.generic("POST", address, body, content_type="application/geo+json", headers=headers or None)


def move(client: Client, reference: str, point: tuple[float, float], reason: str = "Mauvaise adresse") -> Any:
    """The answer to a pin put elsewhere."""
    body = json.dumps({"coordinates": list(point), "reason": reason}).encode()
    return client.generic("POST", f"{ADDRESS}{reference}/move/", body, content_type="application/json")


def properties_of(response: Any) -> dict[str, Any]:
    """The properties of the Feature answered."""
    found: dict[str, Any] = json.loads(response.content)["properties"]
    return found


def reported(author: User, at: datetime, point: tuple[float, float] = GAP, **more: Any) -> Incident:
    """A stored concern, as `changes` makes it."""
    scope = scope_of(author, at)
    code = more.pop("partner", None)
    partner = Partner.objects.get(code=code).pk if code else partner_for(scope, None)
    return changes.report(
        author=author,
        partner=partner,
        on_behalf=on_behalf(scope, partner),
        home=scope.home,
        lon=point[0],
        lat=point[1],
        category=more.pop("category", "tapage"),
        description=more.pop("description", "Bruit chaque soir"),
        received_via=ReceivedVia.API,
        at=at,
        **more,
    )


def errors_of(response: Any) -> list[tuple[str, str]]:
    """(field, code) of each defect in a problem document."""
    assert response["Content-Type"] == "application/problem+json", response["Content-Type"]
    return [(each["field"], each["code"]) for each in json.loads(response.content)["errors"]]
