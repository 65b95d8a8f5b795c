"""What the loading commands print: the steps, the rows that changed, and each defect with its place."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from django.core.management.base import CommandError, OutputWrapper

from sectors.changes import Report
from sectors.file_tables import Defects

Thing = TypeVar("Thing")
# Longer lists are cut: the first rows show what kind of change it is.
_SHOWN = 20
_STEP = 250


def voice(stdout: OutputWrapper, options: Mapping[str, Any]) -> OutputWrapper:
    """Where a command speaks: nowhere with `--verbosity 0`."""
    return stdout if options["verbosity"] else OutputWrapper(io.StringIO())


def failure(error: Defects) -> CommandError:
    """The defects as a command's failure, one a line."""
    return CommandError(f"{len(error.found)} defects, nothing is written:\n{error}")


def counted(things: Iterable[Thing], what: str, out: OutputWrapper) -> Iterator[Thing]:
    """The same things, their number shown on the way on a terminal."""
    live = out.isatty()
    number = 0
    for number, thing in enumerate(things, 1):
        if live and number % _STEP == 0:
            out.write(f"\r  {number} {what}", ending="")
            out.flush()
        yield thing
    out.write(f"{chr(13) if live else ''}  {number} {what}")


def tell(report: Report, out: OutputWrapper) -> None:
    """Prints what a load added, changed and removed, and what is worth a look."""
    for note in report.notes:
        out.write(f"  note: {note}")
    for word, rows in (("added", report.added), ("changed", report.changed), ("removed", report.removed)):
        for row in rows[:_SHOWN]:
            out.write(f"  {word}: {row}")
        if len(rows) > _SHOWN:
            out.write(f"  {word}: … and {len(rows) - _SHOWN} more")
    if report.is_empty:
        out.write("nothing to change")
    elif report.written:
        out.write(f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed")
    else:
        out.write(f"nothing written: {len(report.removed)} rows would be removed; run again with --commit")
