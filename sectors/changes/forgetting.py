"""What the territory's apps forget: the access log, as long as each territory keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessLog
from accounts.retention import Rule
from sectors.models import Invitation, Territory
from sectors.retention import figures, limit

# For what was done in no territory, or in one that is not here any more.
USUAL_YEARS: Final = 3
INVITATION_KEPT: Final = timedelta(days=30)
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


def _log_kept() -> str:
    most, digits = figures("log_years")
    return ngettext("%(count)s year", "%(count)s years", most) % {"count": digits}


def _invitations_overdue(at: datetime, using: str) -> QuerySet[Any]:
    before = at - INVITATION_KEPT
    return Invitation.objects.using(using).filter(
        Q(used_at__lt=before) | Q(revoked_at__lt=before) | Q(used_at=None, revoked_at=None, expires_at__lt=before)
    )


INVITATION: Final = Rule(
    code="invitation",
    what=_("Invitation: address, role and who invited"),
    why=_("Who invited sees what became of it."),
    kept=lambda: gettext("30 days after it was accepted, was revoked or ended"),
    overdue=_invitations_overdue,
    territory="territory__code",
)
ACCESS_LOG: Final = Rule(
    code="access_log",
    what=_("Access log: who did what, when, on which reference"),
    why=_("The law asks who read what for some years, and not for longer."),
    kept=_log_kept,
    overdue=_log_overdue,
    territory="territory",
)
