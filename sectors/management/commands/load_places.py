"""Loads a list of places: a territory's public ones, or an organisation's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from sectors.changes.places import MOST_OWN, load_own_places, load_places
from sectors.management.reports import counted, tell, voice
from sectors.models import Partner, Territory
from sectors.place_lists import WrongList, read_places

MOST: Final = 200_000
_SOURCE: Final = re.compile(r"\w[\w .-]{0,79}")


class Command(BaseCommand):
    help = (
        "Makes a list of places equal to a CSV (name, lon, lat; kind, commune and code where there are) or a GeoJSON "
        "of points. Each list has a source of its own and leaves the others alone. What is wrong is told by its line, "
        "and then nothing is written; where places would be removed, nothing is written without --commit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV or GeoJSON file, UTF-8")
        parser.add_argument("--territory", help="the territory, by its code (default: the only one there is)")
        parser.add_argument("--source", help="the list's name (default: the file's, without its ending)")
        parser.add_argument("--partner", help="the organisation, by its code: the places are its own, not public")
        parser.add_argument("--commit", action="store_true", help="remove what the list no longer has")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        out = voice(self.stdout, options)
        partner = self._partner(options) if options["partner"] else None
        territory = None if partner else self._territory(options)
        source = (options["source"] or path.stem).strip()
        if partner is None and not _SOURCE.fullmatch(source):
            raise CommandError("The source is named by 1 to 80 letters, digits, blanks, dots and dashes: see --source.")
        out.write(f"reading {path}")
        with translation.override("en"):
            try:
                found = read_places(path.read_bytes(), most=MOST_OWN if partner else MOST)
                rows = list(counted(found, "places", out))
                if partner is not None:
                    report = load_own_places(partner=partner, rows=rows, commit=options["commit"])
                else:
                    assert territory is not None  # noqa: S101 - one of the two was named
                    report = load_places(territory=territory, source=source, rows=rows, commit=options["commit"])
            except OSError as error:
                raise CommandError(f"{path.name}: {error.strerror}") from error
            except WrongList as error:
                told = "\n".join(f"{path.name}: {line}" for line in error.lines())
                raise CommandError(f"nothing is written:\n{told}") from error
        tell(report, out)
        if not report.written:
            raise CommandError("nothing was written", returncode=3)

    def _partner(self, options: dict[str, Any]) -> Partner:
        if options["territory"] or options["source"]:
            raise CommandError("--partner goes without --territory and --source: an organisation has one list.")
        found = Partner.objects.filter(code=options["partner"]).first()
        if found is None:
            raise CommandError(f"No organisation has the code {options['partner']!r}.")
        return found

    def _territory(self, options: dict[str, Any]) -> Territory:
        codes = list(Territory.objects.values_list("code", flat=True))
        code = options["territory"] or (codes[0] if len(codes) == 1 else None)
        if code is None:
            raise CommandError(f"Say which territory with --territory: {', '.join(codes) or 'there is none yet'}.")
        found = Territory.objects.filter(code=code).first()
        if found is None:
            raise CommandError(f"No territory has the code {code!r}.")
        return found
