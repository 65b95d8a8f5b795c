"""QGIS, headless: it opens every layer in each of its ways, and with a token the concerns of its reader."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from django.utils import translation

from frontend.layer_definition import written
from frontend.recipes import QGIS_AUTHENTICATION
from psq_geo.ogc import API
from tests.ogcapi.serving import GROUP, READERS, Served, ran, served
from tests.ogcapi.test_clients import got

__all__ = ["served"]
# QGIS is the distribution's, and so is the Python that knows it.
PYTHON: Final = "/usr/bin/python3"
INSIDE: Final = Path(__file__).with_name("in_qgis.py")
GAP: Final = (6.0, 44.5, 6.2, 44.6)
# WGS 84 with its longitudes and latitudes, or the metres of Web Mercator, around the département.
AROUND: Final = (5.0, 44.0, 8.0, 46.0)
MERCATOR: Final = (600_000, 5_450_000, 800_000, 5_650_000)
PUBLIC: Final = ("sectors", "communes", "editions", "border-agreements", "citizen-watch")
Seen = Callable[..., Any]


def has_qgis() -> bool:
    if not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, "-c", "import qgis.core"], check=False, capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not has_qgis(), reason="QGIS is not installed (apt-get install python3-qgis)"),
]


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    """What a QGIS that has just been installed tells of what it is asked."""

    def ask(*layers: Mapping[str, object], **asked: object) -> Any:
        homes = dict.fromkeys(("HOME", "XDG_RUNTIME_DIR", "QGIS_CUSTOM_CONFIG_PATH"), str(tmp_path))
        words = json.dumps({"layers": layers, **asked})
        said = ran(PYTHON, str(INSIDE), words, QT_QPA_PLATFORM="offscreen", **homes)
        return json.loads(said.splitlines()[-1])

    return ask


def layer(served: Served, provider: str, name: str, more: str = "", **asked: Any) -> dict[str, object]:
    """A layer as the dialogs of QGIS add one."""
    source = {
        "OAPIF": f"{more} url='{served.url}/ogc' typename='{name}' pagingEnabled='true' restrictToRequestBBOX='1'",
        "WFS": f"{more} url='{served.url}/wfs' typename='psq:{name}' version='auto' srsname='EPSG:4326'"
        " restrictToRequestBBOX='1'",
        "fgb": f"/vsicurl/{served.url}/ogc/collections/{name}/{name}.fgb",
        "gpkg": f"/vsicurl/{served.url}/ogc/collections/{name}/{name}.gpkg",
    }[provider]
    return {"provider": provider if provider.isupper() else "ogr", "source": source.strip(), **asked}


def lies_in(area: list[float], outer: tuple[float, ...]) -> bool:
    west, south, east, north = area
    return outer[0] < west <= east < outer[2] and outer[1] < south <= north < outer[3]


@pytest.mark.parametrize("name", PUBLIC)
def test_it_opens_every_public_collection_whole(served: Served, seen: Seen, name: str) -> None:
    truth = got(served, f"/ogc/collections/{name}/items")
    ways = ["OAPIF", "fgb", "gpkg", "WFS"]
    codes = sorted(each["properties"]["code"] for each in truth["features"])
    for way, found in zip(ways, seen(*(layer(served, way, name) for way in ways))["layers"], strict=True):
        assert found["valid"], way
        assert (found["count"], found["crs"]) == (len(codes), "EPSG:4326"), way
        assert sorted(each["code"] for each in found["features"]) == codes, way
        assert found["sound"], way
        # Longitude first, in every way.
        assert lies_in(found["area"], AROUND), way
        told = {field: kind for field, kind in found["fields"].items() if field in truth["features"][0]["properties"]}
        assert told.keys() == truth["features"][0]["properties"].keys(), way
        assert told["code"] == "string", way
        assert told.get("valid_from", "datetime") == "datetime", way


def test_it_has_the_server_choose_by_property_and_by_box_and_finds_the_same(served: Served, seen: Seen) -> None:
    before = len(served.asked)
    conditions: list[dict[str, Any]] = [
        {"where": "\"commune\" = '05061'"},
        {"subset": "\"commune\" = '05061'"},
        {"within": GAP},
        {"where": "\"kind\" <> 'economic' AND \"commune\" LIKE '05%'"},
    ]
    ways = [(way, each) for way in ("OAPIF", "WFS", "gpkg") for each in conditions]
    found = seen(*(layer(served, way, "sectors", **each) for way, each in ways))["layers"]
    truth = [each["properties"] for each in got(served, "/ogc/collections/sectors/items")["features"]]
    for (way, condition), one in zip(ways, found, strict=True):
        assert one["valid"], (way, condition)
        kinds = {each["kind"] for each in one["features"]}
        assert len(one["features"]) == (4 if "LIKE" in str(condition) else 3), (way, condition)
        if "LIKE" in str(condition):
            assert kinds == {each["kind"] for each in truth} - {"economic"}
        else:
            assert {each["commune"] for each in one["features"]} == {"05061"}, (way, condition)
    # This QGIS asks for a box; by properties it chooses itself.
    assert served.since(before, "/ogc/collections/sectors/items?", "bbox=6")
    assert served.since(before, "/wfs?", "BBOX")


def test_it_reads_page_after_page(served: Served, seen: Seen) -> None:
    before = len(served.asked)
    found = seen(layer(served, "OAPIF", "communes", "pageSize='50'"), layer(served, "WFS", "communes", "pageSize='50'"))
    for one in found["layers"]:
        assert len({each["code"] for each in one["features"]}) == len(one["features"]) == one["count"] > 150
    pages = served.since(before, "/ogc/collections/communes/items?", "limit=50")
    assert len([each for each in pages if "cursor=" in each]) == 3
    assert len(served.since(before, "/wfs?", "STARTINDEX=")) >= 4


@pytest.mark.parametrize("who", READERS)
def test_with_a_token_it_opens_the_concerns_of_its_reader(served: Served, seen: Seen, who: str) -> None:
    token = served.tokens[who]
    own = f"authcfg={QGIS_AUTHENTICATION}"
    ways = [("OAPIF", own), ("WFS", own), ("OAPIF", f"username='anybody' password='{token}'")]
    found = seen(*(layer(served, way, "incidents", more) for way, more in ways), tokens={QGIS_AUTHENTICATION: token})
    for one in found["layers"]:
        assert one["valid"]
        assert {each["reference"] for each in one["features"]} == served.readable[who]
        assert one["crs"] == "EPSG:4326"
        assert lies_in(one["area"], AROUND)
    kinds = {"overdue": "boolean", "supports": "integer", "reported_at": "datetime", "due_on": "date"}
    if who == "mayor_gap":
        # What a reader in part is not told is null, of which this QGIS makes a text.
        kinds = dict.fromkeys(kinds, "string")
    assert {name: found["layers"][0]["fields"][name] for name in kinds} == kinds


@pytest.mark.parametrize("who", READERS)
def test_with_a_token_it_opens_the_problems_of_its_readers_groups(served: Served, seen: Seen, who: str) -> None:
    own = f"authcfg={QGIS_AUTHENTICATION}"
    ways = ("OAPIF", "WFS")
    layers = (layer(served, way, "problems", own) for way in ways)
    found = seen(*layers, tokens={QGIS_AUTHENTICATION: served.tokens[who]})["layers"]
    for way, one in zip(ways, found, strict=True):
        assert one["valid"], way
        assert {each["reference"] for each in one["features"]} == (set(served.problems) if who in GROUP else set()), way
        if who in GROUP:
            assert (one["crs"], one["kinds"], one["sound"]) == ("EPSG:4326", ["MultiPolygon"], True), way
            assert lies_in(one["area"], GAP), way
    titles = {each["title"] for each in found[0]["features"]}
    assert titles == {"partner_a": {"Bruit le soir place Jean Marcellin"}, "partner_b": set()}.get(who, {None})


@pytest.mark.parametrize(("who", "tells"), [("director", 6), ("partner_a", None)])
def test_with_a_token_it_opens_the_draft_of_who_draws(served: Served, seen: Seen, who: str, tells: int | None) -> None:
    layers = [layer(served, way, "draft-sectors", f"authcfg={QGIS_AUTHENTICATION}") for way in ("OAPIF", "WFS")]
    found = seen(*layers, tokens={QGIS_AUTHENTICATION: served.tokens[who]})["layers"]
    assert [len(one["features"]) if one["valid"] else None for one in found] == [tells, tells]


def test_without_one_there_are_none(served: Served, seen: Seen) -> None:
    ways = ("OAPIF", "WFS", "fgb", "gpkg")
    wrong = [layer(served, way, "incidents", "username='anybody' password='no-token'") for way in ways[:2]]
    found = seen(*(layer(served, way, "incidents") for way in ways), *wrong)["layers"]
    assert [one["valid"] for one in found] == [False] * 6


def test_it_loads_the_layer_definition_styled_and_in_french(served: Served, seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "psq_geo.qlr"
    path.write_text(ran("curl", "-sSf", "-H", "Accept-Language: fr", f"{served.url}/donnees/psq_geo.qlr"))
    found = seen(definition=str(path))
    assert found["said"] == ""
    assert found["groups"] == ["Police de proximité par secteur"]
    [sectors] = found["definition"]
    assert (sectors["valid"], sectors["name"], sectors["count"], sectors["labelled"]) == (True, "Secteurs", 6, True)
    assert sectors["rules"] == {
        "Hyper-centre": ["#8a3d00", 2],
        "Grands ensembles économiques": ["#0b5a63", 2],
        "Zones à forte densité de population": ["#5c2f86", 2],
        "Autre type": ["#3d4b53", 0],
    }


def test_it_loads_the_definition_of_one_who_has_signed_in_and_made_the_authentication(
    served: Served, seen: Seen, tmp_path: Path
) -> None:
    path = tmp_path / "psq_geo.qlr"
    with translation.override("fr"):
        path.write_text(written(f"{served.url}/ogc", API.collections))
    tokens = {QGIS_AUTHENTICATION: served.tokens["partner_a"]}
    incidents, sectors = seen(definition=str(path), tokens=tokens)["definition"]
    assert (incidents["valid"], incidents["name"]) == (True, "Préoccupations")
    assert {each["reference"] for each in incidents["features"]} == served.readable["partner_a"]
    assert incidents["rules"]["Signalée"] == ["#b34000", len(incidents["features"])]
    assert sectors["valid"]
    # Without it the sectors open all the same.
    incidents, sectors = seen(definition=str(path))["definition"]
    assert (incidents["valid"], sectors["valid"]) == (False, True)


def test_it_draws_the_tiles(served: Served, seen: Seen) -> None:
    for name in ("sectors", "communes"):
        tiles = f"{served.url}/ogc/collections/{name}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
        source = f"type=xyz&url={tiles}&zmin=0&zmax=16"
        found = seen(tiles={"source": source, "within": MERCATOR})["tiles"]
        assert (found["valid"], found["crs"]) == (True, "EPSG:3857")
        assert found["drawn"] > (1_000 if name == "communes" else 10)
