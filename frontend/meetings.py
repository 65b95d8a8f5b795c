"""A meeting as its pages show it: its agenda with what may be done on each point, who sits there, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from frontend import acting, minutes, problems, words
from frontend.acting import Offer
from frontend.group_acting import POLICE, owners
from frontend.group_doing import offers
from frontend.meeting_acting import PAGES, POINTS, MeetingStanding, standing
from frontend.meeting_forms import DecideForm, Seat
from frontend.minutes import POLICE_NAME
from ogcapi.geojson import Refused
from partnership import words as said_words
from partnership.life import WORKED, values
from partnership.marks import mark
from partnership.models import AgendaItem, AgendaKind, Decision, Meeting, Minutes, Problem
from partnership.seats import seated
from sectors.models import Partner
from sectors.scope import Scope

Said = tuple[str, Any]
# A decision is for two weeks from now, unless somebody says otherwise.
USUAL_DAYS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of an agenda: its promise, the decisions on its problem, and what may be done with it, by code."""

    row: AgendaItem
    kind: str
    promise: problems.Promise | None
    decisions: list[Decision]
    offers: Mapping[str, Offer]
    first: bool
    last: bool


def minutes_of(meeting: Meeting) -> Minutes | None:
    """The minutes with their addenda. Two queries."""
    found = Minutes.objects.filter(meeting=meeting).select_related("author", "validated_by")
    return found.prefetch_related("addenda__author").first()


def standing_of(meeting: Meeting, scope: Scope) -> MeetingStanding:
    """How this meeting stands before this person. One query."""
    return standing(meeting, scope, Minutes.objects.filter(meeting=meeting).first())


def offered(meeting: Meeting, scope: Scope, shown: str, said: Said | None, point: AgendaItem | None) -> list[Offer]:
    """What may be done now on this page with the meeting, or with this point of it."""
    stands = standing_of(meeting, scope)
    if not stands.runs:
        return []
    if point is not None:
        return _on_point(point, stands, said, _choices(meeting, scope))
    choices = _choices(meeting, scope) if shown == "meeting_table" else {}
    if shown == "meeting_table":
        choices["seats"] = [(seat.code, seat) for seat in seats(meeting)]
    initial = {} if stands.validated else _initial(meeting, shown)
    return offers(PAGES[shown], stands, said, choices=choices, initial=initial)


def _choices(meeting: Meeting, scope: Scope) -> dict[str, Any]:
    members = Partner.objects.filter(groups=meeting.group_id).order_by("name")
    worked = Problem.objects.visible_to(scope).filter(post_id=meeting.group.post_id, state__in=values(WORKED))
    named = [(each.reference, each.title) for each in worked.order_by("due_at", "pk").only("reference", "title")]
    return {"owner": owners(members), "problem": named}


def _initial(meeting: Meeting, shown: str) -> dict[str, Any]:
    if shown == "meeting":
        begins, ends = timezone.localtime(meeting.begins_at), timezone.localtime(meeting.ends_at)
        return {"day": begins.date(), "begins": begins.time(), "ends": ends.time(), "place": meeting.place}
    if shown == "meeting_minutes":
        drafted = Minutes.objects.filter(meeting=meeting).values_list("text", "confidential").first()
        text, confidential = drafted or ("", False)
        return {"text": text, "confidential": confidential, "seen": mark(text)}
    return {}


def _on_point(point: AgendaItem, stands: MeetingStanding, said: Said | None, choices: Any) -> list[Offer]:
    initial = {"text": point.note, "seen": mark(point.note), "due_on": timezone.localdate() + USUAL_DAYS}
    found = offers(POINTS, stands, said, choices=choices, initial=initial)
    kept = []
    for offer in found:
        if offer.code == "decider" and (point.problem is None or point.problem.state not in WORKED):
            continue
        if offer.code == "retirer" and point.note:
            continue
        if isinstance(offer.form, DecideForm) and not offer.form.is_bound:
            offer.form.initial = {**initial, "text": ""}
        offer.form.auto_id = f"id_{point.pk}_%s"
        kept.append(offer)
    return kept


def seats(meeting: Meeting) -> list[Seat]:
    """The police first, then the organisations of the group by name. Five queries."""
    noted = {row.partner_id: row for row in meeting.attendances.prefetch_related("came")}
    people = seated(meeting.group, timezone.now())
    members = list(Partner.objects.filter(groups=meeting.group_id).order_by("name"))
    rows: list[tuple[int | None, str, str]] = [(None, POLICE, str(POLICE_NAME))]
    rows += [(each.pk, each.code, each.name) for each in members]
    return [
        Seat(code, name, people.get(key, ()), noted.get(key), _came(noted.get(key)))
        for key, code, name in rows
    ]  # fmt: skip


def _came(noted: Any) -> frozenset[int]:
    return frozenset(each.pk for each in noted.came.all()) if noted is not None else frozenset()


def told(
    request: HttpRequest,
    meeting: Meeting,
    shown: str,
    said: Said | None,
    point: AgendaItem | None,
    refused: Refused | None,
    scope: Scope,
) -> dict[str, Any]:
    """What a page of the meeting shows; `failed`, the form of the point that was refused."""
    found = minutes_of(meeting)
    stands = standing(meeting, scope, found)
    context: dict[str, Any] = {
        "stands": stands,
        "state": words.word(said_words.MEETINGS, meeting.state),
        "minutes": found if found is not None and (found.validated_at or stands.runs) else None,
        "failed": None,
    }
    if shown == "meeting_minutes":
        return context | {"record": minutes.record(meeting, found, confidential=True)}
    decisions = list(meeting.decisions.select_related("problem", "action__owner"))
    points = _points(request, meeting, decisions, stands, said, point, refused, scope)
    invited = list(meeting.invited.order_by("name").values_list("name", flat=True))
    return context | {
        "points": points,
        "decisions": decisions,
        "others": [each for each in decisions if each not in [one for row in points for one in row.decisions]],
        "attendance": minutes.attendance(meeting, names=True),
        "invited": invited,
        "failed": next((acting.failed(row.offers.values(), said, refused) for row in points
                        if point is not None and row.row.pk == point.pk), None),
    }  # fmt: skip


def _points(
    request: HttpRequest,
    meeting: Meeting,
    decisions: list[Decision],
    stands: MeetingStanding,
    said: Said | None,
    point: AgendaItem | None,
    refused: Refused | None,
    scope: Scope,
) -> list[Point]:
    wide = ("problem__extent", "problem__extent_m", "problem__commune__area", "problem__commune__area_m")
    acted = ("action__problem__extent", "action__problem__extent_m", "action__problem__commune__area",
             "action__problem__commune__area_m")  # fmt: skip
    rows = list(
        meeting.agenda.select_related("problem__commune", "action__owner", "action__problem__commune").defer(
            *wide, *acted
        )
    )
    choices = _choices(meeting, scope) if stands.written_on else {}
    now, told_of, found = timezone.now(), set[int](), []
    for row in rows:
        mine = said if point is not None and row.pk == point.pk else None
        if mine is not None and refused is not None and refused.code == "changed_meanwhile":
            mine = (mine[0], _begun_from(mine[1], mine[0], row.note))
        offered_here = _on_point(row, stands, mine, choices) if stands.written_on else []
        first = row.problem_id is not None and row.problem_id not in told_of
        told_of.add(row.problem_id or 0)
        found.append(
            Point(
                row,
                AgendaKind(row.kind).value,
                problems.promise(request, row.action, now) if row.action else None,
                [each for each in decisions if first and each.problem_id == row.problem_id],
                {offer.code: offer for offer in offered_here},
                row is rows[0],
                row is rows[-1],
            )
        )
    return found


def _begun_from(given: QueryDict, prefix: str, text: str) -> QueryDict:
    """What was typed, as if it had been begun from the text as it stands now: who sends it again has read that."""
    again = given.copy()
    again[f"{prefix}-seen"] = mark(text)
    return again
