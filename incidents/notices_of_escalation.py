"""The messages owed when a rung of the ladder is reached: finished, in the reader's language, without the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from incidents.deadlines import days_left
from incidents.escalation import DIRECTOR, POST, RECEIVER, TOLD, Step
from incidents.notice_texts import of_step
from incidents.told import OF_A_POST, Reader, written
from messaging.models import Message, MessageState
from sectors.holders import Holder, directors_of, holders_of


@dataclass(frozen=True, slots=True)
class Offered:
    """The post that a concern is offered to."""

    post: int
    email: str
    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung that a concern has reached, and what is said of the concern; `offer` for a rung of its offer."""

    step: Step
    days: int
    day: date
    offer: Offered | None
    reference: str
    territory: int
    post: int
    post_email: str
    post_fr: str
    post_en: str
    category_fr: str
    category_en: str
    due_on: date


def escalation_notices(reached: Sequence[Reached], at: datetime) -> list[Message]:
    """The messages of these rungs, for those who hold the posts and direct the territories now. Two queries.

    They wait to be told together: a reader of many rungs has one letter of them.
    What a post that nobody holds and that has no address would be told goes to the direction.
    """
    posts = {each.post for each in reached} | {each.offer.post for each in reached if each.offer}
    holders = holders_of(posts, at)
    directors = directors_of({each.territory for each in reached}, at)
    return [
        _written(each, reader, at)
        for each in reached
        for reader in _readers(each, holders, directors.get(each.territory, []))
    ]


def _readers(each: Reached, holders: Mapping[int, Holder], directors: Iterable[Holder]) -> Iterator[Reader]:
    told = TOLD[each.step]
    posts = [(POST, each.post, each.post_email)]
    if each.offer is not None:
        posts.append((RECEIVER, each.offer.post, each.offer.email))
    persons: set[int] = set()
    vacant = False
    for whom, post, email in posts:
        holder = holders.get(post)
        if whom in told and holder is not None:
            # Somebody who holds both, or directs besides, is told once.
            if holder.user not in persons:
                yield Reader(f"{holder.user}", holder.email, holder.language)
            persons.add(holder.user)
        elif whom in told and email:
            yield Reader(whom, email, OF_A_POST)
        vacant |= holder is None and not email
    if DIRECTOR in told or vacant:
        for director in directors:
            if director.user not in persons:
                yield Reader(f"{director.user}", director.email, director.language)


def _written(each: Reached, reader: Reader, at: datetime) -> Message:
    key = f"escalation:{each.reference}:{each.step}:{each.days}:{each.day}"
    notice = written(of_step(each.step), each.territory, reader, f"{key}:{reader.key}", lambda: _facts(each, at))
    notice.state = MessageState.TOGETHER
    return notice


def _facts(each: Reached, at: datetime) -> dict[str, str]:
    english, left = get_language() == "en", days_left(at, each.due_on)
    post = each.post_en if english else each.post_fr
    of_offer = {"from": post, "to": each.offer.label_en if english else each.offer.label_fr} if each.offer else {}
    return {
        **of_offer,
        "reference": each.reference,
        "category": each.category_en if english else each.category_fr,
        "post": post,
        "due": date_format(each.due_on, "DATE_FORMAT"),
        "day": date_format(each.day, "DATE_FORMAT"),
        "left": ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left} if left else _("today"),
    }
