"""The messages a change owes: finished text, without the concern's own words, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language

from incidents import words
from incidents.deadlines import paris_date
from incidents.escalation import humane_from
from incidents.models import StatusChange
from incidents.notice_texts import POST, RECEIVED, REOPENED, of_status
from incidents.policies import policy_in
from incidents.told import OF_A_POST, Reader, notices, of_post, of_reporter, written
from incidents.workflow import REOPENING_DAYS, Status
from messaging.changes import owe
from messaging.models import Message
from sectors.models import Mandate, Role

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.changes.decided import Decided
    from incidents.models import Incident, Routing
    from sectors.models import Post


def report_notices(incident: Incident, decided: Decided, author: User, *, on_behalf: bool = False) -> list[Message]:
    """The référent learns that a concern waits, its reporters who takes it and by when; nobody of their own entry.

    on_behalf: for an organisation that the author does not belong to, whose people are told then. One query for that,
    and none otherwise.
    """
    key = f"report:{incident.reference}"
    waiting = _to_post(incident, decided, author.pk, f"{key}:post")
    if on_behalf:
        readers = list(of_reporter(incident, author, decided.at))
    elif incident.partner_id is None and _holds(decided, author.pk):
        readers = []
    else:
        readers = [Reader("author", author.email, author.language)]
    return [*waiting, *(_written(RECEIVED, incident, decided, each, f"{key}:{each.key}") for each in readers)]


@dataclass(frozen=True, slots=True)
class ReportedTo:
    """To whom a message was owed when the concern was reported; `own`: its author held the post that took it."""

    post: Post
    own: bool
    to_post: bool
    to_author: bool
    members: int


def reported_to(incident: Incident) -> ReportedTo:
    """Who was told of the report, by the messages that it owed: wherever the concern is by now. Three queries."""
    first = incident.routings.select_related("post").earliest("pk")
    key = f"report:{incident.reference}"
    of_it = Mandate.objects.filter(role=Role.PARTNER, partner=incident.partner_id) if incident.partner_id else ()
    members = {f"{key}:{mandate.user_id}" for mandate in of_it}
    asked = {f"{key}:post", f"{key}:author", *members}
    owed = set(Message.objects.filter(dedupe_key__in=asked).values_list("dedupe_key", flat=True))
    return ReportedTo(
        post=first.post,
        own=first.holder_id == incident.author_id,
        to_post=f"{key}:post" in owed,
        to_author=f"{key}:author" in owed,
        members=len(owed & members),
    )


def _written(kind: str, incident: Incident, decided: Decided, reader: Reader, dedupe_key: str) -> Message:
    facts = partial(_facts, incident, decided)
    return written(kind, incident.territory_id, reader, dedupe_key, facts, decided.directory)


def _holds(decided: Decided, person: int) -> bool:
    """Does this person hold the post that takes the concern?"""
    return decided.holder is not None and decided.holder.user == person


def owe_move_notice(incident: Incident, decided: Decided, routing: Routing) -> None:
    """The new référent learns that a concern has come to them, unless they moved it; its due date is unchanged."""
    owe(*_to_post(incident, decided, routing.author_id, f"move:{incident.reference}:{routing.pk}"))


def owe_status_notices(incident: Incident, change: StatusChange, at: datetime) -> None:
    """Whoever reported the concern learns of a public move, and the holder of the post of one that somebody else made.

    Nobody is told what they did themselves; and what the clock did, when people of the territory are told of it.
    """
    owed: list[Message] = []
    key = f"status:{incident.reference}:{change.pk}"
    kind, facts = of_status(change.status_to), partial(_of_move, incident, change, at)
    if change.is_public:
        owed += notices(kind, incident, of_reporter(incident, change.author, at), key, at, facts)
    if change.status_to == Status.ROUVERTE:
        owed += notices(REOPENED, incident, of_post(incident.post, change.author, at), key, at, facts)
    if change.author is None:
        later = humane_from(at, policy_in(incident.territory_id).holiday_zone)
        for each in owed if later > at else ():
            each.next_try_at = later
    owe(*owed)


def answer_notice(incident: Incident, answer: str, at: datetime, language: str) -> Message:
    """What the reporter would be sent for this answer, not owed to anybody: to be read over before it leaves."""
    change = StatusChange(incident=incident, at=at, status_to=Status.REPONDUE, answer=answer)
    kind, facts = of_status(Status.REPONDUE), partial(_of_move, incident, change, at)
    (shown,) = notices(kind, incident, [Reader("preview", "", language)], f"status:{incident.reference}", at, facts)
    return shown


def _of_move(incident: Incident, change: StatusChange, at: datetime) -> dict[str, str]:
    """What a notice of a move may speak of besides the concern, in the active language."""
    return {
        "status": words.word(words.STATUSES, change.status_to),
        "answer": change.answer,
        "reason": words.word(words.SUSPENSION_REASONS, change.reason),
        "day": _written_out(_day_of(incident, change, at), get_language()),
    }


def _day_of(incident: Incident, change: StatusChange, at: datetime) -> date:
    """The last day of a suspension; else the last on which what is settled can be reopened."""
    if change.status_to == Status.SUSPENDUE:
        last: date = incident.suspensions.get(ended_at__isnull=True).until
        return last
    return paris_date(at) + timedelta(days=REOPENING_DAYS)


def _to_post(incident: Incident, decided: Decided, author: int, dedupe_key: str) -> list[Message]:
    """The notice to the holder of the post, or to its public address: none without either, nor to its own author."""
    post = decided.directory.posts[incident.post_id]
    holder = decided.holder
    recipient = holder.email if holder else post.email
    if not recipient or _holds(decided, author):
        return []
    reader = Reader("post", recipient, holder.language if holder else OF_A_POST)
    return [_written(POST, incident, decided, reader, dedupe_key)]


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
    card = decided.directory.categories_by_key.get(incident.category_id)
    return card.label if card else ""
