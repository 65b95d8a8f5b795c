"""The messages owed when a concern is offered, assigned or handed over outside: finished, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from incidents import words
from incidents.notice_texts import ARRIVED, HANDED_OVER, KINDS, of_transfer
from incidents.told import Reader, notices, of_post, of_reporter
from messaging.changes import owe

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.models import Handover, Incident, Transfer

READERS: Final[Mapping[str, Callable[[Incident, Transfer, User, datetime], Iterable[Reader]]]] = MappingProxyType(
    {
        "from": lambda _incident, transfer, author, at: of_post(transfer.from_post, author, at),
        "to": lambda _incident, transfer, author, at: of_post(transfer.to_post, author, at),
        "reporter": lambda incident, _transfer, author, at: of_reporter(incident, author, at),
    }
)


def owe_transfer_notices(incident: Incident, transfer: Transfer, author: User, at: datetime) -> None:
    """Both posts, and the reporter where somebody else answers now, are told of an offer; its author is not."""

    def facts() -> dict[str, str]:
        return {
            "from": words.label(transfer.from_post),
            "to": words.label(transfer.to_post),
            "reason": transfer.reason,
            "answer": transfer.answer,
        }

    owed = []
    for to, readers in READERS.items():
        kind = of_transfer(transfer.state, to)
        if kind in KINDS:
            key = f"transfer:{incident.reference}:{transfer.pk}:{transfer.state}:{to}"
            owed += notices(kind, incident, readers(incident, transfer, author, at), key, at, facts)
    owe(*owed)


def owe_handover_notices(incident: Incident, handover: Handover, author: User, at: datetime) -> None:
    """The reporter learns that the concern was handed over outside, and that it arrived."""
    kind, step = (HANDED_OVER, "told") if handover.acknowledged_at is None else (ARRIVED, "arrived")
    key = f"handover:{incident.reference}:{handover.pk}:{step}"

    def facts() -> dict[str, str]:
        return {"to": words.word(words.HANDOVERS, handover.to), "recipient": handover.recipient}

    owe(*notices(kind, incident, of_reporter(incident, author, at), key, at, facts))
