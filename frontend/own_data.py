"""Everything that is kept about one account, as one document that its person may take away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AccessLog, ApiToken, BrowserSession, Identity, SavedFilter, User
from incidents.models import Incident, KeptDraft, Remark, Satisfaction, Support
from incidents.models.visibility import seen_in_full
from messaging.models import Message, Notice, Preference
from sectors.models import Holding, Mandate
from sectors.scope import scope_of

# The newest of the log; whoever was read more often asks the data protection officer for the rest.
LOG_AT_MOST: Final = 20_000
_OF_A_DRAFT: Final = ("lon", "lat", "place", "category", "occurred_on", "occurred_time", "description")
# A link in a letter opens what no open session opens: a new password without the one there is.
_LINK: Final = re.compile(r"https?://\S+")


def document(user: User, at: datetime) -> dict[str, Any]:
    """What is kept about this account, in plain values; secrets (password, tokens, factors, links) are not shown."""
    log, total = _log(user)
    return {
        "made_at": at,
        "account": {
            "email": user.email,
            "name": user.name,
            "phone": user.phone,
            "language": user.language,
            "created_at": user.created_at,
            "last_sign_in_at": user.last_login,
            "has_password": user.has_usable_password(),
            "second_factor": TOTPDevice.objects.filter(user=user, confirmed=True).exists(),
            "identity_providers": list(Identity.objects.visible_to(user).values_list("issuer", flat=True)),
        },
        "mandates": [_mandate(each) for each in _mandates(user)],
        "posts": [
            {"post": each.post.code, "stand_in": each.stand_in, **_span(each.validity)}
            for each in Holding.objects.filter(user=user).select_related("post").order_by("pk")
        ],
        "sessions": list(
            BrowserSession.objects.visible_to(user)
            .order_by("signed_in_at")
            .values("signed_in_at", "seen_at", "expire_date", "address", "agent")
        ),
        "tokens": list(
            ApiToken.objects.visible_to(user).order_by("created").values("name", "created", "expiry", "last_used_at")
        ),
        "concerns_written": _concerns(user, at),
        "reports_begun": [
            {"changed_at": each.changed_at, **{name: each.content.get(name) for name in _OF_A_DRAFT}}
            for each in KeptDraft.objects.visible_to(user).order_by("pk")
        ],
        **_said(user, at),
        "messages": _messages(user),
        "notices": list(
            Notice.objects.visible_to(user).order_by("pk").values("reference", "text", "created_at", "read_at")
        ),
        "notification_choices": Preference.objects.visible_to(user)
        .values("mail", "bell", "sms", "quiet_from", "quiet_until")
        .first(),
        "saved_filters": list(SavedFilter.objects.visible_to(user).values("name", "query")),
        "access_log": log,
        "access_log_total": total,
    }


def _messages(user: User) -> list[dict[str, Any]]:
    """What was written to the person, without the links."""
    rows = Message.objects.filter(recipient__iexact=user.email).order_by("pk")
    told = rows.values("channel", "subject", "body", "created_at", "sent_at", "state")
    return [{**each, "body": _LINK.sub("[…]", each["body"])} for each in told]


def _mandates(user: User) -> QuerySet[Mandate]:
    rows = Mandate.objects.filter(user=user).select_related("territory", "commune", "partner").order_by("pk")
    return rows.defer("commune__area", "commune__area_m")


def _mandate(row: Mandate) -> dict[str, Any]:
    place = row.partner or row.commune or row.territory
    return {"role": row.role, "over": place.code if place else None, **_span(row.validity)}


def _span(validity: Any) -> dict[str, Any]:
    return {"from": validity.lower, "until": validity.upper}


def _concerns(user: User, at: datetime) -> list[dict[str, Any]]:
    """What the person wrote; the text where they may still read it: it belongs to the organisation they wrote for."""
    written = Incident.objects.filter(author=user).order_by("pk")
    read = set(written.filter(seen_in_full(scope_of(user, at))).values_list("pk", flat=True))
    rows = written.values_list("pk", "reference", "category__code", "status", "reported_at", "description")
    return [
        {
            "reference": reference,
            "category": category,
            "status": status,
            "reported_at": reported_at,
            "description": text if key in read else None,
        }
        for key, reference, category, status, reported_at, text in rows
    ]


def _said(user: User, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """What the person said about concerns; the text, like theirs, where the person may still read it."""
    scope = scope_of(user, at)
    named = F("incident__reference")
    remarks = Remark.objects.filter(author=user).order_by("pk")
    supports = Support.objects.filter(author=user).order_by("pk")
    ratings = Satisfaction.objects.filter(answered_by=user).order_by("pk")
    found = {
        "messages_written": remarks.values("incident_id", "at", "internal", "text", "deed", "done_on", reference=named),
        "supports": supports.values("incident_id", "at", "note", reference=named),
        "satisfaction": ratings.values("incident_id", "answer", "comment", reference=named, at=F("answered_at")),
    }
    about = {row["incident_id"] for rows in found.values() for row in rows}
    read = set(Incident.objects.filter(seen_in_full(scope), pk__in=about).values_list("pk", flat=True))
    # A note is one's own words for the desk: its author may have it back, whoever reads the concern.
    kept = {"supports": about}
    return {name: [_readable(row, kept.get(name, read)) for row in rows] for name, rows in found.items()}


def _readable(row: Mapping[str, Any], read: set[int]) -> dict[str, Any]:
    shown = row["incident_id"] in read
    hidden = {"text", "note", "comment"}
    return {
        name: value if shown or name not in hidden else None for name, value in row.items() if name != "incident_id"
    }


def _log(user: User) -> tuple[list[dict[str, Any]], int]:
    """What the person did, and what was done to their account by others, the newest first; and how many in all.

    Of what others did it is told what and when, and not by whom: that is the auditor's to say.
    """
    about = AccessLog.objects.filter(Q(user=user) | Q(reference=f"account:{user.pk}")).order_by("-pk")
    rows = about.values_list("at", "user_id", "operation", "reference", "references", "count", "motive", "recipient")
    entries = [
        {
            "at": at,
            "mine": by == user.pk,
            "operation": operation,
            "reference": reference,
            "references": references,
            "count": count,
            "motive": motive,
            "recipient": recipient,
        }
        for at, by, operation, reference, references, count, motive, recipient in rows[:LOG_AT_MOST]
    ]
    return entries, len(entries) if len(entries) < LOG_AT_MOST else about.count()
