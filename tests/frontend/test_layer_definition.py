"""The layer definition for QGIS: as QGIS writes one, of what the reader is offered, and true to the service."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from accounts import changes as accounts
from frontend import words
from frontend.layer_definition import SHAPES, painted
from frontend.recipes import QGIS_AUTHENTICATION
from incidents.collections import Incidents
from incidents.models import Incident
from incidents.workflow import Status
from psq_geo.ogc import API
from sectors.collections import Sectors

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
SOURCE = re.compile(r"(\w+)=(?:'([^']*)'|(\S+))")


def taken(client: Client) -> Any:
    answer = client.get(reverse("data_layers"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="psq_geo.qlr"'
    assert answer["Cache-Control"] == "private, no-cache"
    text = answer.content.decode()
    assert text.startswith("<!DOCTYPE qgis-layer-definition>\n<qlr>")
    return ElementTree.fromstring(text)


def source_of(layer: Any) -> dict[str, str]:
    return {name: quoted or plain for name, quoted, plain in SOURCE.findall(layer.findtext("datasource"))}


def layers_of(definition: Any) -> dict[str, Any]:
    return {source_of(each)["typename"]: each for each in definition.iterfind("maplayers/maplayer")}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("", ["sectors"]),
        ("auditor", ["sectors"]),
        ("partner_a", ["incidents", "sectors"]),
        ("referent_a", ["incidents", "sectors"]),
    ],
)
def test_it_holds_what_the_reader_is_offered(seen_by: Seen, who: str, names: list[str]) -> None:
    definition = taken(seen_by(who))
    assert list(layers_of(definition)) == names
    # Each layer stands once in the tree, with the same source.
    leaves = definition.findall(".//layer-tree-layer")
    assert [(each.get("id"), each.get("source")) for each in leaves] == [
        (each.findtext("id"), each.findtext("datasource")) for each in definition.iterfind("maplayers/maplayer")
    ]
    assert {each.get("providerKey") for each in leaves} == {"OAPIF"}


def test_its_addresses_answer_with_the_collections_that_it_names(
    seen_by: Seen, reported: Callable[..., Incident]
) -> None:
    incident = reported()
    client = seen_by("partner_a")
    for name, layer in layers_of(taken(client)).items():
        source = source_of(layer)
        assert source["url"] == "http://localhost/ogc"
        path = source["url"].removeprefix("http://localhost")
        # As QGIS goes: the landing page, the description, the collection, its features.
        for step in ("", "/api", "/collections", f"/collections/{name}", f"/collections/{name}/items?limit=10"):
            assert client.get(path + step).status_code == 200, step
        found = client.get(f"{path}/collections/{name}/items?limit=10").json()["features"]
        assert found, name
        if name == "incidents":
            assert [each["id"] for each in found] == [incident.reference]


def test_what_it_styles_and_labels_by_are_fields_and_every_value_has_its_rule(seen_by: Seen) -> None:
    fields = {each.id: {field.name for field in each.fields} for each in API.collections}
    layers = layers_of(taken(seen_by("partner_a")))
    for name, layer in layers.items():
        rules = layer.findall("renderer-v2/rules/rule")
        asked = {each for rule in rules for each in re.findall(r'"(\w+)"', rule.get("filter"))}
        asked |= {each.get("fieldName") for each in layer.iterfind("labeling/settings/text-style")}
        assert asked, name
        assert asked <= fields[name]
        # Each rule has a symbol of its own, and each symbol what it is drawn with.
        symbols = {each.get("name"): each for each in layer.iterfind("renderer-v2/symbols/symbol")}
        assert [each.get("symbol") for each in rules] == list(symbols)
        assert all(each.find("layer/Option/Option[@name='color']") is not None for each in symbols.values())

    kinds = {rule.get("filter"): rule.get("label") for rule in layers["sectors"].iterfind(".//rule")}
    assert kinds.keys() == {f"\"kind\" = '{kind}'" for kind in words.KINDS} | {"ELSE"}
    assert kinds["\"kind\" = 'city_centre'"] == "Hyper-centre"
    states = {rule.get("filter") for rule in layers["incidents"].iterfind(".//rule")}
    assert states == {f"\"status\" = '{status}'" for status in Status} | {'"overdue"'}
    assert layers["sectors"].get("labelsEnabled") == "1"


def test_states_are_told_apart_by_their_shape() -> None:
    assert set(SHAPES) == set(Status)
    assert len(set(SHAPES.values())) == len(Status)


def test_no_token_is_in_it(seen_by: Seen, person: Any) -> None:
    accounts.make_token(user=person("partner_a"), name="QGIS", ttl=timedelta(days=1))
    client = seen_by("partner_a")
    text = client.get(reverse("data_layers")).content.decode()
    layers = layers_of(taken(client))
    assert source_of(layers["incidents"])["authcfg"] == QGIS_AUTHENTICATION
    assert "authcfg" not in source_of(layers["sectors"])
    assert not re.search(r"token|password|sessionid|partenaire\.bailleur", text, re.IGNORECASE)
    # QGIS takes seven letters or digits.
    assert re.fullmatch(r"[a-z0-9]{7}", QGIS_AUTHENTICATION)


@pytest.mark.parametrize(
    ("colour", "feature", "expected"),
    [
        (Sectors.colour, {"kind": "city_centre"}, "#8a3d00"),
        (Sectors.colour, {"kind": "another"}, "#3d4b53"),
        (Incidents.colour, {"overdue": True, "status": "signalee"}, "#b3161b"),
        (Incidents.colour, {"overdue": False, "status": "close"}, "#126b3f"),
        (Incidents.colour, {"overdue": False, "status": "signalee"}, "#b34000"),
        ("#10384f", {}, "#10384f"),
    ],
)
def test_colours_are_those_of_the_tiles(colour: Any, feature: dict[str, object], expected: str) -> None:
    assert painted(colour, feature) == expected


def test_an_expression_that_is_not_known_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="interpolate"):
        painted(["interpolate", ["linear"], 1, "#000000"], {})


def test_words_are_in_the_language_of_the_reader(seen_by: Seen) -> None:
    french, english = (
        seen_by("").get(reverse("data_layers"), headers={"Accept-Language": language}).content.decode()
        for language in ("fr", "en")
    )
    assert "Hyper-centre" in french
    assert "City centre" in english
