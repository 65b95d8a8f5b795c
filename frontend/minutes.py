"""The minutes of a meeting as a page and a printed document show them: all of it, or what may leave the group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from frontend import words
from partnership import words as said_words
from partnership.changes.minuting import facts_of
from partnership.models import Addendum, Meeting, Minutes

POLICE_NAME: Final = _("The police")


@dataclass(frozen=True, slots=True)
class Present:
    """An organisation at the meeting; `people` of it came, by name as far as they have an account."""

    name: str
    presence: str
    people: int
    names: list[str]


@dataclass(frozen=True, slots=True)
class Record:
    """Minutes to be read. Where `whole` is false, what is confidential and who came by name is left out of it."""

    group: str
    begins_at: datetime
    ends_at: datetime
    place: str
    attendance: list[Present]
    agenda: list[Mapping[str, Any]]
    decisions: list[Mapping[str, Any]]
    text: str
    text_confidential: bool
    addenda: list[Addendum]
    validated_at: datetime | None
    validated_by: str
    whole: bool


def record(meeting: Meeting, minutes: Minutes | None, *, confidential: bool) -> Record:
    """The minutes; validated ones tell of the meeting as it stood then, a draft of how it stands now."""
    validated = minutes is not None and minutes.validated_at is not None
    facts = minutes.facts if minutes is not None and validated else facts_of(meeting)
    return Record(
        group=facts["group"],
        begins_at=datetime.fromisoformat(facts["begins_at"]),
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        place=facts["place"],
        attendance=attendance(meeting, facts["attendance"], names=confidential),
        agenda=[each for each in facts["agenda"] if confidential or not each["confidential"]],
        decisions=[
            {**each, "due_on": date.fromisoformat(each["due_on"]) if each["due_on"] else None}
            for each in facts["decisions"]
            if confidential or not each["confidential"]
        ],
        text=minutes.text if minutes is not None and (confidential or not minutes.confidential) else "",
        text_confidential=minutes is not None and minutes.confidential,
        addenda=[each for each in minutes.addenda.all() if confidential or not each.confidential] if minutes else [],
        validated_at=minutes.validated_at if minutes is not None else None,
        validated_by=str(minutes.validated_by) if minutes is not None and minutes.validated_by else "",
        whole=confidential,
    )


def attendance(meeting: Meeting, facts: list[Mapping[str, Any]] | None = None, *, names: bool) -> list[Present]:
    """Who came, the police first; by `facts` that are frozen, or as it is noted now. Two queries."""
    rows = list(meeting.attendances.select_related("partner").prefetch_related("came"))
    came = {row.partner.code if row.partner else None: [str(each) for each in row.came.all()] for row in rows}
    if facts is None:
        facts = [
            {
                "partner": row.partner.code if row.partner else None,
                "name": row.partner.name if row.partner else None,
                "presence": row.presence,
                "people": row.people,
            }
            for row in rows
        ]
    return [
        Present(
            each["name"] or str(POLICE_NAME),
            words.word(said_words.PRESENCES, each["presence"]),
            each["people"],
            sorted(came.get(each["partner"], ())) if names else [],
        )
        for each in sorted(facts, key=lambda each: (each["partner"] is not None, each["name"] or ""))
    ]
