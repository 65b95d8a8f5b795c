"""How each program opens the data: its steps in words, and what is copied into it, for the address of this very host.

`{root}` stands for the address of the OGC service, `{host}` for that of the site. A token is never written out: a
program is given it by its user, or by the variable TOKEN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# The authentication that the layer definition names and its user makes: QGIS has seven letters and digits for it.
QGIS_AUTHENTICATION: Final = "psqgeo1"


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is copied, and what it does. personal: it reads concerns, for those alone who may."""

    code: str
    what: _StrOrPromise
    text: str
    personal: bool = False

    def at(self, root: str, host: str, place: tuple[float, float]) -> str:
        """The text with the addresses in it, and a place (lon, lat) to ask for."""
        lon, lat = (f"{degrees:.4f}" for degrees in place)
        filled = {"{root}": root, "{host}": host, "{lon}": lon, "{lat}": lat}
        return reduce(lambda text, name: text.replace(name, filled[name]), filled, self.text)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A program, the steps in their order, and what is copied."""

    code: str
    name: str
    steps: Sequence[_StrOrPromise]
    snippets: Sequence[Snippet]


_GEOPANDAS_OWN: Final = """import os, urllib.request
import geopandas

asked = urllib.request.Request(
    "{root}/collections/incidents/items?limit=10000",
    headers={"Authorization": "Token " + os.environ["TOKEN"]},
)
concerns = geopandas.read_file(urllib.request.urlopen(asked))"""
_MAPLIBRE: Final = """const map = new maplibregl.Map({
  container: "map",
  style: "{root}/collections/sectors/style",
});"""
_MAPLIBRE_OWN: Final = """const map = new maplibregl.Map({
  container: "map",
  style: "{root}/collections/incidents/style",
  transformRequest: (url) => ({ url, headers: { Authorization: `Token ${token}` } }),
});"""

RECIPES: Final = (
    Recipe(
        "qgis",
        "QGIS",
        (
            _("By the layer definition above: Layer › Add from Layer Definition File, and the layers come styled."),
            _("By hand: Layer › Add Layer › Add WFS / OGC API - Features Layer, New, and this address."),
            _("Large collections open at once as FlatGeobuf: Layer › Add Layer › Add Vector Layer, Protocol: HTTP(S)."),
        ),
        (
            Snippet("qgis-address", _("Address of the service"), "{root}"),
            Snippet("qgis-file", _("Communes as FlatGeobuf"), "{root}/collections/communes/communes.fgb"),
        ),
    ),
    Recipe(
        "arcgis",
        "ArcGIS Pro",
        (
            _("Insert › Connections › Server › New OGC API Server, with this address."),
            _("For your concerns, any user name, and a token as the password."),
            _("From the catalogue, drag a collection onto the map."),
        ),
        (Snippet("arcgis-address", _("Address of the service"), "{root}"),),
    ),
    Recipe(
        "ogr2ogr",
        "GDAL (ogrinfo, ogr2ogr)",
        (_("What there is, then a copy as a GeoPackage, in Lambert-93 if you like (-t_srs EPSG:2154)."),),
        (
            Snippet("ogrinfo", _("What there is"), 'ogrinfo -ro -so "OAPIF:{root}" sectors'),
            Snippet(
                "ogr2ogr",
                _("Sectors as a GeoPackage"),
                'ogr2ogr -f GPKG sectors.gpkg "OAPIF:{root}" sectors -oo PAGE_SIZE=1000',
            ),
            Snippet(
                "ogr2ogr-own",
                _("Your concerns as a GeoPackage"),
                'ogr2ogr -f GPKG concerns.gpkg "OAPIF:{root}" incidents -oo "USERPWD=me:$TOKEN" -oo PAGE_SIZE=1000',
                personal=True,
            ),
        ),
    ),
    Recipe(
        "geopandas",
        "Python (geopandas)",
        (_("The address of a collection's file, or of its features, is read as a file is."),),
        (
            Snippet(
                "geopandas-sectors",
                _("Sectors as a table"),
                'import geopandas\n\nsectors = geopandas.read_file("{root}/collections/sectors/sectors.fgb")',
            ),
            Snippet("geopandas-own", _("Your concerns as a table"), _GEOPANDAS_OWN, personal=True),
        ),
    ),
    Recipe(
        "r",
        "R (sf)",
        (_("sf reads through GDAL, so the address and the options are the same."),),
        (
            Snippet(
                "r-sectors", _("Sectors as a table"), 'library(sf)\n\nsectors <- st_read("OAPIF:{root}", "sectors")'
            ),
            Snippet(
                "r-own",
                _("Your concerns as a table"),
                'concerns <- st_read("OAPIF:{root}", "incidents",\n'
                '  options = paste0("USERPWD=me:", Sys.getenv("TOKEN")))',
                personal=True,
            ),
        ),
    ),
    Recipe(
        "curl",
        "curl",
        (_("Any program that speaks HTTP: the answer is GeoJSON unless f= says otherwise."),),
        (
            Snippet(
                "curl-locate",
                _("Who answers for a place"),
                'curl "{host}/api/locate/?lon={lon}&lat={lat}"',
            ),
            Snippet(
                "curl-csv",
                _("Communes as a table, in Lambert-93"),
                'curl "{root}/collections/communes/items?f=csv&crs=http://www.opengis.net/def/crs/EPSG/0/2154"',
            ),
            Snippet("curl-file", _("Sectors as a GeoPackage"), 'curl -O "{root}/collections/sectors/sectors.gpkg"'),
            Snippet(
                "curl-filter",
                _("Some communes, by a condition in CQL2"),
                'curl -G "{root}/collections/communes/items" '
                "--data-urlencode \"filter=name LIKE 'La %' AND competence <> 'PN'\"",
            ),
            Snippet(
                "curl-own",
                _("Your concerns that are not taken in charge yet"),
                'curl -H "Authorization: Token $TOKEN" "{root}/collections/incidents/items?status=signalee"',
                personal=True,
            ),
        ),
    ),
    Recipe(
        "maplibre",
        "JavaScript (MapLibre)",
        (
            _("A collection's style names its vector tiles: a map needs nothing else."),
            _("Pages of any site may read what anybody is told; with a token, those of this host and of named sites."),
        ),
        (
            Snippet("maplibre-sectors", _("A map of the sectors"), _MAPLIBRE),
            Snippet("maplibre-own", _("A map of your concerns"), _MAPLIBRE_OWN, personal=True),
        ),
    ),
)
