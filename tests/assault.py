"""One address asked with whatever would break it; every answer is looked at, and nothing of it stays."""

from __future__ import annotations

import json
import re
import time
from typing import Any, Final

from django.db import connection, transaction
from django.test import Client

from tests.authorisation.addresses import is_for_programs, path
from tests.authorisation.people import Scene
from tests.authorisation.table import rows

MOST_S: Final = 2.0
MEMBERS: Final = {"type", "title", "status", "detail", "code", "errors"}
# What a request may leave whatever becomes of it: that it was made.
TRACES: Final = re.compile(r"axes_|django_session|accounts_(accesslog|tokenbucket|attempt)|spatial_ref_sys")
# What they make is shown in the answer itself, and never again: no other page may be led to.
SHOWN_ONCE: Final = {"compte/jetons/"}
# Those who get furthest, in this order.
FIRST: Final = ("hol", "own", "dir", "adm", "aud", "sup", "ano")
TABLE: Final = rows()
# Of the texts, what breaks a reader rather than a page.
BREAKING: Final = {"null", "not a character", "controls", "digits", "long", "capitals that grow", "header", "piled up"}


def stored() -> dict[str, int]:
    """How many rows each table has; and the concern as it is."""
    names = [name for name in connection.introspection.table_names() if not TRACES.match(name)]
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
    content = "SELECT 'content', coalesce(sum(hashtext(i::text)), 0) FROM incidents_incident i"
    with connection.cursor() as cursor:
        cursor.execute(f"{counts} UNION ALL {content}")
        return dict(cursor.fetchall())


class Assault:
    """One address, asked by who gets furthest at it; every answer is looked at, and none of it stays."""

    def __init__(self, stage: Scene, address: str, who: str = "") -> None:
        methods = TABLE.get(address, {})
        who = who or next(
            (each for each in FIRST if methods.get("GET", methods.get("POST", {})).get(each) == "200"), "hol"
        )
        self.program = is_for_programs(address)
        self.shows_once = address in SHOWN_ONCE
        self.client: Client = stage.client(who, program=self.program)
        self.path = path(address, stage)
        self.before = stored()
        self.slowest = (0.0, "")

    def send(
        self,
        case: str,
        method: str,
        url: str = "",
        body: bytes = b"",
        kind: str = "",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """The answer, after all that must be true of it."""
        began = time.process_time()
        with transaction.atomic():
            response = self.client.generic(method, url or self.path, body, content_type=kind, headers=headers)
            if response.streaming:
                b"".join(response)
            took = time.process_time() - began
            if method not in {"GET", "HEAD"} and not self.accepted(response):
                assert stored() == self.before, f"{case}: {response.status_code}, and something was stored"
            transaction.set_rollback(True)
        self.slowest = max(self.slowest, (took, case))
        assert response.status_code < 500, f"{case}: {response.status_code} at {method} {url or self.path}"
        assert took < MOST_S, f"{case}: {took:.2f} s of work"
        if not response.streaming:
            assert b"hit: 1" not in str(response.headers).lower().encode()
        if url.startswith("/api/") and response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json", case
            document = json.loads(response.content)
            assert set(document) == MEMBERS, case
            assert document["status"] == response.status_code, case
            assert len(response.content) < 20_000, case
        return response

    def accepted(self, response: Any) -> bool:
        """Is it an answer after which something may be stored? A page that stores leads elsewhere."""
        lowest = 200 if self.program or self.shows_once else 300
        return bool(lowest <= response.status_code < 400)
