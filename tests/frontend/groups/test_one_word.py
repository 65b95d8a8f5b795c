"""What a group works on is called by one word in French: `problématique`, as docs/glossaire.md has it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
# What is said of concerns, and of no file of a group.
ELSEWHERE = re.compile(r"lieux? (?:et|ou) (?:le |de |des |un )?problèmes?|signalement du même problème", re.IGNORECASE)
FRENCH = re.compile(r'^(?:msgstr(?:\[\d\])?|fr|measured_fr) ?=? ?"(.*)"$', re.MULTILINE)


def french(path: Path) -> list[str]:
    return FRENCH.findall(path.read_text(encoding="utf-8"))


def test_a_problem_of_a_group_has_one_name() -> None:
    paths = [ROOT / "locale/fr/LC_MESSAGES/django.po", *ROOT.glob("sectors/territories/*/territory.toml")]
    said = [each for path in paths for each in french(path)]
    assert sum("problématique" in each for each in said) > 50
    assert [each for each in said if "problème" in ELSEWHERE.sub("", each).lower()] == []
