"""A territory is data: nothing of one that is embedded stands in the code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Its places, its codes and positions in it.
OF_A_TERRITORY = re.compile(
    r"\b(Gap|Briançon|Hautes-Alpes|Belfort)\b(?! between)|\bgap-|briancon|\b05061\b|\b90010\b|\b44[.,]55|\b6[.,]0[78]"
)
# The law says in which département a holiday is none.
NO_TERRITORY = {"incidents/deadlines.py"}


def test_no_territory_is_written_in_the_code():
    rooms = ("accounts", "frontend", "incidents", "messaging", "ogcapi", "partnership", "psq_geo", "sectors", "scripts")
    sources = [
        path
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".html", ".js", ".css", ""} and path.is_file()
        if not {"territories", "node_modules", "dist", "migrations", "__pycache__"} & set(path.parts)
    ]
    assert len(sources) > 500
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in sources
        if str(path.relative_to(ROOT)) not in NO_TERRITORY
        for line in path.read_text(errors="replace").splitlines()
        if OF_A_TERRITORY.search(line)
    }
    assert found == set()
