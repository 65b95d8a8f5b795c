"""The corpus of `tests/data/hostile`, ready to send.

Send with `client.generic("POST", …)`: `client.post` re-encodes the body in the charset that the case declares.
"""

import base64
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "data" / "hostile"


@dataclass(frozen=True)
class Hostile:
    """One request body and the answer it must get; `code` and `field` are those of the first of `errors`."""

    name: str
    reader: str
    content_type: str
    parts: tuple[dict[str, Any], ...]
    status: int
    code: str
    field: str

    @cached_property
    def body(self) -> bytes:
        """The bytes, built on demand: some are megabytes."""
        return b"".join(
            (base64.b64decode(part["base64"]) if "base64" in part else part["text"].encode()) * part.get("times", 1)
            for part in self.parts
        )


def bodies(*readers: str) -> list[Hostile]:
    """The bodies meant for these readers (`feature`, `points`), and those that no reader takes (`object`)."""
    entries = [json.loads(line) for line in (FOLDER / "bodies.jsonl").read_text(encoding="ascii").splitlines()]
    return [
        Hostile(**entry | {"parts": tuple(entry["parts"])})
        for entry in entries
        if entry["reader"] in ("object", *readers)
    ]


def queries() -> list[tuple[str, int, str, str]]:
    """Query string, status, code and field."""
    entries = [json.loads(line) for line in (FOLDER / "queries.jsonl").read_text(encoding="ascii").splitlines()]
    return [(entry["query"], entry["status"], entry["code"], entry["field"]) for entry in entries]
