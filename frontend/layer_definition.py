"""A layer definition (`.qlr`) for QGIS 3.18 and later: sectors by kind and with their names, concerns by state.

Its layers read the OGC service, so they show what is there when they are looked at. Colours are those of the
collections' tiles. The layer of concerns names an authentication (`QGIS_AUTHENTICATION`) that each user makes of a
token of their own: the file itself holds nothing secret, and may be passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext as _

from frontend import words
from frontend.recipes import QGIS_AUTHENTICATION
from incidents.collections import Incidents
from incidents.workflow import OPEN, Status
from ogcapi.collection import Collection
from sectors.collections import Sectors

# Told apart by more than their colour.
SHAPES: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.SIGNALEE: "circle",
        Status.QUALIFIEE: "pentagon",
        Status.PRISE_EN_CHARGE: "square",
        Status.REPONDUE: "triangle",
        Status.CLOSE: "diamond",
        Status.NON_RETENUE: "cross_fill",
        Status.SUSPENDUE: "hexagon",
        Status.ROUVERTE: "star",
    }
)
_WHITE: Final = "255,255,255,255"
_BLACK: Final = "0,0,0,255"
_LABEL: Final = {"fontFamily": "Open Sans", "fontSize": "10", "fontSizeUnit": "Point", "textColor": "16,56,79,255"}
_HALO: Final = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": _WHITE}
# As QGIS counts the ways to place a label: level, inside of its polygon.
_LEVEL: Final = "4"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which features are drawn how: an expression of QGIS's (none: all that no other rule draws), a word, a symbol."""

    label: str
    condition: str
    symbol: Mapping[str, str]


def written(root: str, offered: Iterable[Collection]) -> str:
    """The definition of those of these collections that have a style here, for the service at this address."""
    ids = {each.id for each in offered}
    styled = {"incidents": _incidents, "sectors": _sectors}
    definition = Element("qlr")
    group = _group(_group(definition, ""), _("Neighbourhood policing by sector"))
    maplayers = SubElement(definition, "maplayers")
    for name, layer in styled.items():
        if name in ids:
            # QGIS draws the first on top.
            layer(group, maplayers, root)
    indent(definition)
    return "<!DOCTYPE qgis-layer-definition>\n" + tostring(definition, encoding="unicode") + "\n"


def painted(colour: Any, feature: Mapping[str, object]) -> Any:
    """What an expression of MapLibre's, of the few that collections use, says of a feature. ValueError for another."""
    match colour:
        case ["get", name]:
            return feature.get(name)
        case ["==", left, right]:
            return painted(left, feature) == painted(right, feature)
        case ["case", condition, then, *others]:
            rest = others[0] if len(others) == 1 else ["case", *others]
            return painted(then if painted(condition, feature) else rest, feature)
        case ["match", of, known, then, *others]:
            found = painted(of, feature)
            if found in (known if isinstance(known, list) else [known]):
                return painted(then, feature)
            return painted(others[0] if len(others) == 1 else ["match", of, *others], feature)
        case list():
            raise ValueError(colour)
        case _:
            return colour


def _sectors(tree: Element, maplayers: Element, root: str) -> None:
    def fill(kind: str) -> dict[str, str]:
        colour = painted(Sectors.colour, {"kind": kind})
        return {
            "color": _rgba(colour, 51), "outline_color": _rgba(colour), "outline_width": "0.5", "style": "solid",
        }  # fmt: skip

    rules = [Rule(words.kind(kind), f"\"kind\" = '{kind}'", fill(kind)) for kind in words.KINDS]
    rules.append(Rule(_("Another kind"), "ELSE", fill("")))
    layer = _layer(tree, maplayers, Sectors(), root, "Polygon", authentication="")
    _renderer(layer, rules, kind="fill", symbol="SimpleFill")
    layer.set("labelsEnabled", "1")
    settings = SubElement(SubElement(layer, "labeling", type="simple"), "settings")
    style = SubElement(settings, "text-style", _LABEL, fieldName="name", isExpression="0")
    SubElement(style, "text-buffer", _HALO)
    SubElement(settings, "placement", placement=_LEVEL)


def _incidents(tree: Element, maplayers: Element, root: str) -> None:
    late = {"status": Status.SIGNALEE, "overdue": True}
    ring = {
        "name": "circle", "color": "0,0,0,0", "outline_color": _rgba(painted(Incidents.colour, late)),
        "outline_width": "0.8", "size": "6", "size_unit": "MM",
    }  # fmt: skip
    rules = [Rule(_("Late"), '"overdue"', ring)]
    for status, shape in SHAPES.items():
        colour = _rgba(painted(Incidents.colour, {"status": status, "overdue": False}))
        edge = _BLACK if status in OPEN else _WHITE
        marker = {"name": shape, "color": colour, "outline_color": edge, "size": "3.2", "size_unit": "MM"}
        rules.append(Rule(words.status(status), f"\"status\" = '{status.value}'", marker))
    layer = _layer(tree, maplayers, Incidents(), root, "Point", authentication=QGIS_AUTHENTICATION)
    _renderer(layer, rules, kind="marker", symbol="SimpleMarker")


def _group(parent: Element, name: str) -> Element:
    group = SubElement(parent, "layer-tree-group", name=name, checked="Qt::Checked", expanded="1")
    SubElement(group, "customproperties")
    return group


def _layer(
    tree: Element, maplayers: Element, each: Collection, root: str, geometry: str, *, authentication: str
) -> Element:
    """The layer without its style, in the tree and among the layers."""
    named = {"pagingEnabled": "true", "restrictToRequestBBOX": "1", "typename": each.id, "url": root}
    source = " ".join(f"{name}='{value}'" for name, value in named.items())
    if authentication:
        source = f"authcfg={authentication} {source}"
    key, title = f"psq_geo_{each.id}", str(each.title)
    leaf = {"providerKey": "OAPIF", "checked": "Qt::Checked", "expanded": "1"}
    SubElement(tree, "layer-tree-layer", leaf, id=key, name=title, source=source)
    layer = SubElement(maplayers, "maplayer", type="vector", geometry=geometry, styleCategories="AllStyleCategories")
    for name, text in {"id": key, "datasource": source, "layername": title, "abstract": str(each.description)}.items():
        SubElement(layer, name).text = text
    system = SubElement(SubElement(layer, "srs"), "spatialrefsys")
    SubElement(system, "authid").text = "EPSG:4326"
    SubElement(layer, "provider", encoding="UTF-8").text = "OAPIF"
    return layer


def _renderer(layer: Element, rules: Iterable[Rule], *, kind: str, symbol: str) -> None:
    renderer = SubElement(layer, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    listed = SubElement(renderer, "rules", key=f"{{{layer.findtext('id')}}}")
    symbols = SubElement(renderer, "symbols")
    for place, rule in enumerate(rules):
        number = str(place)
        SubElement(listed, "rule", key=f"{{{number}}}", symbol=number, label=rule.label, filter=rule.condition)
        one = SubElement(symbols, "symbol", name=number, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
        drawn = SubElement(one, "layer", {"class": symbol, "enabled": "1", "locked": "0", "pass": "0"})
        options = SubElement(drawn, "Option", type="Map")
        for name, value in rule.symbol.items():
            SubElement(options, "Option", name=name, type="QString", value=value)


def _rgba(colour: str, opacity: int = 255) -> str:
    """As QGIS writes a colour: `#8a3d00` is 138,61,0,255."""
    return ",".join([*(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)), str(opacity)])
