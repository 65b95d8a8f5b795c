"""The purge: forgets what is past its time, a batch at a time, and keeps the account of what it did.

The role of the running product may not touch rows that are written once. The purge therefore runs as the owner of the
tables: by the connection `owner` where one is configured, by the only one where a single role does everything.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connections, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import AccessLog, RetentionRun
from accounts.retention import Rule, rules
from messaging.interrupt import TooLong

logger = logging.getLogger(__name__)

# A statement over millions of rows would meet the time-out, and lock out the work of the day.
ROWS_AT_ONCE: Final = 1_000
OWNER: Final = "owner"
# What the triggers on rows written once ask for; of this transaction alone.
ALLOW: Final = "SELECT set_config('psq_geo.purge', 'on', true)"
OWNS: Final = "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass"


class NotTheOwner(PermissionError):  # noqa: N818 - it says what is wrong
    """No connection of this process may take rows away that are written once."""


def purge(*, at: datetime, by: str, commit: bool, chosen: Iterable[Rule] | None = None) -> RetentionRun:
    """The stored account of a run: for each rule and territory how many rows were forgotten, or would be.

    at: the moment by which data is past its time. commit: False counts only. Two runs at once share the work, and a
    run that was interrupted is finished by the next. A rule that fails is told in `failures`, and the others go on.
    Raises NotTheOwner when there is something to forget and nobody to do it as.
    """
    using = database()
    run = RetentionRun(started_at=timezone.now(), at=at, by=by[:120], dry_run=not commit)
    try:
        for rule in rules() if chosen is None else chosen:
            try:
                found = _forget(rule, at, using) if commit else _count(rule, at, using)
            except TooLong as error:
                # Ended anywhere, perhaps in the middle of a conversation with the database.
                connections[using].close()
                run.failures[rule.code] = str(error)
                break
            except Exception as error:  # one kind of data must not keep the others from being forgotten
                logger.exception("The retention rule %s failed", rule.code)
                run.failures[rule.code] = f"{type(error).__name__}: {error}"[:300]
            else:
                run.counts[rule.code] = found
        run.finished_at = timezone.now()
        run.save(force_insert=True, using=using)
    finally:
        if using == OWNER:
            # Used once a day: not worth a connection that stays open.
            connections[OWNER].close()
    return run


def database() -> str:
    """The alias of the connection that may forget. Raises NotTheOwner."""
    if OWNER in connections:
        return OWNER
    with connections["default"].cursor() as cursor:
        cursor.execute(OWNS, [AccessLog._meta.db_table])
        (owns,) = cursor.fetchone()
    if owns:
        return "default"
    raise NotTheOwner("The purge needs the role that owns the tables: set PSQ_OWNER, or run it as that role.")


def _count(rule: Rule, at: datetime, using: str) -> dict[str, int]:
    rows = rule.overdue(at, using).order_by()
    if not rule.territory:
        number = rows.count()
        return {"": number} if number else {}
    return dict(rows.values_list(rule.territory).annotate(number=Count("pk")).order_by(rule.territory))


def _forget(rule: Rule, at: datetime, using: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    before: set[Any] = set()
    while True:
        with transaction.atomic(using=using):
            locked = _locked(rule, at, using)
            if not locked:
                return dict(sorted(found.items()))
            if before >= set(locked):
                raise RuntimeError("what was forgotten is still there")
            with connections[using].cursor() as cursor:
                cursor.execute(ALLOW)
            rule.forget(_every(rule, at, using).filter(pk__in=list(locked)))
        before = set(locked)
        found.update(locked.values())


def _every(rule: Rule, at: datetime, using: str) -> QuerySet[Any]:
    """All rows of the kind of data that the rule is about."""
    rows: QuerySet[Any] = rule.overdue(at, using).model._default_manager.using(using)
    return rows


def _locked(rule: Rule, at: datetime, using: str) -> dict[Any, str]:
    """Some rows past their time that nobody else holds, locked: key -> code of the territory."""
    some = rule.overdue(at, using).order_by().values("pk")[:ROWS_AT_ONCE]
    rows = _every(rule, at, using).filter(pk__in=some).select_for_update(skip_locked=True)
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        return {}
    # Asked again now that they are locked: a concern may have been reopened while it was being chosen.
    still = rule.overdue(at, using).order_by().filter(pk__in=keys)
    if rule.territory:
        return dict(still.values_list("pk", rule.territory))
    return dict.fromkeys(still.values_list("pk", flat=True), "")
