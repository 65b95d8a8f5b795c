"""Who is told of a concern, and the message that each is owed: finished text, in their language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import override

from incidents import words
from incidents.deadlines import paris_date
from incidents.notice_texts import TO_REPORTERS, words_of
from incidents.reporters import reporters_of
from messaging.changes import message
from messaging.models import Channel, Message
from sectors import atlas
from sectors.holders import holder_of

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.models import Incident
    from sectors.atlas.directory import Directory
    from sectors.models import Post

# A post that nobody holds is written to in the language of its service.
OF_A_POST = "fr"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be told: `key` makes the message owed once."""

    key: str
    email: str
    language: str


def of_post(post: Post, author: User | None, at: datetime) -> Iterator[Reader]:
    """Who holds the post, else its public address; nobody where it is the author, or where there is neither."""
    holder = holder_of(post.pk, at)
    if holder is not None and (author is None or holder.user != author.pk):
        yield Reader("post", holder.email, holder.language)
    elif holder is None and post.email:
        yield Reader("post", post.email, OF_A_POST)


def of_reporter(incident: Incident, author: User | None, at: datetime) -> Iterator[Reader]:
    """Whoever reported the concern, but for the author of what they would be told."""
    for who in reporters_of(incident, at):
        if author is None or who.pk != author.pk:
            yield Reader(str(who.pk), who.email, who.language)


def notices(
    kind: str,
    incident: Incident,
    readers: Iterable[Reader],
    key: str,
    at: datetime,
    more: Callable[[], Mapping[str, str]] = dict,
) -> list[Message]:
    """A message of this kind for each reader; `more` says, in their language, what the kind speaks of besides.

    To whoever reported the concern, a day that is over is promised no more.
    """
    over = {"due": ""} if kind in TO_REPORTERS and incident.due_on < paris_date(at) else {}
    return [
        written(
            kind, incident.territory_id, reader, f"{key}:{reader.key}", lambda: {**facts_of(incident), **more(), **over}
        )
        for reader in readers
    ]


def written(
    kind: str,
    territory: int,
    reader: Reader,
    dedupe_key: str,
    facts: Callable[[], Mapping[str, str]],
    directory: Directory | None = None,
) -> Message:
    """The message of this kind for this reader; `facts` is asked for in their language.

    directory: by which it was decided what they are told, where it may not be that of this moment.
    """
    with override(reader.language):
        subject, body = words_of(kind, directory or atlas.current().directory, territory, facts())
        return message(
            dedupe_key=dedupe_key,
            channel=Channel.EMAIL,
            recipient=reader.email,
            subject=subject,
            body=body,
        )


def facts_of(incident: Incident) -> dict[str, str]:
    """What every notice of a concern may speak of, in the active language."""
    post = atlas.current().directory.posts.get(incident.post_id)
    return {
        "reference": incident.reference,
        "category": words.label(incident.category),
        # One of which memory does not know yet has its name on the desk.
        "post": post.label if post else "",
        "due": date_format(incident.due_on, "DATE_FORMAT"),
    }
