"""Routes the points of a file: CSV, GeoJSON or GeoPackage in, the same rows with the answer's columns out."""

from __future__ import annotations

import codecs
import csv
import gc
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from django.contrib.gis.gdal import GDALException
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ogcapi.geojson import Refused
from sectors import atlas
from sectors.layers import as_rows
from sectors.table_heads import Head, first_record, read_head, repeated
from sectors.tables import ADDED, answered, first_defect

CHUNK = 50_000
READ = 1 << 20
# A cell may be long: what a file says of a place is its owner's business.
csv.field_size_limit(1 << 24)


class Command(BaseCommand):
    # They would import every address of the site.
    requires_system_checks = ()
    help = "Adds to each point of a file who takes it. A row that cannot be read keeps its place, with the reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV (columns lon, lat), GeoJSON or GeoPackage")
        parser.add_argument("--output", type=Path, help="where to write the CSV (default: standard output)")
        parser.add_argument("--lon", help="name of the longitude's column")
        parser.add_argument("--lat", help="name of the latitude's column")
        parser.add_argument("--category", help="also apply the rules of this category")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if bool(options["lon"]) != bool(options["lat"]):
            raise CommandError("Give both --lon and --lat, or neither.")
        columns = (options["lon"], options["lat"]) if options["lon"] else None
        image = atlas.current()
        category = options["category"]
        if category and not image.directory.knows_category(category):
            raise CommandError(f"No territory knows the category {category!r}.")
        output: Path | None = options["output"]
        if output is not None and output.suffix.lower() not in {"", ".csv", ".txt"}:
            raise CommandError("The answer is written as CSV: give --output a name that ends in .csv.")
        # Beside its place and renamed at the end: half an answer is never taken for a whole one.
        partial = output.with_name(output.name + ".part") if output else None
        try:
            with ExitStack() as stack:
                head, rows, size = self._open(path, columns, stack)
                if twice := repeated(head.names, ADDED):
                    self.stderr.write(f"stands twice in the answer, whose own columns come last: {', '.join(twice)}")
                out: Any = (
                    stack.enter_context(partial.open("w", encoding="utf-8", newline="")) if partial else sys.stdout
                )
                csv.writer(out, delimiter=head.delimiter, lineterminator="\n").writerow([*head.names, *ADDED])
                # Millions of rows come and go, none in a cycle: looking for cycles takes a fifth of the time.
                gc.disable()
                stack.callback(gc.enable)
                bar = Bar(self.stderr, size)
                for chunk, done in rows:
                    told = answered(chunk, head, image, category=category)
                    out.write(told.text)
                    bar.show(len(chunk), done, told.errors)
                bar.end()
            if partial is not None and output is not None:
                partial.replace(output)
        except (UnicodeDecodeError, csv.Error, OSError, GDALException) as error:
            if partial is not None:
                partial.unlink(missing_ok=True)
            place = self._place_of(path, head) if isinstance(error, csv.Error) else ""
            raise CommandError(f"{path.name}: {place}{error}") from error

    def _place_of(self, path: Path, head: Head) -> str:
        """Where a table stops being one: read once more, which costs nothing where all is well."""
        with path.open(encoding=self._encoding(path), newline="") as file:
            line = first_defect(chain.from_iterable(_blocks(file)), head.delimiter)
        return f"look at the quotation marks from line {line} on: "

    def _encoding(self, path: Path) -> str:
        """UTF-8; or Windows-1252, as a French Excel saves CSV, for a file that is not UTF-8."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        with path.open("rb") as file:
            try:
                while block := file.read(READ):
                    decoder.decode(block)
            except UnicodeDecodeError:
                self.stderr.write(f"{path.name} is not UTF-8: read as Windows-1252")
                return "cp1252"
        return "utf-8-sig"

    def _open(
        self, path: Path, columns: tuple[str, str] | None, stack: ExitStack
    ) -> tuple[Head, Iterator[tuple[list[list[str]], int]], int]:
        """The head, the rows by chunks with how far the reading is, and how far it goes."""
        try:
            if path.suffix.lower() in {".csv", ".txt"}:
                file = stack.enter_context(path.open(encoding=self._encoding(path), newline=""))
                head = read_head(first_record(iter(file.readline, "")), columns=columns)
                return head, _csv_chunks(file, head), path.stat().st_size
            names, features, count = as_rows(path)
        except (Refused, UnicodeDecodeError, ValueError) as error:
            detail = error.detail if isinstance(error, Refused) else error
            raise CommandError(f"{path.name}: {detail}") from error
        return Head(",", names, len(names) - 2, len(names) - 1, of_features=True), _chunks(features), count


def _csv_chunks(file: IO[str], head: Head) -> Iterator[tuple[list[list[str]], int]]:
    reader = csv.reader(chain.from_iterable(_blocks(file)), delimiter=head.delimiter, strict=True)
    while chunk := list(islice(reader, CHUNK)):
        yield [row for row in chunk if row], file.buffer.tell()  # type: ignore[attr-defined]


def _blocks(file: IO[str]) -> Iterator[list[str]]:
    """The lines, many at a time. Python's csv stops at a null character: the row is kept without it, and its number is
    then no number."""
    while lines := file.readlines(READ):
        yield [line.replace("\0", "\ufffd") for line in lines] if "\0" in "".join(lines) else lines


def _chunks(features: Iterator[list[str]]) -> Iterator[tuple[list[list[str]], int]]:
    chunk: list[list[str]] = []
    done = 0
    for row in features:
        chunk.append(row)
        done += 1
        if len(chunk) >= CHUNK:
            yield chunk, done
            chunk = []
    if chunk:
        yield chunk, done


class Bar:
    """How far the work is, on a terminal; a line at the end everywhere."""

    def __init__(self, stream: Any, size: int) -> None:
        self.stream, self.size, self.rows, self.began = stream, max(size, 1), 0, time.monotonic()
        self.errors = 0

    def show(self, rows: int, done: int, errors: int) -> None:
        """One step on."""
        self.rows += rows
        self.errors += errors
        if self.stream.isatty():
            filled = min(30, 30 * done // self.size)
            self.stream.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {self.rows:,} rows", ending="")
            self.stream.flush()

    def end(self) -> None:
        """The total."""
        seconds = max(time.monotonic() - self.began, 1e-9)
        start = "\n" if self.stream.isatty() else ""
        wrong = f", {self.errors:,} of them with an error and no answer" if self.errors else ""
        self.stream.write(f"{start}{self.rows:,} rows in {seconds:.1f} s ({self.rows / seconds:,.0f} a second){wrong}")
