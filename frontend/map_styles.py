"""How each layer of the sector map looks: classes that the style sheets colour, as folium asks for a feature."""

from __future__ import annotations

from typing import Any


def sector(feature: dict[str, Any]) -> dict[str, Any]:
    """An area with the pattern and the dashes of its kind."""
    kind = feature["properties"]["c"]
    dashes = {"city-centre": None, "economic": "12 5", "dense-housing": "3 5"}.get(kind, "1 7")
    return {
        "className": f"area area--{kind}",
        "fillColor": f"url(#hatch-{kind})",
        "fillOpacity": 1,
        "weight": 2.5,
        "dashArray": dashes,
    }


def agreed(_feature: dict[str, Any]) -> dict[str, Any]:
    """What an agreement holds: over the sectors, and not interactive, so that the pointer still means them."""
    return {"className": "agreed", "weight": 2, "interactive": False}


def commune(feature: dict[str, Any]) -> dict[str, Any]:
    """A commune by its force: not interactive either, and named in words under the map."""
    return {"className": f"commune commune--{feature['properties']['c']}", "weight": 1, "interactive": False}


def watched(_feature: dict[str, Any]) -> dict[str, Any]:
    """What is under citizen watch."""
    return {"className": "watched", "weight": 3, "interactive": False}


def outline(_feature: dict[str, Any]) -> dict[str, Any]:
    """The limit of the territory."""
    return {"className": "outline", "weight": 2, "fill": False, "interactive": False}
