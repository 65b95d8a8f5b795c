"""Each operation of the access log has its words: an auditor reads no code."""

from __future__ import annotations

import re
from pathlib import Path

from frontend.operations import OPERATIONS

ROOT = Path(__file__).resolve().parent.parent.parent
NAMED = re.compile(r'operation="([a-z_.]+)"')


def test_every_operation_that_is_logged_has_words():
    logged = {
        name
        for room in ("accounts", "sectors", "incidents", "partnership", "frontend")
        for path in (ROOT / room).rglob("*.py")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(logged) > 20
    assert sorted(logged - set(OPERATIONS)) == []
