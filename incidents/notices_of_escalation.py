"""The messages owed when a rung of the ladder is reached: finished, in the reader's language, without the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, override

from incidents.deadlines import days_left
from incidents.escalation import DIRECTOR, POST, TOLD, Step
from messaging.changes import message
from messaging.models import Channel, Message
from sectors.holders import Holder, directors_of, holders_of


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung that a concern has reached, and what is said of the concern."""

    step: Step
    days: int
    day: date
    reference: str
    territory: int
    post: int
    post_email: str
    post_fr: str
    post_en: str
    category_fr: str
    category_en: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be told: `key` makes the message owed once."""

    key: str
    email: str
    language: str


# Subject and text of each rung.
# fmt: off
_TEXTS: Final[Mapping[Step, tuple[str, str]]] = MappingProxyType({
    Step.REMINDER: (
        gettext_noop("Concern %(reference)s: answer due by %(due)s"),
        gettext_noop("The answer to concern %(reference)s (%(category)s) is due by %(due)s: %(left)s.\n"
                     "Open it on your desk.")),
    Step.OVERDUE: (
        gettext_noop("Concern %(reference)s is late"),
        gettext_noop("The answer to concern %(reference)s (%(category)s) was due by %(due)s, and nobody has answered.\n"
                     "Open it on your desk.")),
    Step.DIRECTION: (
        gettext_noop("Concern %(reference)s is late"),
        gettext_noop("The answer to concern %(reference)s (%(category)s) was due by %(due)s, and nobody has answered.\n"
                     "It is with: %(post)s.")),
    Step.UNTAKEN: (
        gettext_noop("Nobody has taken concern %(reference)s"),
        gettext_noop("Concern %(reference)s (%(category)s) should have been taken in charge by %(day)s, and waits.\n"
                     "It is with: %(post)s. Its answer is due by %(due)s.")),
    Step.TRIAGE: (
        gettext_noop("Concern %(reference)s waits to be handed on"),
        gettext_noop("Concern %(reference)s (%(category)s) is in no sector: somebody should have said by %(day)s who "
                     "answers it.\nIt is with: %(post)s. Its answer is due by %(due)s.")),
})
# fmt: on


def escalation_notices(reached: Sequence[Reached], at: datetime) -> list[Message]:
    """The messages of these rungs, for those who hold the posts and direct the territories now. Two queries.

    What a post that nobody holds and that has no address would be told goes to the direction.
    """
    holders = holders_of({each.post for each in reached}, at)
    directors = directors_of({each.territory for each in reached}, at)
    return [
        _written(each, reader, at)
        for each in reached
        for reader in _readers(each, holders.get(each.post), directors.get(each.territory, []))
    ]


def _readers(each: Reached, holder: Holder | None, directors: Iterable[Holder]) -> Iterator[Reader]:
    told = TOLD[each.step]
    vacant = holder is None and not each.post_email
    if POST in told and holder is not None:
        yield Reader(f"{holder.user}", holder.email, holder.language)
    elif POST in told and not vacant:
        yield Reader("post", each.post_email, "fr")
    if DIRECTOR in told or vacant:
        for director in directors:
            # Somebody who holds the post besides was told as its holder.
            if holder is None or POST not in told or director.user != holder.user:
                yield Reader(f"{director.user}", director.email, director.language)


def _written(each: Reached, reader: Reader, at: datetime) -> Message:
    subject, body = _TEXTS[each.step]
    with override(reader.language):
        left = days_left(at, each.due_on)
        facts = {
            "reference": each.reference,
            "category": each.category_en if reader.language == "en" else each.category_fr,
            "post": each.post_en if reader.language == "en" else each.post_fr,
            "due": date_format(each.due_on, "DATE_FORMAT"),
            "day": date_format(each.day, "DATE_FORMAT"),
            "left": ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left} if left else _("today"),
        }
        return message(
            dedupe_key=f"escalation:{each.reference}:{each.step}:{each.days}:{each.day}:{reader.key}",
            channel=Channel.EMAIL,
            recipient=reader.email,
            subject=_(subject) % facts,
            body=_(body) % facts,
        )
