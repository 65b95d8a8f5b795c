"""Rows made without their constructor, which looks the default of every field up anew and sets them one by one.

For the rows of a report, those it reads and those it writes, that took longer than the decision about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)


def draft(model: type[Row], **columns: Any) -> Row:
    """An unsaved row: its columns (`author_id`, not `author`) as given, the others as the model begins them.

    Raises TypeError for a column that the model does not have.
    """
    columns_of, beginnings, makers = _beginning(model)
    if not columns_of.issuperset(columns):
        raise TypeError(f"{model.__name__} has no column {', '.join(sorted(columns.keys() - columns_of))}")
    # As unpickling makes a row: the object, and what it holds.
    row = model.__new__(model)
    row.__dict__ = {"_state": ModelState(), **beginnings, **{name: make() for name, make in makers}, **columns}
    return row


def fetched(model: type[Row], columns: Iterable[str], values: Iterable[Any], using: str) -> Row:
    """The stored row of these columns, as a query of the database `using` would give it."""
    row = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, using
    row.__dict__ = {"_state": state, **dict(zip(columns, values, strict=True))}
    return row


@cache
def _beginning(
    model: type[Model],
) -> tuple[frozenset[str], dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The columns of a model, what each begins with, and what makes a fresh one for each row."""
    fields = model._meta.concrete_fields
    made = {field.attname: field.default for field in fields if callable(field.default) and field.has_default()}
    beginnings = {field.attname: field.get_default() for field in fields if field.attname not in made}
    return frozenset(field.attname for field in fields), beginnings, list(made.items())
