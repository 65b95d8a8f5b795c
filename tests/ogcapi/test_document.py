"""The OpenAPI document of `/ogc` held against the service: whatever is asked, documented or not, it answers as it says.

The examples are few and always the same ones; `PSQ_EXAMPLES=200` asks for more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.utils import timezone
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.documented import MODES, fault, headers_of, one_connection
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("PSQ_EXAMPLES", "5"))
# A limit above the highest is taken for the highest, as the standard has it: what is no example is not always refused.
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]


@pytest.fixture
def wsgi(db, settings: Any) -> Iterator[Any]:
    """The product itself, without a network between."""
    settings.THROTTLES = False
    product = get_wsgi_application()

    def closing(environ: Any, start: Any) -> list[bytes]:
        """As a server does, which the client of schemathesis does not: what is a file is closed."""
        answer = product(environ, start)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    with one_connection():
        yield closing


@pytest.mark.parametrize("name", ["anonymous", "partner_a"])
def test_the_document_and_the_service_agree(wsgi, name, person):
    reported(person("partner_a"), timezone.now())
    headers = headers_of(name, person)

    def ask(case: Any) -> None:
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    schema: Any = schemathesis.openapi.from_wsgi("/ogc/api", wsgi, headers=headers)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 20
    wrong = [found for each in operations for mode in MODES if (found := fault(each, mode, EXAMPLES, ask))]
    assert not wrong, "\n\n".join(wrong)
