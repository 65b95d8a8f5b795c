"""A change asked twice with the same key is made once, and answered twice with the same words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from incidents.models import IdempotencyKey, Incident
from ogcapi.geojson import FieldError, Refused

if TYPE_CHECKING:
    from accounts.models import User

KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Once:
    """The answer, the concern it tells of, and whether it was given before."""

    reference: str
    body: str
    replayed: bool


@transaction.atomic
def once(
    *, user: User, key: str, request: bytes, make: Callable[[], Incident], words: Callable[[Incident], str]
) -> Once:
    """Makes the change and keeps its answer, or answers again what was kept for this account and key.

    The change and its key are one transaction: after a crash either both exist or neither. Raises Refused: 422
    `idempotency_mismatch` for another request under the same key, 409 `in_progress` while the first is being made.
    """
    fingerprint = hashlib.sha256(request).hexdigest()
    if not _first_in_line(user, key):
        message = _("A request with this key is being answered. Ask again in a moment.")
        raise Refused([FieldError("Idempotency-Key", "in_progress", message)], status=409, retry_after_s=1)
    kept = IdempotencyKey.objects.filter(user=user, key=key).select_related("incident__territory").first()
    if kept is not None:
        if kept.fingerprint != fingerprint:
            message = _("This key was used for another request.")
            raise Refused([FieldError("Idempotency-Key", "idempotency_mismatch", message)], status=422)
        log_access(
            user=user,
            operation="incident.replay",
            reference=f"incident:{kept.incident.reference}",
            territory=kept.incident.territory.code,
        )
        return Once(kept.incident.reference, kept.body, replayed=True)
    incident = make()
    body = words(incident)
    IdempotencyKey(user=user, key=key, fingerprint=fingerprint, incident=incident, body=body).save(force_insert=True)
    return Once(incident.reference, body, replayed=False)


def _first_in_line(user: User, key: str) -> bool:
    """Whether nobody else is at this key; the lock ends with the transaction."""
    digest = hashlib.sha256(f"{user.pk}:{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        return bool(cursor.fetchone()[0])


def forget_keys() -> int:
    """The number of keys deleted: those kept longer than promised."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
