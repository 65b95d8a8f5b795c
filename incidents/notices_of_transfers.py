"""The messages owed when a concern is offered, assigned or handed over outside: finished, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from incidents import words
from incidents.models import TransferState
from incidents.reporters import reporters_of
from messaging.changes import message, owe
from messaging.models import Channel, Message
from sectors.holders import holder_of

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.models import Handover, Incident, Transfer
    from sectors.models import Post

FROM, TO, REPORTER = "from", "to", "reporter"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be told: `key` makes the message owed once."""

    key: str
    email: str
    language: str


# Who is told what became of an offer. A reporter learns who answers now, and not who was asked in vain.
# fmt: off
_TEXTS: Final[Mapping[tuple[str, str], str]] = MappingProxyType({
    (TransferState.OFFERED, TO): gettext_noop(
        "Concern %(reference)s (%(category)s) is offered to you by %(from)s: accept or refuse it on your desk.\n"
        "Reason: %(reason)s\nUntil you answer, %(from)s keeps it. Its answer is due by %(due)s."),
    (TransferState.ACCEPTED, FROM): gettext_noop(
        "Concern %(reference)s (%(category)s) was accepted by %(to)s."),
    (TransferState.ACCEPTED, REPORTER): gettext_noop(
        "Concern %(reference)s (%(category)s) goes now to: %(to)s.\nYou will have an answer by %(due)s as before."),
    (TransferState.REFUSED, FROM): gettext_noop(
        "Concern %(reference)s (%(category)s) was refused by %(to)s and stays with you.\nReason: %(answer)s\n"
        "Its answer is due by %(due)s."),
    (TransferState.WITHDRAWN, TO): gettext_noop(
        "Concern %(reference)s (%(category)s) is offered to you no more by %(from)s."),
    (TransferState.ASSIGNED, TO): gettext_noop(
        "Concern %(reference)s (%(category)s) is assigned to you by the direction.\nReason: %(reason)s\n"
        "Its answer is due by %(due)s."),
    (TransferState.ASSIGNED, FROM): gettext_noop(
        "Concern %(reference)s (%(category)s) was assigned to %(to)s by the direction."),
    (TransferState.ASSIGNED, REPORTER): gettext_noop(
        "Concern %(reference)s (%(category)s) goes now to: %(to)s.\nYou will have an answer by %(due)s as before."),
})
# fmt: on


def owe_transfer_notices(incident: Incident, transfer: Transfer, author: User, at: datetime) -> None:
    """Both posts, and the reporter where somebody else answers now, are told of an offer; its author is not."""
    owed = []
    readers: dict[str, Iterator[Reader]] = {
        FROM: of_post(transfer.from_post, author, at),
        TO: of_post(transfer.to_post, author, at),
        REPORTER: of_reporter(incident, author, at),
    }
    for (state, to), text in _TEXTS.items():
        if state != transfer.state:
            continue
        for reader in readers[to]:
            with override(reader.language):
                facts = words.facts_of(incident) | {
                    "from": words.label(transfer.from_post),
                    "to": words.label(transfer.to_post),
                    "reason": transfer.reason,
                    "answer": transfer.answer,
                }
                key = f"transfer:{incident.reference}:{transfer.pk}:{state}:{to}:{reader.key}"
                owed.append(_written(key, reader, facts, _(text)))
    owe(*owed)


def owe_handover_notices(incident: Incident, handover: Handover, author: User, at: datetime) -> None:
    """The reporter learns that the concern was handed over outside, and that it arrived."""
    arrived = handover.acknowledged_at is not None
    owed = []
    for reader in of_reporter(incident, author, at):
        with override(reader.language):
            facts = words.facts_of(incident) | {
                "to": words.word(words.HANDOVERS, handover.to),
                "recipient": handover.recipient,
            }
            text = (
                _("Concern %(reference)s (%(category)s): %(to)s (%(recipient)s) acknowledges that it has arrived.")
                if arrived
                else _(
                    "Concern %(reference)s (%(category)s) was handed over to: %(to)s (%(recipient)s).\n"
                    "You will have an answer here by %(due)s as before."
                )
            )
            step = "arrived" if arrived else "told"
            key = f"handover:{incident.reference}:{handover.pk}:{step}:{reader.key}"
            owed.append(_written(key, reader, facts, text))
    owe(*owed)


def _written(key: str, reader: Reader, facts: Mapping[str, str], text: str) -> Message:
    return message(
        dedupe_key=key,
        channel=Channel.EMAIL,
        recipient=reader.email,
        subject=_("Concern %(reference)s: who answers") % facts,
        body=text % facts,
    )


def of_post(post: Post, author: User | None, at: datetime) -> Iterator[Reader]:
    """Who holds the post, else its public address; nobody where it is the author, or where there is neither."""
    holder = holder_of(post.pk, at)
    if holder is not None and (author is None or holder.user != author.pk):
        yield Reader("post", holder.email, holder.language)
    elif holder is None and post.email:
        yield Reader("post", post.email, "fr")


def of_reporter(incident: Incident, author: User | None, at: datetime) -> Iterator[Reader]:
    """Whoever reported the concern, but for the author of what they would be told."""
    for who in reporters_of(incident, at):
        if author is None or who.pk != author.pk:
            yield Reader(str(who.pk), who.email, who.language)
