"""One territory described in one TOML file, read and checked: pure, and nothing is written from here.

`read(path)` gives the file as frozen dataclasses with everything that is wrong with it, each defect with its place.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sectors.file_tables import Defect, TableReader, placed
from sectors.territory_tables import (
    POST_OF_FORCE,
    CategoryEntry,
    CitizenWatchEntry,
    CommunesEntry,
    CompetenceEntry,
    CompetenceTable,
    CriterionEntry,
    EditionEntry,
    FamilyEntry,
    GroupEntry,
    PartnerEntry,
    PlaceEntry,
    PostEntry,
    RuleEntry,
    TerritoryFile,
    TerritorySettings,
    UnitEntry,
)

_SINGLE = ("territory", "communes", "edition", "competence", "priorities")
_ARRAYS = ("units", "posts", "families", "category_rules", "partners", "groups", "places", "criteria", "citizen_watch")


def read(path: Path, *, partner_kinds: Iterable[str]) -> tuple[TerritoryFile | None, list[Defect]]:
    """The file with its sound entries, and all its defects; None where it cannot be read as a territory at all."""
    reader = TableReader(path.name)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reader.blame("", "", "unreadable", error.strerror or str(error))
        return None, reader.defects
    except UnicodeDecodeError as error:
        reader.blame("", "", "not_utf8", f"not UTF-8 text (byte {error.start})")
        return None, reader.defects
    except tomllib.TOMLDecodeError as error:
        reader.blame("", "", "not_toml", str(error))
        return None, reader.defects
    for key in raw.keys() - {*_SINGLE, *_ARRAYS}:
        reader.blame(key, "", "unknown_table", f"unknown table; known are {', '.join((*_SINGLE, *_ARRAYS))}")
    file = _tables(reader, raw, path)
    _check(reader, raw, frozenset(partner_kinds))
    return file, reader.defects


def _tables(reader: TableReader, raw: dict[str, Any], path: Path) -> TerritoryFile | None:
    """Each table in its dataclass; None where one that everything hangs on is missing or unsound."""
    arrays = {name: raw.get(name, []) for name in _ARRAYS}
    competence = raw.get("competence", {})
    territory = reader.row(TerritorySettings, raw.get("territory", {}), "territory")
    communes = reader.row(CommunesEntry, raw.get("communes", {}), "communes")
    edition = reader.row(EditionEntry, raw.get("edition", {}), "edition")
    held = reader.row(CompetenceTable, competence, "competence", extra=frozenset({"rules"}))
    rules = competence.get("rules", []) if isinstance(competence, dict) else []
    priorities = _priorities(reader, raw.get("priorities", {}))
    units = tuple(reader.rows(UnitEntry, arrays["units"], "units"))
    posts = tuple(reader.rows(PostEntry, arrays["posts"], "posts"))
    categories = _categories(reader, arrays["families"])
    category_rules = tuple(reader.rows(RuleEntry, arrays["category_rules"], "category_rules"))
    competences = tuple(reader.rows(CompetenceEntry, rules, "competence.rules"))
    partners = tuple(reader.rows(PartnerEntry, arrays["partners"], "partners"))
    groups = tuple(reader.rows(GroupEntry, arrays["groups"], "groups"))
    places = tuple(reader.rows(PlaceEntry, arrays["places"], "places"))
    criteria = tuple(reader.rows(CriterionEntry, arrays["criteria"], "criteria"))
    citizen_watch = tuple(reader.rows(CitizenWatchEntry, arrays["citizen_watch"], "citizen_watch"))
    if territory is None or communes is None or edition is None or held is None:
        return None
    return TerritoryFile(
        path=path,
        territory=territory,
        communes=communes,
        edition=edition,
        priorities=priorities,
        units=units,
        posts=posts,
        categories=categories,
        category_rules=category_rules,
        competence=held,
        competences=competences,
        partners=partners,
        groups=groups,
        places=places,
        criteria=criteria,
        citizen_watch=citizen_watch,
    )


def _priorities(reader: TableReader, raw: object) -> dict[str, int]:
    """The kinds of sector with their priority."""
    if not isinstance(raw, Mapping):
        reader.blame("priorities", "", "not_a_table", "a table is expected here: kind = priority")
        return {}
    for kind, priority in raw.items():
        if type(priority) is not int or not 0 <= priority <= 30_000:
            reader.blame(
                "priorities", kind, "wrong_type", f"a whole number from 0 to 30000 is expected, not {priority!r}"
            )
    return {kind: priority for kind, priority in raw.items() if type(priority) is int}


def _categories(reader: TableReader, raw: object) -> tuple[tuple[FamilyEntry, CategoryEntry], ...]:
    """Every sound category with its family, in the order of the file."""
    found: list[tuple[FamilyEntry, CategoryEntry]] = []
    for place, entry in reader.entries(raw, "families"):
        own = {key: value for key, value in entry.items() if key != "categories"}
        family = reader.row(FamilyEntry, own, place)
        categories = reader.rows(CategoryEntry, entry.get("categories", []), f"{place}.categories")
        if family is not None:
            found.extend((family, category) for category in categories)
    return tuple(found)


def _entries(raw: Any, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The entries as written, sound or not, so that one malformed entry does not make its code unknown to others."""
    entries = raw.get(name, []) if isinstance(raw, Mapping) else []
    if not isinstance(entries, list):
        return []
    return [(placed(name, n, entry), entry) for n, entry in enumerate(entries, 1) if isinstance(entry, Mapping)]


def _check(reader: TableReader, raw: dict[str, Any], partner_kinds: frozenset[str]) -> None:
    """What the entries say of one another: codes that stand twice, codes that nothing bears, forces that disagree."""
    codes = {
        name: _codes(reader, _entries(raw, name), name)
        for name in ("units", "posts", "partners", "groups", "places", "criteria", "citizen_watch")
    }
    families = _entries(raw, "families")
    _codes(reader, families, "families")
    categories = [
        (f"{place}.{inner}", entry) for place, family in families for inner, entry in _entries(family, "categories")
    ]
    codes["categories"] = _codes(reader, categories, "categories")

    def known(place: str, key: str, code: Any, among: str) -> None:
        if isinstance(code, str) and code and code not in codes[among]:
            reader.blame(place, key, "unknown_code", f"{code!r} is in none of [[{among}]]")

    for place, post in _entries(raw, "posts"):
        known(place, "unit", post.get("unit"), "units")
    for place, rule in _entries(raw, "category_rules"):
        known(place, "category", rule.get("category"), "categories")
        known(place, "post", rule.get("post"), "posts")
    for place, group in _entries(raw, "groups"):
        known(place, "post", group.get("post"), "posts")
        for member in group.get("members") or ():
            known(place, "members", member, "partners")
    for place, partner in _entries(raw, "partners"):
        if isinstance(kind := partner.get("kind"), str) and kind not in partner_kinds:
            reader.blame(place, "kind", "unknown_choice", f"{kind!r} is none of {', '.join(sorted(partner_kinds))}")
    _once(reader, _entries(raw, "category_rules"), ("category", "commune"))
    _once(reader, _entries(raw, "groups"), ("post",))
    _check_reminders(reader, raw)
    _check_triage(reader, raw)
    _check_competence(reader, raw, known)


def _codes(reader: TableReader, entries: list[tuple[str, Mapping[str, Any]]], name: str) -> set[str]:
    """The codes of these entries; those that stand twice are a defect."""
    counted = Counter(entry["code"] for _, entry in entries if isinstance(entry.get("code"), str))
    for code, times in counted.items():
        if times > 1:
            reader.blame(name, "code", "repeated", f"the code {code!r} stands {times} times")
    return set(counted)


def _once(reader: TableReader, entries: list[tuple[str, Mapping[str, Any]]], keys: tuple[str, ...]) -> None:
    """These keys together may stand once only."""
    seen: set[tuple[Any, ...]] = set()
    for place, entry in entries:
        values = tuple(repr(entry.get(key, "")) for key in keys)
        if values in seen:
            reader.blame(place, " + ".join(keys), "repeated", f"{', '.join(values)} already has an entry")
        seen.add(values)


def _check_reminders(reader: TableReader, raw: dict[str, Any]) -> None:
    territory = raw.get("territory")
    days = territory.get("reminders") if isinstance(territory, Mapping) else None
    if isinstance(days, list) and all(type(day) is int for day in days) and days != sorted(days, reverse=True):
        reader.blame("territory", "reminders", "wrong_order", "the farthest reminder comes first")


def _check_triage(reader: TableReader, raw: dict[str, Any]) -> None:
    territory = raw.get("territory")
    code = territory.get("triage_post") if isinstance(territory, Mapping) else None
    kinds = {post.get("code"): post.get("kind") for _, post in _entries(raw, "posts")}
    if isinstance(code, str) and kinds.get(code) != "triage":
        reader.blame("territory", "triage_post", "unknown_code", f"{code!r} is no post of the kind triage")


def _check_competence(reader: TableReader, raw: dict[str, Any], known: Any) -> None:
    """Each commune has one rule, at most one rule holds elsewhere, and its unit and post are of its force."""
    forces = {unit.get("code"): unit.get("force") for _, unit in _entries(raw, "units")}
    kinds = {post.get("code"): post.get("kind") for _, post in _entries(raw, "posts")}
    ruled: set[str] = set()
    for place, rule in _entries(raw.get("competence", {}), "rules"):
        table = f"competence.{place}"
        known(table, "unit", rule.get("unit"), "units")
        known(table, "post", rule.get("post"), "posts")
        force = rule.get("force")
        if rule.get("unit") in forces and forces[rule["unit"]] != force:
            reader.blame(
                table, "unit", "wrong_force", f"{rule['unit']!r} is a unit of {forces[rule['unit']]}, not of {force}"
            )
        wanted = POST_OF_FORCE.get(str(force))
        if rule.get("post") in kinds and wanted and kinds[rule["post"]] != wanted:
            reader.blame(table, "post", "wrong_kind", f"{rule['post']!r} is no post of the kind {wanted}")
        for commune in rule.get("communes") or ("",):
            if commune in ruled:
                reader.blame(table, "communes", "repeated", f"{commune or 'everywhere else'!r} already has a rule")
            ruled.add(commune)
    if not ruled:
        reader.blame("competence", "rules", "missing", "say who is competent: [[competence.rules]]")
