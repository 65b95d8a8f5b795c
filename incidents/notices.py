"""The messages a change owes: finished text, without the concern's own words, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from incidents import words
from incidents.deadlines import paris_date
from incidents.models import StatusChange
from incidents.notice_texts import POST, RECEIVED, words_of
from incidents.reporters import reporters_of
from incidents.workflow import OPEN, REOPENING_DAYS, Status
from messaging.changes import message, owe
from messaging.models import Channel, Message
from sectors.holders import holder_of

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.changes.decided import Decided
    from incidents.models import Incident, Routing


def report_notices(incident: Incident, decided: Decided, author: User) -> list[Message]:
    """The référent learns that a concern waits, the reporter who takes it and by when."""
    waiting = _to_post(incident, decided, f"report:{incident.reference}:post")
    with override(author.language):
        subject, body = words_of(RECEIVED, decided.directory, incident.territory_id, _facts(incident, decided))
        received = message(
            dedupe_key=f"report:{incident.reference}:author",
            channel=Channel.EMAIL,
            recipient=author.email,
            subject=subject,
            body=body,
        )
    return [*waiting, received]


def owe_move_notice(incident: Incident, decided: Decided, routing: Routing) -> None:
    """The new référent learns that a concern has come to them; its due date is unchanged."""
    owe(*_to_post(incident, decided, f"move:{incident.reference}:{routing.pk}"))


def owe_status_notices(incident: Incident, change: StatusChange, at: datetime) -> None:
    """Whoever reported the concern learns of a public move, and the holder of the post of one that somebody else made.

    Nobody is told what they did themselves.
    """
    mover = change.author_id
    owed = []
    if change.is_public:
        owed = [
            _status_notice(incident, change, at, who.email, who.language, f"{who.pk}")
            for who in reporters_of(incident, at)
            if who.pk != mover
        ]
    if change.status_to == Status.ROUVERTE:
        holder = holder_of(incident.post_id, at)
        if holder and holder.user != mover:
            owed.append(_status_notice(incident, change, at, holder.email, holder.language, "post"))
    owe(*owed)


def answer_notice(incident: Incident, answer: str, at: datetime, language: str) -> Message:
    """What the reporter would be sent for this answer, not owed to anybody: to be read over before it leaves."""
    change = StatusChange(incident=incident, at=at, status_to=Status.REPONDUE, answer=answer)
    return _status_notice(incident, change, at, "", language, "preview")


def _status_notice(
    incident: Incident, change: StatusChange, at: datetime, recipient: str, language: str, to: str
) -> Message:
    with override(language):
        facts = {
            "reference": incident.reference,
            "category": words.label(incident.category),
            "status": words.word(words.STATUSES, change.status_to),
        }
        return message(
            dedupe_key=f"status:{incident.reference}:{change.pk}:{to}",
            channel=Channel.EMAIL,
            recipient=recipient,
            subject=_("Concern %(reference)s: %(status)s") % facts,
            body="\n".join(
                [_("Concern %(reference)s (%(category)s): %(status)s.") % facts, *_said(incident, change, at)]
            ),
        )


def _said(incident: Incident, change: StatusChange, at: datetime) -> list[str]:
    """What a notice says of a move besides its status, line by line in the active language."""
    lines = []
    if change.answer:
        lines += ["", change.answer, ""]
    elif change.reason:
        lines.append(_("Reason: %(reason)s") % {"reason": words.word(words.SUSPENSION_REASONS, change.reason)})
    language = get_language()
    if change.status_to == Status.SUSPENDUE:
        until = incident.suspensions.get(ended_at__isnull=True).until
        lines.append(_("The clock stands still until %(day)s at the latest.") % {"day": _written_out(until, language)})
    if change.status_to in OPEN:
        lines.append(
            _("You will have an answer by %(due)s at the latest.") % {"due": _written_out(incident.due_on, language)}
        )
    elif change.status_to != Status.REPONDUE:
        if change.status_to == Status.CLOSE:
            lines.append(_("Is it settled? Yes, partly or no: say so on its page."))
        last = paris_date(at) + timedelta(days=REOPENING_DAYS)
        lines.append(_("It can be reopened until %(day)s.") % {"day": _written_out(last, language)})
    return lines


def _to_post(incident: Incident, decided: Decided, dedupe_key: str) -> list[Message]:
    """The notice to the holder of the post, or to its public address; none where there is neither."""
    post = decided.directory.posts[incident.post_id]
    holder = decided.holder
    recipient = holder.email if holder else post.email
    if not recipient:
        return []
    with override(holder.language if holder else "fr"):
        subject, body = words_of(POST, decided.directory, incident.territory_id, _facts(incident, decided))
        notice = message(
            dedupe_key=dedupe_key,
            channel=Channel.EMAIL,
            recipient=recipient,
            subject=subject,
            body=body,
        )
    return [notice]


def _facts(incident: Incident, decided: Decided) -> dict[str, str]:
    return {
        "reference": incident.reference,
        "category": _category_label(incident, decided),
        "post": decided.directory.posts[incident.post_id].label,
        "due": _written_out(incident.due_on, get_language()),
    }


@lru_cache(maxsize=512)
def _written_out(day: date, _language: str | None) -> str:
    """The day in words of the active language; a day's concerns are mostly due on one day."""
    return date_format(day, "DATE_FORMAT")


def _category_label(incident: Incident, decided: Decided) -> str:
    """From the directory: the concern's own category row is not loaded for this."""
    return next((c.label for c in decided.directory.categories.values() if c.id == incident.category_id), "")
