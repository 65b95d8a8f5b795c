"""Every collection of `/ogc` is a layer of `/wfs`, for the same people and with the same features."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, Final

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Polygon
from django.utils import timezone

from accounts.models import AccessLog
from partnership.models import Problem
from psq_geo.ogc import API
from sectors.changes import drafts
from sectors.models import Edition
from tests.incidents.sending import GAP, reported
from tests.ogcapi.serving import LINE, SQUARE, agreed, watched
from tests.partnership.groups import proposed, retained
from tests.psq_geo.test_wfs import asked, equal, features, whole

pytestmark = pytest.mark.django_db
PUBLIC: Final = ("sectors", "communes", "editions", "border-agreements", "citizen-watch")
DESCRIBED: Final = ("GetCapabilities", "DescribeFeatureType")
OWN: Final = {"director": {"incidents", "problems", "draft-sectors"}, "administrator": {"draft-sectors"},
              "partner_a": {"incidents", "problems"}, "mayor_gap": {"incidents", "problems"}, "gendarme": {"incidents"},
              "auditor": set()}  # fmt: skip


@pytest.fixture(autouse=True)
def unthrottled(settings):
    settings.THROTTLES = False


@pytest.fixture
def more():
    """What the territory of the tests does not have."""
    agreed("avenue", LineString(*LINE), reach_m=15)
    agreed("parc", Polygon.from_bbox(SQUARE))
    agreed("gone", Polygon.from_bbox(SQUARE), until=timezone.now() - timedelta(days=1))
    watched("05061")
    watched("05023", volunteers=3)
    watched("05046", state="en_preparation", signed_on=None)


@pytest.fixture
def draft(person) -> Edition:
    model = Edition.objects.get(territory__code="05")
    return drafts.begin(by=person("director"), territory=model.territory_id, at=timezone.now(), model=model.pk)


def items(client: Any, name: str, query: str = "limit=10000") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/ogc/collections/{name}/items?{query}").json()["features"]
    return found


def alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Is it the same place, printed with more or fewer digits, and its rings this way or the other?"""
    shapes = [GEOSGeometry(json.dumps(each)) for each in (one, other)]
    return shapes[0].geom_type == shapes[1].geom_type and shapes[0].sym_difference(shapes[1]).area < 1e-9


def layers(client: Any) -> set[str]:
    """The layers that a description names, which both name alike."""
    texts = [whole(asked(client, REQUEST=request)) for request in DESCRIBED]
    named = [{each.id for each in API.collections if f"psq:{each.id}" in texts[0]},
             {each.id for each in API.collections if f'name="{each.id}"' in texts[1]}]  # fmt: skip
    assert named[0] == named[1]
    return named[0]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_layer_holds_what_its_collection_holds(client_of, more, name):
    client = client_of("anonymous")
    truth = {str(each["id"]): each for each in items(client, name)}
    found = features(client, name)
    assert {each["id"] for each in found} == {f"{name}.{key}" for key in truth}
    assert truth
    for each in found:
        other = truth[each["id"].partition(".")[2]]
        assert alike(each["geometry"], other["geometry"])
        plain = {key: value for key, value in other["properties"].items() if not key.startswith("valid_")}
        assert {key: value for key, value in each["properties"].items() if not key.startswith("valid_")} == plain
        assert each["properties"].keys() == other["properties"].keys()
    gml = whole(asked(client, REQUEST="GetFeature", TYPENAMES=name))
    assert all(f'gml:id="{name}.{key}"' in gml for key in truth)
    key = min(truth)
    (one,) = features(client, name, RESOURCEID=f"{name}.{key}")
    assert one["id"] == f"{name}.{key}"
    by_id = asked(client, REQUEST="GetFeature", STOREDQUERY_ID="urn:ogc:def:query:OGC-WFS::GetFeatureById",
                  ID=f"{name}.{key}")  # fmt: skip
    assert f'gml:id="{name}.{key}"' in whole(by_id)


def test_a_filter_finds_by_what_is_made_and_by_what_is_kept_alike(client_of, more):
    client = client_of("anonymous")
    assert [each["properties"]["code"] for each in features(client, "citizen-watch", FILTER=equal("volunteers", "12"))]
    assert len(features(client, "citizen-watch", FILTER=equal("ends_on", _ends(client)))) == 2
    assert {each["id"] for each in features(client, "border-agreements", FILTER=equal("code", "parc"))} == {
        "border-agreements.parc"
    }
    assert len(features(client, "border-agreements", BBOX="44.549,6.069,44.551,6.071,urn:ogc:def:crs:EPSG::4326")) == 1
    assert features(client, "editions", BBOX="1,1,2,2,urn:ogc:def:crs:EPSG::4326") == []
    (edition,) = features(client, "editions", SRSNAME="urn:ogc:def:crs:EPSG::2154")
    assert edition["geometry"]["coordinates"][0][0][0][0] > 900_000
    codes = [each["properties"]["code"] for each in features(client, "communes", SORTBY="name DESC")]
    assert codes == [each["properties"]["code"] for each in items(client, "communes", "sortby=-name&limit=10000")]


def _ends(client: Any) -> str:
    found: str = items(client, "citizen-watch")[0]["properties"]["ends_on"]
    assert date.fromisoformat(found)
    return found


def test_few_volunteers_are_not_found_out_by_a_filter(client_of, more):
    client = client_of("anonymous")
    assert features(client, "citizen-watch", FILTER=equal("volunteers", "3")) == []
    assert "05046" not in whole(asked(client, REQUEST="GetFeature", TYPENAMES="citizen-watch"))


@pytest.mark.parametrize("who", ["anonymous", *OWN])
def test_each_is_offered_what_ogc_offers_them(client_of, person, monday, draft, who):
    reported(person("partner_a"), monday, GAP)
    proposed(person("referent_a"), monday)
    client = client_of(who)
    collections = {each["id"] for each in client.get("/ogc/collections").json()["collections"]}
    offered = layers(client)
    assert offered == collections
    assert offered >= {*PUBLIC, *OWN.get(who, set())}
    for hidden in {each.id for each in API.collections} - offered:
        for request in ("GetFeature", "GetPropertyValue"):
            refused = asked(client, REQUEST=request, TYPENAMES=hidden, VALUEREFERENCE="code")
            assert refused.status_code == 400, hidden
        assert asked(client, REQUEST="DescribeFeatureType", TYPENAMES=hidden).status_code == 400
        unknown = whole(asked(client, REQUEST="GetFeature", TYPENAMES="nothing"))
        assert whole(asked(client, REQUEST="GetFeature", TYPENAMES=hidden)).replace(hidden, "nothing") == unknown
    for name in offered:
        told = features(client, name)
        assert {each["id"].partition(".")[2] for each in told} == {str(each["id"]) for each in items(client, name)}


def test_a_problem_is_told_without_what_its_group_alone_is_told(client_of, person, monday):
    problem = retained(person("referent_a"), monday)
    Problem.objects.filter(pk=problem.pk).update(extent=MultiPolygon(Polygon.from_bbox(SQUARE)))
    for who in ("referent_a", "partner_a", "mayor_gap", "director"):
        (told,) = features(client_of(who), "problems")
        assert told["id"] == f"problems.{problem.reference}"
        assert set(told["properties"]) == {"reference", "status", "result", "family", "post", "commune"}
        assert alike(told["geometry"], items(client_of(who), "problems")[0]["geometry"])
        text = whole(asked(client_of(who), REQUEST="GetFeature", TYPENAMES="problems"))
        assert problem.title not in text
        refused = asked(client_of(who), REQUEST="GetFeature", TYPENAMES="problems", FILTER=equal("severity", "jaune"))
        assert refused.status_code == 400
    for who in ("referent_b", "partner_b", "mayor_briancon"):
        assert features(client_of(who), "problems") == []
        found = asked(client_of(who), REQUEST="GetFeature", RESOURCEID=f"problems.{problem.reference}")
        assert "psq:status" not in whole(found)


def test_reading_problems_is_logged_with_those_that_were_told(client_of, person, monday):
    problem = retained(person("referent_a"), monday)
    features(client_of("partner_a"), "problems")
    entry = AccessLog.objects.get(operation="problem.wfs")
    assert (entry.user, entry.references) == (person("partner_a"), [f"problem:{problem.reference}"])
    assert not AccessLog.objects.filter(operation="incident.wfs").exists()
    both = asked(client_of("partner_a"), REQUEST="GetFeature", TYPENAMES="(problems)(incidents)")
    assert problem.reference in whole(both)
    assert AccessLog.objects.filter(operation="problem.wfs").count() == 2
    assert AccessLog.objects.filter(operation="incident.wfs").count() == 1


@pytest.mark.parametrize("form", ["application/gml+xml; version=3.2", "geojson"])
def test_no_answer_is_without_an_end(client_of, monkeypatch, form):
    client = client_of("anonymous")
    query = {"REQUEST": "GetFeature", "TYPENAMES": "communes", "OUTPUTFORMAT": form}
    none = whole(asked(client, **query, COUNT="0"))
    assert "05061" not in none
    matched = len(items(client, "communes"))
    said = {f'numberMatched="{matched}" numberReturned="0"', f'"numberReturned":0,"numberMatched":{matched}'}
    assert any(each in none for each in said), none
    monkeypatch.setattr("psq_geo.wfs.View.max_page_size", 50)
    page = whole(asked(client, **query))
    assert page.count("05061") <= 1
    assert 'numberReturned="50"' in page or '"numberReturned":50' in page
    assert "STARTINDEX=50" in page
    # Page after page there is each of them once, without any order having been asked for.
    codes = [
        each["id"] for start in range(0, matched, 50) for each in features(client, "communes", STARTINDEX=str(start))
    ]
    assert len(codes) == len(set(codes)) == matched


def test_values_have_an_end_too(client_of, monkeypatch):
    client = client_of("anonymous")
    query = {"REQUEST": "GetPropertyValue", "TYPENAMES": "communes", "VALUEREFERENCE": "code"}
    assert "05061" not in whole(asked(client, **query, COUNT="0"))
    monkeypatch.setattr("psq_geo.wfs.View.max_page_size", 50)
    assert whole(asked(client, **query)).count("<wfs:member>") == 50


def test_a_layer_is_read_by_one_query(client_of, more, django_assert_max_num_queries):
    client = client_of("anonymous")
    features(client, "border-agreements")
    with django_assert_max_num_queries(2):
        features(client, "border-agreements")
    with django_assert_max_num_queries(2):
        features(client, "sectors")
