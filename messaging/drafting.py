"""Rows made without their constructor, which looks the default of every field up anew.

For the six rows of a report that took longer than the decision about it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def draft(model: type[Row], **columns: Any) -> Row:
    """An unsaved row: its columns (`author_id`, not `author`) as given, the others as the model begins them.

    Raises TypeError for a column that the model does not have.
    """
    places, beginnings, makers = _beginning(model)
    values = [*beginnings]
    for place, make in makers:
        values[place] = make()
    for name, value in columns.items():
        if name not in places:
            raise TypeError(f"{model.__name__} has no column {name}")
        values[places[name]] = value
    row = model.from_db(None, list(places), values)
    row._state.adding = True
    return row


@cache
def _beginning(model: type[Model]) -> tuple[dict[str, int], list[Any], list[tuple[int, Callable[[], Any]]]]:
    """The place of each column, what it begins with, and what makes a fresh one for each row."""
    fields = list(enumerate(model._meta.concrete_fields))
    makers = [(place, field.default) for place, field in fields if callable(field.default) and field.has_default()]
    return {field.attname: place for place, field in fields}, [each.get_default() for _, each in fields], makers
