"""What is kept no longer than it must be: one rule for each kind of data, named in settings.RETENTION_RULES.

An app states its rules beside what writes its rows, and the registry finds them by dotted path: so a page that tells
how long data is kept and the run that forgets it read the same object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of data is kept, which rows are past that, and what forgetting them means.

    what, why: for people. kept: the time in words, in the active language, which may ask the database.
    overdue(at, using): the rows past their time at that moment, on the database of that alias.
    forget(rows): called inside a transaction with the locked rows; leaves them no longer overdue. A rule that says
    nothing deletes them, and with them what hangs on them.
    territory: the lookup from a row to its territory's code; "" where the data belongs to no territory.
    """

    code: str
    what: Promise
    why: Promise
    kept: Callable[[], str]
    overdue: Callable[[datetime, str], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], object] = QuerySet.delete
    territory: str = ""


def rules() -> list[Rule]:
    """The rules of this installation, in the order in which they run."""
    return [import_string(path) for path in settings.RETENTION_RULES]
