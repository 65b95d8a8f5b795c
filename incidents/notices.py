"""The messages a change owes: finished text, without the concern's own words, in the reader's language."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from messaging.changes import message, owe
from messaging.models import Channel, Message

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.changes.decided import Decided
    from incidents.models import Incident, Routing


def report_notices(incident: Incident, decided: Decided, author: User) -> list[Message]:
    """The référent learns that a concern waits, the reporter who takes it and by when."""
    waiting = _to_post(incident, decided, f"report:{incident.reference}:post")
    with override(author.language):
        facts = _facts(incident, decided)
        received = message(
            dedupe_key=f"report:{incident.reference}:author",
            channel=Channel.EMAIL,
            recipient=author.email,
            subject=_("Your concern %(reference)s has been received") % facts,
            body=_(
                "Your concern %(reference)s (%(category)s) goes to: %(post)s.\n"
                "You will have an answer by %(due)s at the latest.\n\n"
                "Emergency or event under way: call 17 (or text 114)."
            )
            % facts,
        )
    return [*waiting, received]


def owe_move_notice(incident: Incident, decided: Decided, routing: Routing) -> None:
    """The new référent learns that a concern has come to them; its due date is unchanged."""
    owe(*_to_post(incident, decided, f"move:{incident.reference}:{routing.pk}"))


def _to_post(incident: Incident, decided: Decided, dedupe_key: str) -> list[Message]:
    """The notice to the holder of the post, or to its public address; none where there is neither."""
    post = decided.directory.posts[incident.post_id]
    holder = decided.holder
    recipient = holder.email if holder else post.email
    if not recipient:
        return []
    with override(holder.language if holder else "fr"):
        facts = _facts(incident, decided)
        notice = message(
            dedupe_key=dedupe_key,
            channel=Channel.EMAIL,
            recipient=recipient,
            subject=_("Concern %(reference)s for %(post)s") % facts,
            body=_(
                "Concern %(reference)s (%(category)s) is yours to answer, by %(due)s at the latest.\n"
                "Open it on your desk to read it."
            )
            % facts,
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
