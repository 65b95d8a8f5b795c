"""Draws a new draft of a territory's map from a file, and says what the checker finds and what changes hands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ogcapi.geojson import Refused
from sectors import checking, differences
from sectors.changes import drafts
from sectors.changes.importing import import_areas
from sectors.file_tables import Defects
from sectors.management.reports import failure, voice
from sectors.map_files import SYSTEMS, read_map_file
from sectors.models import Edition, Territory


class Command(BaseCommand):
    help = (
        "Makes a draft of a territory's map from a GeoJSON, a GeoPackage or a zipped Shapefile of its sectors. "
        "What the file does not say of a sector stays as in the edition in force. Nothing comes into force by this."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file of sectors")
        parser.add_argument("--territory", required=True, help="the territory's code")
        parser.add_argument("--by", required=True, help="the e-mail address of who draws: director or administrator")
        parser.add_argument("--code", default="", help="what the edition is called (default: the next of the year)")
        parser.add_argument("--epsg", type=int, choices=sorted(SYSTEMS), help="where the file does not say its own")
        parser.add_argument("--findings", type=Path, help="where to write what the checker finds, as GeoJSON")
        parser.add_argument("--differences", type=Path, help="where to write what changes hands, as GeoJSON")

    def handle(self, *args: Any, **options: Any) -> None:
        out = voice(self.stdout, options)
        at = timezone.now()
        by = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        territory = Territory.objects.filter(code=options["territory"]).first()
        if by is None or territory is None:
            raise CommandError("There is no such account." if by is None else "There is no such territory.")
        model = Edition.objects.in_force(at).filter(territory=territory).first()
        path: Path = options["file"]
        try:
            file = read_map_file(path.read_bytes(), name=path.name, epsg=options["epsg"])
            with transaction.atomic():
                draft = drafts.begin(
                    by=by, territory=territory.pk, at=at, code=options["code"], note=path.name[:300],
                    model=model.pk if model else None,
                )  # fmt: skip
                draft = import_areas(by=by, edition=draft.pk, file=file, seen=draft.number, at=at)
        except OSError as error:
            raise CommandError(f"{path.name}: {error.strerror}") from error
        except Defects as error:
            raise failure(error) from error
        except Refused as error:
            raise CommandError(
                "\n".join(f"{each.field}: {each.message} [{each.code}]" for each in error.errors)
            ) from error
        except Territory.DoesNotExist as error:
            raise CommandError("This account draws no edition of this territory.") from error
        out.write(f"draft {draft.code}: {len(file.areas)} sectors from EPSG:{file.epsg}")
        found = checking.findings_of(draft)
        for each in found:
            mended = f"; {each.repair.means} would move {each.repair.moved_m2:.0f} m²" if each.repair else ""
            out.write(f"  {each.severity}: {each.kind}, {', '.join(each.sectors)}, {each.size_m2:.0f} m²{mended}")
        moved = differences.differences(model, draft) if model else []
        for piece in moved:
            out.write(f"  {piece.from_sector or '–'} → {piece.to_sector or '–'}: {piece.size_m2:.0f} m²")
        for name, collection in (
            ("findings", checking.as_features(found)),
            ("differences", differences.as_features(moved)),
        ):
            if options[name]:
                options[name].write_bytes(orjson.dumps(collection))
