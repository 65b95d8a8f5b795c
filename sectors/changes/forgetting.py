"""What the territory's apps forget: the access log, as long as each territory keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import AccessLog
from accounts.retention import Rule
from sectors.models import Territory
from sectors.retention import figures, limit

# For what was done in no territory, or in one that is not here any more.
USUAL_YEARS: Final = 3
# No territory keeps the log for less: rows younger than this need no look at their territory.
LEAST: Final = timedelta(days=365)


def _log_overdue(at: datetime, using: str) -> QuerySet[Any]:
    years = Subquery(Territory.objects.filter(code=OuterRef("territory")).values("log_years")[:1])
    return (
        AccessLog.objects.using(using)
        .filter(at__lt=at - LEAST)
        .alias(before=limit(at, Coalesce(years, Value(USUAL_YEARS)), "years"))
        .filter(at__lt=F("before"))
    )


def _forget_log(keys: Sequence[Any], at: datetime, using: str) -> None:
    AccessLog.objects.using(using).filter(pk__in=keys).delete()


def _log_kept() -> str:
    most, digits = figures("log_years")
    return ngettext("%(count)s year", "%(count)s years", most) % {"count": digits}


ACCESS_LOG: Final = Rule(
    code="access_log",
    what=_("Access log: who did what, when, on which reference"),
    why=_("The law asks who read what for some years, and not for longer."),
    kept=_log_kept,
    overdue=_log_overdue,
    forget=_forget_log,
    territory="territory",
)
