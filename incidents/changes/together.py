"""Rows that belong together, inserted by one statement.

A report writes six rows of five tables. Asked one by one through the ORM they cost more than the decision itself; the
statement made here from the models' own columns costs a third, and is made once a process.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import count, groupby
from typing import Any, Final, TypeAlias

import orjson
from django.conf import settings
from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    TextField,
)  # fmt: skip
from django.db.models.expressions import DatabaseDefault

from accounts import prepared

_LENGTH = re.compile(r"\(\d+\)")
# The driver takes the values of these as they are.
AS_IT_IS: Final = (
    ArrayField, BooleanField, CharField, DateField, FloatField, ForeignKey, IntegerField, PointField, TextField,
)  # fmt: skip

# A model, and the names of its fields that the database fills in.
Shape: TypeAlias = tuple[type[Model], tuple[str, ...]]
Written: TypeAlias = Callable[[Any], Any]


def insert(first: Model, *others: Model) -> None:
    """Inserts `first`, whose key it sets, and the others; a foreign key to `first` that is empty takes its key.

    Other rows of a unique text already known (`dedupe_key`) are passed over. Raises IntegrityError.
    """
    rows = (first, *others)
    sql, read = _planned(tuple(_filled(row) for row in rows))
    values: list[Any] = []
    for row, columns in zip(rows, read, strict=True):
        # As they were set: asked of the row itself, a point would be made first.
        held = row.__dict__
        values += [
            held[attribute] if written_as is None else written_as(held[attribute]) for attribute, written_as in columns
        ]
    with connection.cursor() as cursor:
        _execute(cursor, sql, values)
        first.pk = cursor.fetchone()[0]
    alias = connection.alias
    for row in rows:
        row._state.adding, row._state.db = False, alias


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


def _filled(row: Model) -> Shape:
    """The row's model, and which of its fields are left to the database."""
    model = type(row)
    held = row.__dict__
    return model, tuple(name for name in _left(model) if isinstance(held[name], DatabaseDefault))


@cache
def _left(model: type[Model]) -> tuple[str, ...]:
    """The fields that the database can fill in, besides the key."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.has_db_default())


@lru_cache(maxsize=64)
def _fields(shape: Shape) -> tuple[Any, ...]:
    """The fields that are written: neither the key that the database draws, nor what it fills in or computes."""
    model, left = shape
    written = (field for field in model._meta.concrete_fields if not (field.generated or field.primary_key))
    return tuple(field for field in written if field.attname not in left)


@lru_cache(maxsize=32)
def _planned(rows: tuple[Shape, ...]) -> tuple[str, tuple[list[tuple[str, Written | None]], ...]]:
    """The statement for rows of these shapes, and what is read of each."""
    return _statement(rows), tuple(_read(shape, rows[0][0]) for shape in rows)


def _read(shape: Shape, first: type[Model]) -> list[tuple[str, Written | None]]:
    """For each placeholder's field the attribute to read, and how its value is written (None: as it is)."""
    own = shape[0] is first
    return [(field.attname, _written(field)) for field in _fields(shape) if own or not _refers(field, first)]


def _refers(field: Any, first: type[Model]) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is first


def _written(field: Any) -> Written | None:
    if isinstance(field, JSONField):
        return lambda value: orjson.dumps(value).decode()
    if isinstance(field, AS_IT_IS):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _statement(rows: tuple[Shape, ...]) -> str:
    """The statement for rows of these models with these fields."""
    first = rows[0][0]
    parts = [f"row0 AS ({_into(rows[0])} VALUES ({_values(rows[0], None)}) RETURNING id)"]
    for number, (shape, alike) in enumerate(groupby(rows[1:]), 1):
        values, many = _values(shape, first), len(list(alike))
        if any(_refers(field, first) for field in _fields(shape)):
            source = " UNION ALL ".join([f"SELECT {values} FROM row0"] * many)  # noqa: S608 - our own names
        else:
            source = f"VALUES {', '.join([f'({values})'] * many)}"
        known = " ON CONFLICT (dedupe_key) DO NOTHING" if any(f.name == "dedupe_key" for f in _fields(shape)) else ""
        parts.append(f"row{number} AS ({_into(shape)} {source}{known})")
    return f"WITH {', '.join(parts)} SELECT id FROM row0"  # noqa: S608


def _into(shape: Shape) -> str:
    columns = ", ".join(connection.ops.quote_name(field.column) for field in _fields(shape))
    return f"INSERT INTO {connection.ops.quote_name(shape[0]._meta.db_table)} ({columns})"


def _values(shape: Shape, first: type[Model] | None) -> str:
    """The placeholders of a row, with the key of the row of the model `first` where it is referred to."""
    return ", ".join(
        "row0.id" if first is not None and _refers(field, first) else _placeholder(field) for field in _fields(shape)
    )


def _placeholder(field: Field[Any, Any] | Any) -> str:
    """A placeholder with the column's type, which a SELECT does not infer."""
    if isinstance(field, PointField):
        return "%s::geometry"
    kind = field.rel_db_type(connection) if isinstance(field, ForeignKey) else field.db_type(connection)
    # Without its length: a cast to varchar(80) cuts in silence, where the column refuses.
    return f"%s::{_LENGTH.sub('', str(kind))}"
