"""An OpenAPI document held against the service: cases are drawn from it, and each is asked of the product itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from accounts.changes import create_token
from accounts.models import User

MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@contextmanager
def one_connection() -> Iterator[None]:
    """As Django's own client does: the connection of the test outlives the request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def headers_of(name: str, person: Callable[[str], User]) -> dict[str, str]:
    """What this member of the cast sends with each request: a token, or nothing."""
    if name == "anonymous":
        return {}
    return {"Authorization": f"Token {create_token(user=person(name), name='test', ttl=timedelta(days=1))}"}


def fault(operation: Any, mode: GenerationMode, examples: int, ask: Callable[[Any], None]) -> str:
    """In words, the first of so many cases, always the same, that `ask` did not like; "" where it liked them all."""
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except schemathesis.errors.SchemathesisError:
        return ""
    few = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    def one(case: Any) -> None:
        ask(case)

    try:
        few(given(case=strategy)(one))()
    except (Exception, BaseExceptionGroup) as error:  # every operation is to be heard
        if "Unsatisfiable" not in type(error).__name__:
            return f"{operation.label}, {mode.value}: {str(error)[:1500]}"
    return ""
