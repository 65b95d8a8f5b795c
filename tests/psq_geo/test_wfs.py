"""`/wfs`: the same layers for programs that know WFS 2.0 alone, and nothing that `/ogc` would not tell."""

from __future__ import annotations

import base64
import gzip
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts import changes as accounts
from accounts.models import AccessLog
from incidents.models import Incident
from tests.incidents.sending import BRIANCON, GAP, GAP_HOUSING, reported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]

# When an answer was written.
STAMP = re.compile(r'"?timeStamp"?[=:] ?"[^"]*"')


def asked(client: Client, **query: str) -> Any:
    return client.get(f"/wfs?{urlencode({'SERVICE': 'WFS', 'VERSION': '2.0.0', **query})}")


def whole(response: Any) -> str:
    return (b"".join(response) if response.streaming else response.content).decode()


def features(client: Client, name: str, **query: str) -> list[dict[str, Any]]:
    response = asked(client, REQUEST="GetFeature", TYPENAMES=name, OUTPUTFORMAT="geojson", **query)
    assert response.status_code == 200, whole(response)
    found: list[dict[str, Any]] = json.loads(whole(response))["features"]
    return found


def test_anybody_is_offered_sectors_and_communes(client_of):
    client = client_of("anonymous")
    told = whole(asked(client, REQUEST="GetCapabilities"))
    assert "psq:sectors" in told
    assert "psq:communes" in told
    assert "incidents" not in told
    assert "incidents" not in whole(asked(client, REQUEST="DescribeFeatureType"))
    assert len(features(client, "sectors")) == 6
    assert asked(client, REQUEST="GetFeature", TYPENAMES="incidents").status_code == 400


def test_each_reader_is_told_of_their_own_at_the_street(client_of, person, monday):
    three = {
        "gap": reported(person("partner_a"), monday, GAP),
        "housing": reported(person("partner_a"), monday, GAP_HOUSING, category="rodeo"),
        "briancon": reported(person("partner_b"), monday, BRIANCON),
    }
    for who, seen in {"partner_a": "gap housing", "partner_b": "briancon", "referent_a": "gap"}.items():
        found = features(client_of(who), "incidents")
        assert {each["properties"]["reference"] for each in found} == {three[name].reference for name in seen.split()}
    own = client_of("partner_a")
    (told,) = features(own, "incidents", FILTER=equal("category", "rodeo"))
    assert set(told["properties"]) == {"reference", "status", "category"}
    assert told["id"] == f"incidents.{three['housing'].reference}"
    street = three["housing"].street_location.coords
    assert told["geometry"]["coordinates"] == pytest.approx(street)
    assert street != three["housing"].location.coords
    gml = whole(asked(own, REQUEST="GetFeature", TYPENAMES="incidents"))
    assert str(three["gap"].description) not in gml
    key = Incident.objects.get(pk=three["briancon"].pk)
    foreign = asked(own, REQUEST="GetFeature", RESOURCEID=f"incidents.{key.reference}")
    assert key.reference not in whole(foreign).replace(f"incidents.{key.reference}", "")


CORNERS = "<gml:lowerCorner>44.5 6</gml:lowerCorner><gml:upperCorner>44.6 6.2</gml:upperCorner>"


def equal(name: str, value: str) -> str:
    return (
        '<Filter xmlns="http://www.opengis.net/fes/2.0"><PropertyIsEqualTo>'
        f"<ValueReference>{name}</ValueReference><Literal>{value}</Literal></PropertyIsEqualTo></Filter>"
    )


def box(inside: str = CORNERS, system: str = "urn:ogc:def:crs:EPSG::4326") -> str:
    """As GDAL writes it."""
    return (
        '<Filter xmlns="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><BBOX>'
        f'<ValueReference>area</ValueReference><gml:Envelope srsName="{system}">{inside}</gml:Envelope></BBOX></Filter>'
    )


def test_filters_and_boxes_find(client_of):
    client = client_of("anonymous")
    assert len(features(client, "sectors", FILTER=equal("commune", "05061"))) == 3
    assert len(features(client, "sectors", BBOX="44.5,6,44.6,6.2,urn:ogc:def:crs:EPSG::4326")) == 3
    assert len(features(client, "sectors", FILTER=box())) == 3
    assert len(features(client, "sectors", FILTER=box().replace("<ValueReference>area</ValueReference>", ""))) == 3
    parts = [text.partition(">")[2].removesuffix("</Filter>") for text in (box(), equal("kind", "economic"))]
    both = box().partition(">")[0] + f"><And>{''.join(parts)}</And></Filter>"
    assert {each["properties"]["kind"] for each in features(client, "sectors", FILTER=both)} == {"economic"}
    elsewhere = "<gml:lowerCorner>1 1</gml:lowerCorner><gml:upperCorner>2 2</gml:upperCorner>"
    assert features(client, "sectors", FILTER=box(elsewhere)) == []
    assert len(features(client, "sectors", COUNT="2", STARTINDEX="4")) == 2
    (first, *_) = features(client, "sectors", SRSNAME="urn:ogc:def:crs:EPSG::2154")
    assert first["geometry"]["coordinates"][0][0][0][0] > 900_000


GML = (
    '<Filter xmlns="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><Intersects>'
    "<ValueReference>area</ValueReference><gml:Point><gml:pos>6 44</gml:pos></gml:Point></Intersects></Filter>"
)
BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb">]><Filter>&b;</Filter>'


@pytest.mark.parametrize(
    "query",
    [
        {"FILTER": GML}, {"FILTER": GML.replace("gml:", "g:").replace(":gml", ":g").replace("/gml/", "/&#103;ml/")},
        {"FILTER": box(system="+proj=merc")}, {"FILTER": box(CORNERS.replace("44.5", "nan"))},
        {"FILTER": box(CORNERS.replace("44.5", "1e9"))}, {"FILTER": box(CORNERS + "<gml:pos>1 2</gml:pos>")},
        {"FILTER": box("")}, {"FILTER": box(CORNERS.replace(" 6.2", ""))}, {"FILTER": box("<gml:Null/>")},
        {"FILTER": box(CORNERS.replace("<gml:lowerCorner", "<gml:lowerCorner a='b'"))},
        {"FILTER": box().replace("BBOX", "Intersects")}, {"FILTER": box().replace("Envelope", "Point")},
        {"FILTER": box().replace("gml/3.2", "gml")}, {"FILTER": "<Filter><BBOX/></Filter>"},
        {"FILTER": f"({GML})"}, {"FILTER": BOMB}, {"FILTER": "<Filter"}, {"FILTER": "x" * 5_000},
        {"SRSNAME": "EPSG:27572"},
        {"SRSNAME": "+proj=merc"}, {"SRSNAME": "PROJCS[]"}, {"BBOX": "1,2,3"}, {"BBOX": "1,2,3,4,EPSG:27572"},
        {"BBOX": "a,b,c,d"}, {"BBOX": "nan,nan,nan,nan"}, {"COUNT": "x"}, {"STARTINDEX": "-1"}, {"OUTPUTFORMAT": "csv"},
        {"RESOLVE": "x"}, {"FILTER": "<Filter/>"}, {"FILTER": equal("", "x")}, {"FILTER": equal("code[1]", "x")},
        {"FILTER": equal("code", "").replace("EqualTo", "LessThan")},
        {"FILTER": equal("code", "").replace("Is", "IsNot")},
        {"FILTER": "<Filter><And/></Filter>"}, {"FILTER": "<Filter><ResourceId/></Filter>"},
        {"RESULTTYPE": "x"}, {"PROPERTYNAME": "http://x"}, {"RESOURCEID": "<x/>"}, {"VALUEREFERENCE": "code[1]"},
        {"FILTER": equal("code", "x").replace("<Literal>x</Literal>", '<Function name="strConcat"/>')},
        {"TYPENAMES": "accounts"}, {"FILTER": equal("post.holder", "x")},
        {"FILTER": equal("edition.territory.code", "05")}, {"BBOX": "1e999,2,3,4"}, {"bbox": "inf,2,3,4"},
        {"SORTBY": "nothing"}, {"RESOURCEID": "sectors.x"}, {"STOREDQUERY_ID": "x"}, {"TYPENAMES": "a\0b"},
    ],
    ids=lambda query: str(query)[:60],
)  # fmt: skip
def test_what_is_not_served_is_refused(client_of, query):
    response = asked(client_of("anonymous"), **{"REQUEST": "GetFeature", "TYPENAMES": "sectors", **query})
    told = whole(response)
    assert response.status_code in {400, 404}, told
    assert "ows:Exception" in told


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_is_sent_to_it(client_of, method):
    response = getattr(client_of("anonymous"), method)("/wfs", b"<GetFeature/>", content_type="text/xml")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_wrong_token_is_a_401_that_a_program_can_answer(client_of, person):
    client = client_of("anonymous")
    token = accounts.create_token(user=person("partner_a"), name="QGIS", ttl=timedelta(days=1))
    for word, status in ((token, 200), ("0" * 64, 401)):
        basic = "Basic " + base64.b64encode(f"me:{word}".encode()).decode()
        response = client.get("/wfs?SERVICE=WFS&REQUEST=GetCapabilities", headers={"Authorization": basic})
        assert response.status_code == status
        assert ("psq:incidents" in whole(response)) == (status == 200)
    assert response["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "query",
    [{"REQUEST": "GetFeature", "TYPENAMES": "incidents"},
     {"REQUEST": "GetFeature", "TYPENAMES": "incidents", "OUTPUTFORMAT": "geojson"},
     {"REQUEST": "GetPropertyValue", "TYPENAMES": "incidents", "VALUEREFERENCE": "reference"}],
    ids=str,
)  # fmt: skip
def test_reading_concerns_is_logged_with_those_that_were_told(client_of, person, monday, query):
    own = {reported(person("partner_a"), monday, GAP).reference for _ in range(12)}
    reported(person("partner_b"), monday, BRIANCON)
    response = asked(client_of("partner_a"), **query)
    told = whole(response)
    assert all(reference in told for reference in own)
    entry = AccessLog.objects.get(operation="incident.wfs")
    assert (entry.user, entry.count) == (person("partner_a"), 12)
    assert set(entry.references) == {f"incident:{reference}" for reference in own}
    assert "TYPENAMES=incidents" in entry.reference
    features(client_of("partner_a"), "sectors")
    assert AccessLog.objects.filter(operation="incident.wfs").count() == 1


def test_those_who_list_no_concerns_are_offered_none(client_of):
    for who in ("administrator", "auditor", "anonymous"):
        client = client_of(who)
        assert "psq:incidents" not in whole(asked(client, REQUEST="GetCapabilities"))
        for request in ("GetFeature", "GetPropertyValue"):
            response = asked(client, REQUEST=request, TYPENAMES="incidents", VALUEREFERENCE="reference")
            assert response.status_code == 400


@pytest.mark.parametrize(
    "query",
    [{"REQUEST": "GetCapabilities"}, {"REQUEST": "DescribeFeatureType"},
     {"REQUEST": "GetFeature", "TYPENAMES": "sectors"},
     {"REQUEST": "GetFeature", "TYPENAMES": "sectors", "OUTPUTFORMAT": "geojson"}],
    ids=str,
)  # fmt: skip
def test_it_is_compressed_for_whoever_takes_gzip_and_says_what_it_depends_on(client_of, query):
    client = client_of("anonymous")
    address = f"/wfs?{urlencode({'SERVICE': 'WFS', 'VERSION': '2.0.0', **query})}"
    plain, packed = client.get(address), client.get(address, HTTP_ACCEPT_ENCODING="gzip")
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    body = b"".join(packed) if packed.streaming else packed.content
    unpacked, whole_text = gzip.decompress(body).decode(), whole(plain)
    assert STAMP.sub("", unpacked) == STAMP.sub("", whole_text)
    assert len(body) < len(whole_text) / 2
    for response in (plain, packed):
        assert {"Accept-Encoding", "Accept-Language", "Authorization", "Cookie"} <= {
            each.strip() for each in response["Vary"].split(",")
        }


def test_concerns_that_leave_compressed_are_logged_too(client_of, person, monday):
    reference = reported(person("partner_a"), monday, GAP).reference
    address = "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=incidents"
    packed = client_of("partner_a").get(address, HTTP_ACCEPT_ENCODING="gzip")
    assert reference in gzip.decompress(b"".join(packed)).decode()
    assert AccessLog.objects.get(operation="incident.wfs").references == [f"incident:{reference}"]
