"""The OpenAPI document of `/ogc` held against the service: whatever is asked, documented or not, it answers as it says.

The examples are few and always the same ones; `PSQ_EXAMPLES=200` asks for more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from accounts.changes import create_token
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("PSQ_EXAMPLES", "5"))
# A limit above the highest is taken for the highest, as the standard has it: what is no example is not always refused.
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]


@pytest.fixture
def wsgi(db, settings: Any) -> Iterator[Any]:
    """The product itself, without a network between."""
    settings.THROTTLES = False
    # As Django's own client does: the connection of the test outlives the request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    product = get_wsgi_application()

    def closing(environ: Any, start: Any) -> list[bytes]:
        """As a server does, which the client of schemathesis does not: what is a file is closed."""
        answer = product(environ, start)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    yield closing
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("name", ["anonymous", "partner_a"])
def test_the_document_and_the_service_agree(wsgi, name, person):
    reported(person("partner_a"), timezone.now())
    headers = {}
    if name != "anonymous":
        token = create_token(user=person(name), name="test", ttl=timedelta(days=1))
        headers["Authorization"] = f"Token {token}"
    schema: Any = schemathesis.openapi.from_wsgi("/ogc/api", wsgi, headers=headers)
    wrong: list[str] = []
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        asked += 1
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            wrong += faults(operation, mode, headers)
    assert asked > 20
    assert not wrong, "\n\n".join(wrong)


def faults(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> list[str]:
    """In words, the first answer that is not as documented."""
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except schemathesis.errors.SchemathesisError:
        return []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case: Any) -> None:
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except (Exception, BaseExceptionGroup) as error:  # every operation is to be heard
        if "Unsatisfiable" not in type(error).__name__:
            return [f"{operation.label}, {mode.value}: {str(error)[:900]}"]
    return []
