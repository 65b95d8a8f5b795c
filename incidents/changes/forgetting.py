"""What is forgotten of concerns: contacts soon, and all but an anonymous row some years after they are settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.retention import Rule
from incidents.changes.drafts import DRAFT_KEPT, drop_drafts
from incidents.changes.once import KEPT
from incidents.changes.photos import drop_photos
from incidents.deadlines import paris_date
from incidents.models import (
    Announcement,
    IdempotencyKey,
    Incident,
    KeptDraft,
    ReporterContact,
    StatisticalRow,
    StatusChange,
)
from incidents.workflow import SETTLED
from sectors.retention import figures, limit_of, limit_of_outer

ANNOUNCEMENT_KEPT: Final = timedelta(days=30)


def settled_before(at: datetime, column: str, using: str) -> QuerySet[Incident]:
    """The concerns settled for longer than their territory's figure (`contact_days`, `text_years`) at that moment.

    A concern is settled since the last of its moves. One that is open is never past its time: it is late.
    """
    later = StatusChange.objects.filter(incident=OuterRef("pk"), at__gte=limit_of_outer(at, column, "territory"))
    return (
        Incident.objects.using(using)
        .filter(status__in=sorted(SETTLED), reported_at__lt=limit_of(at, column, "territory"))
        .filter(~Exists(later))
    )


def _contacts_overdue(at: datetime, using: str) -> QuerySet[Any]:
    settled = settled_before(at, "contact_days", using)
    return ReporterContact.objects.using(using).filter(incident__in=settled.values("pk"))


def _contacts_kept() -> str:
    most, digits = figures("contact_days")
    return ngettext("%(count)s day after closing", "%(count)s days after closing", most) % {"count": digits}


def _concerns_overdue(at: datetime, using: str) -> QuerySet[Any]:
    return settled_before(at, "text_years", using)


def _forget_concerns(concerns: QuerySet[Any]) -> None:
    """Writes the anonymous rows, then deletes the concerns with their history, answers kept for replays and photos."""
    settled = Max("status_changes__at", filter=Q(status_changes__status_to__in=sorted(SETTLED)))
    rows = concerns.annotate(settled_at=settled).values_list(
        "territory_id", "category_id", "sector_id", "reported_at", "due_on", "settled_at", "status"
    )
    # In no order of the concerns: the keys of the new rows must not tell which was which.
    StatisticalRow.objects.using(concerns.db).bulk_create(
        StatisticalRow(
            territory_id=territory,
            category_id=category,
            sector_id=sector,
            reported_on=paris_date(reported_at),
            due_on=due_on,
            settled_on=paris_date(settled_at or reported_at),
            result=status,
        )
        for territory, category, sector, reported_at, due_on, settled_at, status in rows.order_by(
            "category_id", "sector_id", "reported_at"
        )
    )
    drop_photos(incidents=concerns.values_list("pk", flat=True), using=concerns.db)
    concerns.delete()


def _concerns_kept() -> str:
    most, digits = figures("text_years")
    return ngettext("%(count)s year after closing", "%(count)s years after closing", most) % {"count": digits}


def _keys_overdue(at: datetime, using: str) -> QuerySet[Any]:
    return IdempotencyKey.objects.using(using).filter(created_at__lt=at - KEPT)


def _drafts_overdue(at: datetime, using: str) -> QuerySet[Any]:
    return KeptDraft.objects.using(using).filter(changed_at__lt=at - DRAFT_KEPT)


def _announcements_overdue(at: datetime, using: str) -> QuerySet[Any]:
    return Announcement.objects.using(using).filter(until__lt=paris_date(at) - ANNOUNCEMENT_KEPT)


DRAFT: Final = Rule(
    code="draft",
    what=_("Report begun and not sent: place, text and photos"),
    why=_("Its writer may go on with it, on another device too."),
    kept=lambda: gettext("7 days after its last change"),
    overdue=_drafts_overdue,
    forget=lambda rows: drop_drafts(keys=list(rows.values_list("pk", flat=True)), using=rows.db),
)
REPORTER_CONTACT: Final = Rule(
    code="reporter_contact",
    what=_("Contact of a third person, typed with a concern"),
    why=_("It serves to ask back while the concern is worked on, and to say what became of it."),
    kept=_contacts_kept,
    overdue=_contacts_overdue,
    territory="incident__territory__code",
)
CONCERN: Final = Rule(
    code="concern",
    what=_("Concern: text, photos, messages, exact place, author, organisation and history"),
    why=_("After some years only figures are needed: nature, sector, days and result stay, without anything else."),
    kept=_concerns_kept,
    overdue=_concerns_overdue,
    forget=_forget_concerns,
    territory="territory__code",
)
IDEMPOTENCY_KEY: Final = Rule(
    code="idempotency_key",
    what=_("Answer kept for a request that a program may repeat"),
    why=_("A program repeats within days."),
    kept=lambda: gettext("7 days"),
    overdue=_keys_overdue,
    territory="incident__territory__code",
)
ANNOUNCEMENT: Final = Rule(
    code="announcement",
    what=_("Announcement of a territory on the first pages"),
    why=_("What is over is announced to nobody."),
    kept=lambda: gettext("30 days after its last day"),
    overdue=_announcements_overdue,
    territory="territory__code",
)
