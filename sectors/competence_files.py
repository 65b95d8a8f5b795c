"""The official file of who is competent in each commune, as the ministry publishes it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sectors.file_tables import COMMUNE, Defect, Defects

COLUMNS = ("code_commune", "libelle_commune", "institution", "id_service", "service")
FORCES = ("PN", "GN")


@dataclass(frozen=True, slots=True)
class CompetenceRecord:
    """One line: the commune, the force, and the service with its number ("" where the file has none)."""

    place: str
    code: str
    name: str
    force: str
    service_id: str
    service: str


def read_competence(path: Path) -> list[CompetenceRecord]:
    """The lines of a UTF-8 CSV with the official column names, delimiter `,` or `;`. Raises Defects, all at once."""
    defects: list[Defect] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = lines.readline()
            lines.seek(0)
            reader = csv.DictReader(lines, delimiter=";" if header.count(";") > header.count(",") else ",")
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise Defects([Defect(path.name, "line 1", ", ".join(missing), "missing", "these columns are missing")])
            records = list(_records(path, reader, defects))
    except OSError as error:
        raise Defects([Defect(path.name, "", "", "unreadable", error.strerror or str(error))]) from error
    except UnicodeDecodeError as error:
        raise Defects([Defect(path.name, "", "", "not_utf8", f"not UTF-8 text (byte {error.start})")]) from error
    if defects:
        raise Defects(defects)
    return records


def _records(path: Path, reader: csv.DictReader[str], defects: list[Defect]) -> Iterator[CompetenceRecord]:
    seen: set[str] = set()
    for row in reader:
        place = f"line {reader.line_num}"
        values = {name: (row[name] or "").strip() for name in COLUMNS}
        code, force = values["code_commune"].zfill(5), values["institution"].upper()
        wrong = {
            "code_commune": not re.fullmatch(COMMUNE, code) or code in seen,
            "institution": force not in FORCES,
            "id_service": not re.fullmatch(r"[A-Za-z0-9-]{0,40}", values["id_service"]),
            "service": not values["service"] or len(values["service"]) > 160,
        }
        for key in (key for key, bad in wrong.items() if bad):
            message = f"{values[key]!r} stands twice" if key == "code_commune" and code in seen else f"{values[key]!r}"
            defects.append(Defect(path.name, f"{place} ({code})", key, "wrong_value", message))
        seen.add(code)
        yield CompetenceRecord(place, code, values["libelle_commune"], force, values["id_service"], values["service"])
