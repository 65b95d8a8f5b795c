"""Rows that belong together, inserted by one statement.

A report writes six rows of five tables. Asked one by one through the ORM they cost more than the decision itself; the
statement made here from the models' own columns costs a third, and is made once a process.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import PointField
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, ForeignKey, Model
from django.db.models.expressions import DatabaseDefault

from sectors import prepared

_LENGTH = re.compile(r"\(\d+\)")


def insert(first: Model, *others: Model) -> None:
    """Inserts `first`, whose key it sets, and the others; a foreign key to `first` that is empty takes its key.

    Other rows of a unique text already known (`dedupe_key`) are passed over. Raises IntegrityError.
    """
    rows = (first, *others)
    fields = tuple(_filled(row) for row in rows)
    sql = _statement(tuple((type(row), names) for row, names in zip(rows, fields, strict=True)))
    values: list[Any] = []
    for row, names in zip(rows, fields, strict=True):
        for name in names:
            field = row._meta.get_field(name)
            if not _refers(field, type(first)):
                values += _prepared(field, getattr(row, field.attname))  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        _execute(cursor, sql, values)
        first.pk = cursor.fetchone()[0]
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _execute(cursor: CursorWrapper, sql: str, values: list[Any]) -> None:
    if not settings.PREPARED:
        cursor.execute(sql, values)
        return
    name, prepare, run = _as_prepared(sql)
    prepared.execute(cursor, name, prepare=prepare, run=run, values=values)


@lru_cache(maxsize=32)
def _as_prepared(sql: str) -> tuple[str, str, str]:
    """The name of the statement, what prepares it and what runs it."""
    name = "psq_rows_" + hashlib.sha256(sql.encode()).hexdigest()[:16]
    numbers = count(1)
    numbered = re.sub("%s", lambda _: f"${next(numbers)}", sql)
    places = ", ".join(["%s"] * sql.count("%s"))
    return name, f"PREPARE {name} AS {numbered}", f"EXECUTE {name} ({places})"


def _filled(row: Model) -> tuple[str, ...]:
    """The fields with a value: neither the key that the database draws, nor what it fills in itself."""
    return tuple(
        field.name
        for field in row._meta.concrete_fields
        if not field.generated
        and not field.primary_key
        and not isinstance(getattr(row, field.attname), DatabaseDefault)
    )


def _refers(field: Any, first: type[Model]) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is first


def _prepared(field: Any, value: Any) -> list[Any]:
    """What the placeholder of the field takes."""
    if isinstance(field, PointField):
        return [value.x, value.y]
    return [field.get_db_prep_save(value, connection)]


@lru_cache(maxsize=32)
def _statement(rows: tuple[tuple[type[Model], tuple[str, ...]], ...]) -> str:
    """The statement for rows of these models with these fields."""
    first = rows[0][0]
    parts = []
    for number, (model, names) in enumerate(rows):
        fields = [model._meta.get_field(name) for name in names]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)  # type: ignore[union-attr]
        table = connection.ops.quote_name(model._meta.db_table)
        if number == 0:
            values = ", ".join(_placeholder(field) for field in fields)
            parts.append(f"row0 AS (INSERT INTO {table} ({columns}) VALUES ({values}) RETURNING id)")  # noqa: S608 - our own names
            continue
        values = ", ".join("row0.id" if _refers(field, first) else _placeholder(field) for field in fields)
        known = " ON CONFLICT (dedupe_key) DO NOTHING" if "dedupe_key" in names else ""
        parts.append(f"row{number} AS (INSERT INTO {table} ({columns}) SELECT {values} FROM row0{known})")  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT id FROM row0"  # noqa: S608


def _placeholder(field: Field[Any, Any] | Any) -> str:
    """A placeholder with the column's type, which a SELECT does not infer."""
    if isinstance(field, PointField):
        return f"ST_SetSRID(ST_MakePoint(%s, %s), {int(field.srid)})"
    kind = field.rel_db_type(connection) if isinstance(field, ForeignKey) else field.db_type(connection)
    # Without its length: a cast to varchar(80) cuts in silence, where the column refuses.
    return f"%s::{_LENGTH.sub('', str(kind))}"
