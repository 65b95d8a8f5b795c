"""Refines the areas of communes with a file: ADMIN EXPRESS, geo.api.gouv.fr, or any other with INSEE codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sectors.changes import refine
from sectors.commune_files import from_file
from sectors.file_tables import Defects
from sectors.management.reports import counted, failure, tell, voice
from sectors.models import Territory


class Command(BaseCommand):
    help = (
        "Stores the communes of a GeoJSON, GeoPackage or Shapefile with INSEE codes, in any coordinate system. "
        "Codes that stand in the file only or in the database only are told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file of communes")
        parser.add_argument("--department", action="append", default=[], help="only this département (repeatable)")
        parser.add_argument("--territory", help="the territory these communes belong to, by its code")
        parser.add_argument("--add", action="store_true", help="also add communes that the database lacks")
        parser.add_argument("--resize", action="store_true", help="also areas that change by more than a tenth")
        parser.add_argument("--source", default="", help="the source in words (default: the file's name)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        territory = None
        if options["territory"]:
            territory = Territory.objects.filter(code=options["territory"]).first()
            if territory is None:
                raise CommandError(f"No territory has the code {options['territory']!r}.")
        departments = set(options["department"] or (territory.departments if territory else ()))
        out = voice(self.stdout, options)
        out.write(f"reading {path}")
        try:
            found = (record for record in from_file(path) if not departments or record.department in departments)
            records = list(counted(found, "communes", out))
            if not records:
                raise CommandError(f"{path.name} holds no commune of {', '.join(sorted(departments)) or 'any kind'}.")
            label = (options["source"] or path.name)[:160]
            out.write("writing")
            report = refine(
                records,
                label=label,
                file=path.name,
                territory=territory,
                add=options["add"],
                resize=options["resize"],
            )
            tell(report, out)
        except Defects as error:
            raise failure(error) from error
