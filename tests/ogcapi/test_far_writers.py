"""OWSLib writes: concerns are added, and the sectors of a draft drawn, with a token, as a script does it."""

from __future__ import annotations

import json
from typing import Any

import owslib.ogcapi
import pytest
from owslib.ogcapi.features import Features
from owslib.util import Authentication

from incidents.models import Incident
from sectors.models import Sector
from tests.ogcapi.changing import PLACE, concern, sector
from tests.ogcapi.serving import Served, served
from tests.ogcapi.test_clients import got, no_proxy

__all__ = ["no_proxy", "served"]
pytestmark = pytest.mark.django_db
DRAWN, ADDED = "draft-sectors", "incidents"


@pytest.fixture
def service(served: Served, monkeypatch: pytest.MonkeyPatch) -> Any:
    """OWSLib with somebody's token; what it sends in its headers is the test's."""

    def made(who: str, **headers: str) -> Any:
        # It keeps one set of headers for all the services of a process.
        plain = {name: text for name, text in owslib.ogcapi.REQUEST_HEADERS.items() if name in {"Accept", "User-Agent"}}
        monkeypatch.setattr(owslib.ogcapi, "REQUEST_HEADERS", plain)
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        key = Authentication(username="anybody", password=served.tokens[who])
        return Features(f"{served.url}/ogc", auth=key, headers=named)

    return made


def codes(served: Served) -> dict[str, int]:
    rows = got(served, f"/ogc/collections/{DRAWN}/items", "director")["features"]
    return {each["properties"]["code"]: each["id"] for each in rows}


def refusal(call: Any, *given: Any) -> tuple[int, str]:
    """Status and code of the problem document, which OWSLib raises as it came."""
    with pytest.raises(RuntimeError) as caught:
        call(*given)
    told = json.loads(str(caught.value))
    return told["status"], told["code"]


@pytest.mark.parametrize("form", [dict, str])
def test_a_concern_is_added_as_a_dictionary_and_as_text(served: Served, service: Any, form: Any) -> None:
    sent = concern(external_reference=f"owslib-{form.__name__}")
    headers = {} if form is dict else {"Content_Type": "application/geo+json"}
    writer = service("partner_a", **headers)
    assert writer.collection_item_create(ADDED, sent if form is dict else json.dumps(sent))
    reference = writer.response_headers["Location"].rpartition("/")[2]
    stored = Incident.objects.get(reference=reference)
    assert (stored.location.x, stored.location.y) == tuple(PLACE)
    assert stored.external_reference == f"owslib-{form.__name__}"
    assert service("partner_a").collection_item(ADDED, reference)["properties"]["status"] == "signalee"


def test_what_a_concern_may_not_hold_is_said_with_its_reason(served: Served, service: Any) -> None:
    before = Incident.objects.count()
    writer = service("partner_a")
    told = concern(description="Appelez le 06 12 34 56 78.")
    assert refusal(writer.collection_item_create, ADDED, told) == (422, "personal_data")
    assert refusal(writer.collection_item_create, ADDED, concern(colour="red"))[0] == 400
    assert refusal(writer.collection_item_create, DRAWN, sector()) == (404, "not_found")
    assert refusal(writer.collection_item_create, "sectors", sector()) == (405, "method_not_allowed")
    # A concern is neither replaced nor deleted by this way.
    (first, *_) = served.readable["partner_a"]
    assert refusal(writer.collection_item_update, ADDED, first, concern()) == (405, "method_not_allowed")
    assert refusal(writer.collection_item_delete, ADDED, first) == (405, "method_not_allowed")
    assert Incident.objects.count() == before


def test_a_sector_is_drawn_changed_and_removed(served: Served, service: Any) -> None:
    writer = service("director")
    assert writer.collection_item_create(DRAWN, sector(commune="05061"))
    key = writer.response_headers["Location"].rpartition("/")[2]
    assert codes(served)["gap-nouveau"] == int(key)
    seen = writer.collection_item(DRAWN, key)
    mark = writer.response_headers["ETag"]
    for name in ("id", "type", "geometry", "properties"):
        assert name in seen
    seen["properties"]["name"] = "Autre nom"
    # It sends back all that it was told, links and all, with the version that it saw and no header.
    assert writer.collection_item_update(DRAWN, key, seen)
    assert Sector.objects.get(pk=key).name == "Autre nom"
    # By the mark of what was seen first: somebody has drawn since.
    late = service("director", If_Match=mark, Content_Type="application/geo+json")
    assert refusal(late.collection_item_update, DRAWN, key, json.dumps(sector())) == (412, "precondition_failed")
    assert refusal(late.collection_item_delete, DRAWN, key) == (412, "precondition_failed")
    # Without the version and without a mark: nothing says what was seen.
    blind = service("director")
    assert refusal(blind.collection_item_update, DRAWN, key, sector()) == (428, "precondition_required")
    assert Sector.objects.get(pk=key).name == "Autre nom"
    fresh = service("director")
    fresh.collection_item(DRAWN, key)
    right = service("director", If_Match=fresh.response_headers["ETag"])
    assert right.collection_item_update(DRAWN, key, sector(name="Troisième nom"))
    assert Sector.objects.get(pk=key).name == "Troisième nom"
    assert service("director").collection_item_delete(DRAWN, key)
    assert "gap-nouveau" not in codes(served)
    assert refusal(service("director").collection_item_delete, DRAWN, key) == (404, "not_found")


def test_who_draws_nothing_writes_nothing(served: Served, service: Any) -> None:
    key = codes(served)["gap-economique"]
    for who in ("partner_a", "mayor_gap"):
        writer = service(who)
        assert refusal(writer.collection_item_create, DRAWN, sector()) == (404, "not_found")
        assert refusal(writer.collection_item_update, DRAWN, str(key), sector()) == (404, "not_found")
        assert refusal(writer.collection_item_delete, DRAWN, str(key)) == (404, "not_found")
    assert codes(served)["gap-economique"] == key
