"""Statements whose planning costs more than their running: each connection plans them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


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
