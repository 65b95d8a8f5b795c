"""Every role before every form in which GIS programs may take concerns: each tells what the one Feature tells."""

from __future__ import annotations

from typing import Any

import pytest

from tests.authorisation.stage import set_scene, stage
from tests.authorisation.table import rows

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
TABLE = rows()
LISTED = TABLE["ogc/collections/<slug:name>/items"]["GET"]
ONE = TABLE["ogc/collections/<slug:name>/items/<str:fid>"]["GET"]
OGC = "/ogc/collections/incidents/items"
WFS = "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST="
# The same layer is refused as unknown by WFS (400) where it is nowhere for OGC API (404).
FORMS = {
    f"{OGC}?limit=1000": "404",
    f"{OGC}?f=csv": "404",
    f"{OGC}?f=geojsonseq": "404",
    f"{OGC}?f=geojson": "404",
    f"{OGC}?f=fgb": "404",
    f"{OGC}?f=gpkg": "404",
    "/ogc/collections/incidents/incidents.csv": "404",
    "/ogc/collections/incidents/incidents.fgb": "404",
    f"{OGC}?crs=http://www.opengis.net/def/crs/EPSG/0/2154": "404",
    f"{WFS}GetFeature&TYPENAMES=incidents": "400",
    f"{WFS}GetFeature&TYPENAMES=incidents&OUTPUTFORMAT=geojson": "400",
    f"{WFS}GetPropertyValue&TYPENAMES=incidents&VALUEREFERENCE=reference": "400",
}


def whole(response: Any) -> str:
    return (b"".join(response) if response.streaming else response.content).decode(errors="replace")


@pytest.mark.parametrize("program", [True, False], ids=["token", "session"])
@pytest.mark.parametrize("address", FORMS)
def test_every_form_tells_each_role_what_the_one_feature_does(stage, address, program):
    for who, listed in LISTED.items():
        response = stage.client(who, program=program).get(address)
        told = whole(response)
        # In a browser a suspended account is nobody; its token is refused by name.
        nobody = who == "sus" and not program
        expected = FORMS[address] if listed == "404" or nobody else listed
        assert (who, str(response.status_code)) == (who, expected)
        assert (who, stage.incident.reference in told) == (who, ONE[who] == "200" and not nobody)
