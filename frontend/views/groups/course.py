"""What happened to a problem, in one line of time: its states, its actions, its diagnosis, its concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from frontend import words
from frontend.findings import GRADES
from partnership import words as said
from partnership.life import MeetingState
from partnership.models import ActionChange, AgendaItem, Contribution, Diagnosis, Evaluation, Problem, ProblemConcern


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `who` is "" for the clock."""

    at: datetime
    title: str
    text: str = ""
    who: str = ""
    state: bool = False


def course(
    problem: Problem,
    *,
    contributions: Iterable[Contribution],
    diagnoses: Iterable[Diagnosis],
    evaluations: Iterable[Evaluation],
) -> list[Entry]:
    """All that happened, the latest first, for who may read its texts. Five queries for what is not given; of a
    diagnosis the signatures are at hand."""
    known = _known(contributions, diagnoses, evaluations)
    found = [*_moves(problem), *_turns(problem), *known, *_concerns(problem), *_answers(problem), *_spoken(problem)]
    # Of what happened at one moment, the last to be done comes first too.
    return sorted(found, key=lambda each: each.at)[::-1]


def told(problem: Problem) -> list[Entry]:
    """What a mayor is told of it: where it stood and what came of it, and no text. One query."""
    rows = problem.changes.order_by("-pk").values_list("at", "state_to", "result")
    return [Entry(at, _with_result(words.word(said.STATES, state), result), state=True) for at, state, result in rows]


def _moves(problem: Problem) -> list[Entry]:
    rows = problem.changes.select_related("author")
    return [
        Entry(
            each.at,
            _with_result(words.word(said.STATES, each.state_to), each.result),
            _reason(each.reason),
            str(each.author or ""),
            state=True,
        )
        for each in rows
    ]


def _turns(problem: Problem) -> list[Entry]:
    rows = ActionChange.objects.filter(action__problem=problem).select_related("action", "owner", "author")
    return [
        Entry(
            each.at,
            _("Action %(number)s %(turn)s: %(title)s")
            % {
                "number": each.action.number,
                "turn": words.word(said.TURNS, each.turn),
                "title": each.action.title,
            },
            each.reason,
            f"{each.author} – {each.owner.name}" if each.owner else str(each.author),
        )
        for each in rows
    ]


def _known(
    contributions: Iterable[Contribution], diagnoses: Iterable[Diagnosis], evaluations: Iterable[Evaluation]
) -> list[Entry]:
    found = [
        Entry(each.at, _("Contribution to the diagnosis"), "", _from(each.author, each.partner))
        for each in contributions
    ]
    for text in diagnoses:
        version = {"version": text.version}
        found.append(Entry(text.at, _("Diagnosis, version %(version)s") % version, "", str(text.author)))
        for sign in text.signatures.all():
            who = _from(sign.person, sign.partner)
            found.append(Entry(sign.at, _("Diagnosis signed, version %(version)s") % version, "", who))
    for judged in evaluations:
        title = _("Evaluation, version %(version)s") % {"version": judged.version}
        found.append(Entry(judged.at, title, judged.text, str(judged.author)))
    return found


def _concerns(problem: Problem) -> list[Entry]:
    rows = ProblemConcern.objects.filter(problem=problem).select_related("author", "ended_by", "incident")
    put = rows.only("since", "until", "author__name", "author__email", "ended_by__name", "ended_by__email",
                    "incident__reference", "problem")  # fmt: skip
    came: dict[tuple[datetime, str], list[str]] = {}
    went: dict[tuple[datetime, str], list[str]] = {}
    for each in put:
        came.setdefault((each.since, str(each.author)), []).append(each.incident.reference)
        if each.until is not None:
            went.setdefault((each.until, str(each.ended_by or "")), []).append(each.incident.reference)
    put_in = _("Concern %(reference)s put in it"), _("%(count)s concerns put in it")
    taken_out = _("Concern %(reference)s taken out"), _("%(count)s concerns taken out")
    return [_together(*moment, references, *titles) for found, titles in ((came, put_in), (went, taken_out))
            for moment, references in found.items()]  # fmt: skip


def _together(at: datetime, who: str, references: list[str], one: str, several: str) -> Entry:
    """What came or went at one moment is one thing that happened."""
    if len(references) == 1:
        return Entry(at, one % {"reference": references[0]}, "", who)
    return Entry(at, several % {"count": len(references)}, ", ".join(references), who)


def _answers(problem: Problem) -> list[Entry]:
    """What the partners say of it after a closing."""
    rows = problem.ratings.filter(grade__isnull=False).select_related("partner")
    return [
        Entry(each.answered_at, str(GRADES[each.grade - 1]), each.comment, each.partner.name)
        for each in rows
        if each.answered_at and each.grade
    ]


def _spoken(problem: Problem) -> list[Entry]:
    """The meetings at which it was spoken of, with what was noted of it there once the minutes are validated: before,
    a note is a draft of who runs the group."""
    rows = AgendaItem.objects.filter(problem=problem, meeting__state=MeetingState.TENUE)
    return [
        Entry(each.meeting.begins_at, _("Spoken of at a meeting"), each.note if each.validated_at else "")
        for each in rows.select_related("meeting").annotate(validated_at=F("meeting__minutes__validated_at"))
    ]


def _from(person: Any, partner: Any) -> str:
    return f"{person} – {partner.name}" if partner else str(person)


def _with_result(state: str, result: str) -> str:
    return f"{state} – {words.word(said.OUTCOMES, result)}" if result else state


def _reason(reason: str) -> str:
    """A listed reason in words, or what was typed."""
    return words.word(said.SUSPENSION_REASONS, reason)
