"""The day's digest: one message for all that a person wished to be told of once a day."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from messaging.changes.owing import message, owe
from messaging.models import Channel, Message, MessageState
from messaging.readers import readers_of
from messaging.wishes import PARIS, digest_moment, hour_of, minutes_of, problem_of

LINES_AT_MOST: Final = 100


def owe_digests(*, at: datetime) -> int:
    """How many digests are owed by this run: one for each address with messages held since before the last 7:30.

    Running it twice, or two at once, owes nothing twice: what a digest told is held no more.
    """
    until = digest_moment(at)
    held = Message.objects.filter(state=MessageState.HELD, created_at__lt=until)
    return sum(_owe(address, until, at) for address in held.values_list("recipient", flat=True).distinct())


@transaction.atomic
def _owe(address: str, until: datetime, at: datetime) -> bool:
    key = f"digest:{until.astimezone(PARIS).date().isoformat()}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        (ours,) = cursor.fetchone()
    # What was held too late for today's is for tomorrow's.
    if not ours or Message.objects.filter(dedupe_key=key).exists():
        return False
    held = Message.objects.filter(state=MessageState.HELD, recipient=address, created_at__lt=until)
    rows = list(held.select_for_update().order_by("pk"))
    if not rows:
        return False
    reader = readers_of([address]).get(address.lower())
    with override(reader.language if reader else rows[-1].language):
        digest = _written(key, address, rows, until)
    if reader:
        _way, digest.next_try_at = hour_of(reader.wish, at)
    owe(digest)
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(state=MessageState.TOLD)
    return True


def _written(key: str, address: str, rows: list[Message], until: datetime) -> Message:
    lines = [f"- {row.subject}" for row in rows[:LINES_AT_MOST]]
    if len(rows) > LINES_AT_MOST:
        lines.append(_("… and %(n)d more.") % {"n": len(rows) - LINES_AT_MOST})
    if any(problem_of(row.dedupe_key) or minutes_of(row.dedupe_key) for row in rows):
        title = ngettext("%(n)d message about problems", "%(n)d messages about concerns and problems", len(rows))
    else:
        title = ngettext("%(n)d message about your concerns", "%(n)d messages about your concerns", len(rows))
    day = date_format(until.astimezone(PARIS), "DATE_FORMAT")
    return message(
        dedupe_key=key,
        channel=Channel.EMAIL,
        recipient=address,
        subject=f"{title % {'n': len(rows)}} – {day}",
        body="\n".join([_("What you were told of since the last digest:"), "", *lines]),
    )
