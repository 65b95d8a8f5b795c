"""The OpenAPI document held against the product: what it allows and what it does not, asked by several people.

Every answer is documented, with its status, its media type and its shape, and none is a fault. The examples are few and
always the same ones, so that a failure here is a failure everywhere; `PSQ_EXAMPLES=200` asks for more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.utils import timezone
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)

from tests.documented import MODES, fault, headers_of, one_connection
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("PSQ_EXAMPLES", "8"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance]
# What no document of a schema can say: which natures there are, and that nothing is reported of a time to come.
RIGHT = {"category": "tapage", "occurred_at": None, "partner": None}
# What stands for a placeholder where the request is a right one: of a name drawn by lot there is nothing.
THERE = {"/api/sectors/{code}/": "gap-hyper-centre", "/api/communes/{code}/": "05061"}
# What its reporter may not do: the moves of the desk.
DESK = {f"{method} /api/incidents/{{reference}}/{name}/" for method, name in (
    ("POST", "status"), ("GET", "transfers"), ("POST", "transfers"), ("GET", "group"), ("POST", "group"),
)}  # fmt: skip
# What answers to nothing here: the concern is one's own, and not closed.
NOT_NOW = {f"POST /api/incidents/{{reference}}/{name}/" for name in ("support", "satisfaction")}
# Of a group and of a draft of the map, which are not there or not a partner's, with a place of its own in the request.
ELSEWHERE = ("/api/editions/", "/api/meetings/", "/api/problems/{reference}/", "POST /api/problems/")
PHOTO = "GET /api/incidents/{reference}/photos/{key}/"
PEOPLE = ["anonymous", "partner_a", "referent_a", "mayor_gap", "director", "auditor"]


@pytest.fixture
def schema(db) -> Iterator[Any]:
    """The document as it is served; the product itself is called, without a network between."""
    with one_connection():
        yield schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())


@pytest.mark.parametrize("name", PEOPLE)
def test_the_document_and_the_product_agree(schema, name, person, settings_without_limits):
    row = reported(person("partner_a"), timezone.now())
    headers = headers_of(name, person)
    wrong: list[str] = []
    reached = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in MODES:
            heard, found = assail(operation, mode, headers, row.reference, schema.raw_schema)
            wrong += [found] if found else []
            reached |= {operation.label} if any(200 <= status < 300 for status in heard) else set()
    assert not wrong, "\n\n".join(wrong)
    if name == "partner_a":
        # The examples are no mere refusals: whoever reported the concern gets through everywhere but to photo and desk.
        missed = {each.ok().label for each in schema.get_all_operations()} - reached
        assert {each for each in missed if not any(part in each for part in ELSEWHERE)} == {PHOTO, *DESK, *NOT_NOW}


def assail(
    operation: Any, mode: GenerationMode, headers: dict[str, str], reference: str, document: Any
) -> tuple[set[int], str]:
    """Asks the operation `EXAMPLES` times: the statuses answered, and in words the first that is not as documented."""
    heard: set[int] = set()

    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            for place in case.path_parameters or {}:
                case.path_parameters[place] = THERE.get(operation.path, reference)
            if isinstance(case.body, dict) and "category" in case.body.get("properties", {}):
                case.body["properties"] |= RIGHT
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        heard.add(response.status_code)
        case.validate_response(response, checks=CHECKS)
        shaped(document, operation, response)

    wrong = fault(operation, mode, EXAMPLES, ask)
    return heard, wrong


def shaped(document: Any, operation: Any, response: Any) -> None:
    """The answer has the shape that is documented. Schemathesis' own check reads no `prefixItems`."""
    described = document["paths"][operation.path][operation.method]["responses"][str(response.status_code)]
    media = (response.headers.get("content-type") or [""])[0].partition(";")[0]
    schema = described.get("content", {}).get(media, {}).get("schema")
    if schema and "json" in media:
        whole = schema | {"components": document["components"]}
        jsonschema.Draft202012Validator(whole).validate(response.json())


@pytest.fixture
def settings_without_limits(settings: Any) -> None:
    settings.THROTTLES = False
