"""`/api/schema/` is an OpenAPI 3.1 document that says what the addresses do; `/api/docs/` shows it without a CDN."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern
from openapi_spec_validator import OpenAPIV31SpecValidator

from psq_geo.urls import urlpatterns

pytestmark = pytest.mark.django_db
METHODS = {"get", "post", "put", "patch", "delete"}
# address of API.md: method -> statuses that a client must expect
CONTRACT = {
    ("/api/", "get"): {"200", "400", "401", "405"},
    ("/api/locate/", "get"): {"200", "400", "401", "405", "429", "503"},
    ("/api/locate/batch/", "post"): {"200", "400", "401", "405", "413", "415", "429", "503"},
    ("/api/sectors/", "get"): {"200", "400", "401", "405", "429", "503"},
    ("/api/sectors/{code}/", "get"): {"200", "400", "404", "405"},
    ("/api/communes/", "get"): {"200", "400", "405"},
    ("/api/communes/{code}/", "get"): {"200", "400", "404", "405"},
    ("/api/statistics/", "get"): {"200", "400", "401", "405", "429", "503"},
    ("/api/statistics/grid/", "get"): {"200", "400", "401", "405", "429", "503"},
    ("/api/incidents/", "get"): {"200", "400", "401", "405", "503"},
    ("/api/incidents/", "post"): {"201", "400", "401", "403", "409", "413", "415", "422", "429", "503"},
    ("/api/incidents/{reference}/", "get"): {"200", "400", "401", "404"},
    ("/api/incidents/{reference}/routing/", "get"): {"200", "400", "401", "404"},
    ("/api/incidents/{reference}/photos/", "get"): {"200", "400", "401", "404"},
    ("/api/incidents/{reference}/photos/", "post"): {
        "201",
        "400",
        "401",
        "403",
        "404",
        "409",
        "413",
        "415",
        "422",
        "503",
    },
    ("/api/incidents/{reference}/photos/{key}/", "get"): {"200", "400", "401", "404"},
    ("/api/incidents/{reference}/move/", "post"): {"200", "400", "401", "403", "404", "413", "415", "422", "429"},
}


@cache
def document() -> dict[str, Any]:
    response = Client(SERVER_NAME="localhost").get("/api/schema/?format=json")
    assert response.status_code == 200, response.content[:300]
    found: dict[str, Any] = response.json()
    return found


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, each)
        for path, methods in document()["paths"].items()
        for method, each in methods.items()
        if method in METHODS
    ]


def test_it_is_an_openapi_3_1_document():
    assert document()["openapi"].startswith("3.1")
    problems = [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()]
    assert problems == []


@pytest.mark.parametrize(("address", "statuses"), CONTRACT.items(), ids=[" ".join(key) for key in CONTRACT])
def test_each_address_of_the_contract_with_its_errors(address, statuses):
    path, method = address
    operation = document()["paths"][path][method]
    assert statuses <= set(operation["responses"])
    for status in statuses - {"200", "201"}:
        assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


def test_every_address_served_is_described():
    served = {
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(each.pattern))
        for each in urlpatterns
        if isinstance(each, URLPattern) and str(each.pattern).startswith("api/")
    }
    assert served - {"/api/docs/"} - {"/api/schema/"} == set(document()["paths"])


def test_every_operation_has_a_name_and_says_what_it_does():
    names = [each.get("operationId") for _, _, each in operations()]
    assert len(names) == len(set(names)) >= 11
    assert [f"{method} {path}" for path, method, each in operations() if not each.get("operationId")] == []
    assert [f"{method} {path}" for path, method, each in operations() if not each.get("description")] == []


def test_every_scheme_of_security_that_is_named_exists():
    schemes = set(document()["components"]["securitySchemes"])
    named = {name for _, _, each in operations() for entry in each.get("security", []) for name in entry}
    assert named
    assert named <= schemes


def test_what_is_open_to_anybody_and_what_is_not():
    open_to_all = {f"{method} {path}" for path, method, each in operations() if {} in each.get("security", [])}
    assert open_to_all == {
        "get /api/", "get /api/locate/", "post /api/locate/batch/", "get /api/sectors/", "get /api/sectors/{code}/",
        "get /api/communes/", "get /api/communes/{code}/", "get /api/statistics/", "get /api/statistics/grid/",
    }  # fmt: skip


def test_bodies_take_no_unknown_member():
    for path, method, each in operations():
        for media, body in each.get("requestBody", {}).get("content", {}).items():
            if "json" in media:
                for shape in body["schema"].get("oneOf", [body["schema"]]):
                    assert shape.get("additionalProperties") is False, (path, method)


def test_every_parameter_is_described_as_it_is_read():
    """Each parameter of the contract, by its name."""
    expected = {
        "/api/locate/": {"lon", "lat", "accuracy", "category", "at"},
        "/api/sectors/": {"at", "limit", "cursor"},
        "/api/communes/": {"at", "limit", "cursor"},
        "/api/statistics/": {"month"},
        "/api/statistics/grid/": {"month"},
        "/api/incidents/": {"status", "sector", "category", "overdue", "bbox", "since", "limit", "cursor", "motive"},
    }
    for path, names in expected.items():
        found = {each["name"] for each in document()["paths"][path]["get"]["parameters"] if each["in"] == "query"}
        assert found == names
    post = document()["paths"]["/api/incidents/"]["post"]["parameters"]
    assert [(each["name"], each["in"]) for each in post] == [("Idempotency-Key", "header")]


def test_the_answers_are_as_they_are_described(client_of, settings):
    """Real answers, held against the schemas."""
    import jsonschema

    from tests.incidents.sending import GAP, feature, send

    settings.THROTTLES = False
    client = client_of("partner_a")
    created: Any = send(client, feature(accuracy_m=300, occurred_at="2026-11-20T23:10:00+01:00"))
    reference = created.json()["id"]
    answers = [
        ("/api/incidents/", "post", "201", created),
        ("/api/incidents/", "get", "200", client.get("/api/incidents/")),
        ("/api/incidents/", "get", "200", client_of("mayor_gap").get("/api/incidents/")),
        ("/api/incidents/{reference}/", "get", "200", client.get(f"/api/incidents/{reference}/")),
        ("/api/incidents/{reference}/routing/", "get", "200", client.get(f"/api/incidents/{reference}/routing/")),
        ("/api/locate/", "get", "200", client.get("/api/locate/", {"lon": GAP[0], "lat": GAP[1], "accuracy": 9})),
        ("/api/locate/", "get", "200", client.get("/api/locate/", {"lon": 0, "lat": 0})),
        ("/api/locate/", "get", "400", client.get("/api/locate/")),
        ("/api/", "get", "200", client.get("/api/")),
        ("/api/sectors/", "get", "200", client.get("/api/sectors/")),
        ("/api/sectors/", "get", "200", client.get("/api/sectors/?limit=2")),
        ("/api/sectors/{code}/", "get", "200", client.get("/api/sectors/gap-economique/")),
        ("/api/communes/", "get", "200", client.get("/api/communes/")),
        ("/api/incidents/{reference}/", "get", "404", client.get("/api/incidents/0000-0000/")),
    ]
    for path, method, status, response in answers:
        assert str(response.status_code) == status
        content = document()["paths"][path][method]["responses"][status]["content"]
        media = response["Content-Type"].partition(";")[0]
        assert media in content, (path, media, list(content))
        schema = content[media]["schema"] | {"components": document()["components"]}
        jsonschema.Draft202012Validator(schema).validate(response.json())


def test_the_pages_of_the_documentation_ask_nobody_else():
    response = Client(SERVER_NAME="localhost").get("/api/docs/")
    assert response.status_code == 200
    page = response.content.decode()
    addresses = re.findall(r"(?:src|href)=[\"']([^\"']+)", page)
    assert addresses
    assert [each for each in addresses if not each.startswith(("/", "data:"))] == []
    assert not re.search(r"//(?:cdn|unpkg|fonts)", page)
    assert "<script>" not in page  # the policy allows no script within the page


def test_the_documentation_is_in_the_language_of_its_reader_where_it_is_ours():
    for language in ("fr", "en"):
        page = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE=language).get("/api/docs/").content.decode()
        assert f'<html lang="{language}">' in page
        # The descriptions are in English for everybody.
        assert '<main id="swagger-ui" lang="en">' in page
        # The line of the demonstration is dressed as on every page.
        assert 'class="demo"' in page
        assert re.search(r'href="/static/documentation[^"]*\.css"', page)
