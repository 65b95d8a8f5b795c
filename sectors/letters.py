"""Which messages are a territory's: those to its people, its posts and whom it invites."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils.translation import get_language

from messaging.models import Message, MessageState
from messaging.wishes import OF_ONE
from sectors.mandates import accounts_of
from sectors.models import Invitation, Post


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How many messages were given up, and since when."""

    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who reads an address, and a telephone number ("" for none)."""

    name: str
    phone: str


def addressees(recipients: Collection[str], territories: Sequence[int]) -> dict[str, Addressee]:
    """Address or number, in lower case -> the person of these territories, or the post, that it is of. Two queries."""
    asked = {*recipients, *(each.lower() for each in recipients)}
    english = get_language() == "en"
    posts = Post.objects.filter(territory_id__in=list(territories), email__in=asked)
    found = {post.email.lower(): Addressee(post.label_en if english else post.label_fr, post.phone) for post in posts}
    for person in accounts_of(territories).filter(Q(email__in=asked) | Q(phone__in=asked)):
        told = Addressee(str(person), person.phone)
        found |= {person.email.lower(): told, person.phone.lower(): told}
    return found


def messages_of(territories: Sequence[int]) -> QuerySet[Message]:
    """The messages to the people, the posts and the invited of these territories, unless forgotten meanwhile."""
    people, keys = accounts_of(territories), list(territories)
    return Message.objects.filter(
        Q(recipient__in=people.values("email"))
        | Q(recipient__in=people.exclude(phone="").values("phone"))
        | Q(recipient__in=Post.objects.filter(territory_id__in=keys).exclude(email="").values("email"))
        | Q(recipient__in=Invitation.objects.filter(territory_id__in=keys).values("email"))
    ).exclude(recipient="")


def listed_to_administrators(territories: Sequence[int]) -> QuerySet[Message]:
    """Those of `messages_of` that an administrator may know of.

    They see no concern, nor that there is one: a notice of a concern is theirs to look after only once it did not
    simply leave (given up, closed, a try that failed or ended without a word).
    """
    tried_again = Q(state__in=(MessageState.OWED, MessageState.TAKEN)) & ~Q(last_error="")
    stays = Q(state__in=(MessageState.DEAD, MessageState.CLOSED)) | Q(uncertain__gt=0) | tried_again
    return messages_of(territories).filter(stays | ~Q(dedupe_key__regex=OF_ONE))


def dead_of(territories: Sequence[int]) -> QuerySet[Message]:
    """Those that were given up: nobody was told what they say."""
    return messages_of(territories).filter(state=MessageState.DEAD)


def undelivered(territories: Sequence[int]) -> Undelivered | None:
    """The alarm: how many were given up; None where every message left or still may. One query."""
    found = dead_of(territories).aggregate(count=Count("pk"), since=Min("created_at"))
    return Undelivered(found["count"], found["since"]) if found["count"] else None


def uncertain(territories: Sequence[int]) -> int:
    """How many tries of these messages ended without a result, and may have been repeats. One query."""
    tries: int | None = messages_of(territories).filter(uncertain__gt=0).aggregate(sum=Sum("uncertain"))["sum"]
    return tries or 0
