"""The messages owed when somebody writes, when concerns are merged, and when a reporter is asked or answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from incidents import words
from incidents.models import Side
from incidents.notices_of_transfers import Reader, of_post, of_reporter
from messaging.changes import message, owe
from messaging.models import Channel, Message

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.models import Incident, Merge, Remark, Satisfaction


def owe_remark_notices(incident: Incident, remark: Remark, author: User, at: datetime) -> None:
    """The other side learns of a public remark: the reporter with its words, the desk without, to read it there."""
    owed = []
    if remark.side == Side.DESK:
        for reader in of_reporter(incident, author, at):
            with override(reader.language):
                facts = words.facts_of(incident) | {"text": remark.text}
                body = _(
                    "The référent writes about your concern %(reference)s (%(category)s):\n\n%(text)s\n\n"
                    "Answer on its page."
                )
                owed.append(_written(f"remark:{incident.reference}:{remark.pk}", reader, facts, body))
    else:
        front = _front(incident)
        for reader in of_post(front.post, author, at):
            with override(reader.language):
                body = _("The reporter of concern %(reference)s (%(category)s) has written. Read it on your desk.")
                owed.append(
                    _written(f"remark:{incident.reference}:{remark.pk}", reader, words.facts_of(incident), body)
                )
    owe(*owed)


def owe_merge_notices(merge: Merge, author: User, at: datetime) -> None:
    """The reporters of a concern learn that it is dealt with in another, or on its own again."""
    merged, undone = merge.merged, merge.undone_at is not None
    step = "unmerged" if undone else "merged"
    owed = []
    for reader in of_reporter(merged, author, at):
        with override(reader.language):
            body = (
                _(
                    "Your concern %(reference)s (%(category)s) is dealt with on its own again.\n"
                    "You will have an answer by %(due)s at the latest."
                )
                if undone
                else _(
                    "Your concern %(reference)s (%(category)s) is dealt with together with another report of the same "
                    "problem: what becomes of that one becomes of yours, and you are told.\n"
                    "You will have an answer by %(due)s at the latest."
                )
            )
            owed.append(_written(f"merge:{merged.reference}:{merge.pk}:{step}", reader, words.facts_of(merged), body))
    owe(*owed)


def owe_later_question(incident: Incident, asked: Satisfaction, at: datetime) -> None:
    """The reporters are asked once more, some time after the closing, whether it is settled."""
    owed = []
    for reader in of_reporter(incident, None, at):
        with override(reader.language):
            body = _(
                "Your concern %(reference)s (%(category)s) was closed two months ago.\n"
                "Is it settled? Yes, partly or no: say so on its page. If it is not, you can reopen it there."
            )
            owed.append(
                _written(f"satisfaction:{incident.reference}:{asked.pk}", reader, words.facts_of(incident), body)
            )
    owe(*owed)


def owe_rating_notice(incident: Incident, given: Satisfaction, author: User, at: datetime) -> None:
    """The holder of the post learns that the reporter finds it settled in part or not at all."""
    owed = []
    for reader in of_post(_front(incident).post, author, at):
        with override(reader.language):
            facts = words.facts_of(incident) | {"answer": words.word(words.SETTLED, given.answer)}
            body = _("Is concern %(reference)s (%(category)s) settled? Its reporter answers: %(answer)s.")
            owed.append(_written(f"rating:{incident.reference}:{given.pk}", reader, facts, body))
    owe(*owed)


def _front(incident: Incident) -> Incident:
    """The concern that the desk works on."""
    return incident.merged_into if incident.merged_into is not None else incident


def _written(key: str, reader: Reader, facts: dict[str, str], text: str) -> Message:
    return message(
        dedupe_key=f"{key}:{reader.key}",
        channel=Channel.EMAIL,
        recipient=reader.email,
        subject=_("Concern %(reference)s: %(category)s") % facts,
        body=text % facts,
    )
