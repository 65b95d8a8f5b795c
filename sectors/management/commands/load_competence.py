"""Refines who is competent in each commune with the ministry's file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sectors.changes import refine_competence
from sectors.competence_files import read_competence
from sectors.file_tables import Defects
from sectors.management.reports import counted, failure, tell, voice
from sectors.moments import paris_midnight


class Command(BaseCommand):
    help = (
        "Gives each commune the brigade that the official CSV names, and its force where it differs. "
        "Codes that stand in the file only or in the database only are told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the official CSV")
        parser.add_argument(
            "--from",
            dest="from_on",
            type=date.fromisoformat,
            help="the day from which it holds (default: since the territory's competences began, corrected in place)",
        )
        parser.add_argument("--source", default="", help="the source in words (default: the file's name)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        start = paris_midnight(options["from_on"]) if options["from_on"] else None
        out = voice(self.stdout, options)
        out.write(f"reading {path}")
        try:
            records = list(counted(read_competence(path), "communes", out))
            out.write("writing" if start else "writing; without --from the past is corrected too, and is told anew")
            label = (options["source"] or path.name)[:160]
            tell(refine_competence(records, label=label, file=path.name, start=start), out)
        except Defects as error:
            raise failure(error) from error
