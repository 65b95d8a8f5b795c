"""Statements whose planning costs more than their running: each connection plans them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Statement:
    """A statement with named parameters and their types: `sql` says `%(name)s` where each is filled in."""

    def __init__(self, name: str, sql: str, types: Mapping[str, str]) -> None:
        self.name, self.sql = name, sql
        numbered = sql % {parameter: f"${number}" for number, parameter in enumerate(types, 1)}
        self.prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {numbered}"
        self.execute = f"EXECUTE {name} ({', '.join(f'%({parameter})s' for parameter in types)})"

    def run(self, cursor: CursorWrapper, values: Mapping[str, Any]) -> None:
        """Runs it with these values; prepared where the connection is ours alone (PSQ_PREPARED=off behind a pooler)."""
        if settings.PREPARED:
            execute(cursor, self.name, prepare=self.prepare, run=self.execute, values=values)
        else:
            cursor.execute(self.sql, values)


def execute(
    cursor: CursorWrapper, name: str, *, prepare: str, run: str, values: Sequence[Any] | Mapping[str, Any]
) -> None:
    """Runs `run`, an EXECUTE of the statement that `prepare` makes, which this connection is given first if need be.

    Prepared statements belong to the session and not to the transaction: a rollback keeps them.
    """
    names = _known.setdefault(connection.connection, set())
    if name not in names:
        cursor.execute(prepare)
        names.add(name)
    cursor.execute(run, values)
