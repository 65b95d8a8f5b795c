"""`/api/incidents/{reference}/messages/`, `…/timeline/` and `…/satisfaction/`: what is said about a concern."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema

from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from incidents import changes, timeline
from incidents.changes.recorded import closed_on
from incidents.features import NO_MEMBERS
from incidents.models.visibility import may_on
from incidents.schema import MOTIVE, with_warnings
from incidents.schema_of_talk import MESSAGE, MESSAGES, RATING, RATINGS, SAID, SAID_WITH_PHOTOS, TIMELINE
from incidents.uploads import MULTIPART, admit, form_of, is_multipart, pictures_of
from incidents.views.access import Reading, held_in_full, reader, reading, warned
from incidents.views.photos import facts
from incidents.views.reading import body_of
from incidents.views.reading_talk import Said, read_rating, read_said
from incidents.workflow import REOPENING_DAYS
from ogcapi.geojson import read_query

JSON: Final = "application/json"
PRIVATE: Final = {"Cache-Control": "private, no-cache"}


class MessagesView(Endpoint):
    """The conversation about a concern."""

    takes_photos = True

    @extend_schema(operation_id="listMessages", parameters=[MOTIVE], responses={(200, JSON): MESSAGES})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """What was said, the oldest first; internal notes are for the desk alone."""
        read = reading(request, reference)
        entries = timeline.remarks(read.incident, read.scope)
        read.log("incident.messages")
        return _answer({"messages": [read.told(_message(entry, reference), "text") for entry in entries]})

    @extend_schema(
        operation_id="sendMessage",
        request={JSON: SAID, MULTIPART: SAID_WITH_PHOTOS},
        responses={(201, JSON): with_warnings(MESSAGE)},
    )
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The message as it is kept. With photos it is a form of `text` and one to three files called `photo`."""
        admit(request)
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = held_in_full(reference, scope)
        if not may_on(incident, scope, "comment"):
            raise PermissionDenied
        if is_multipart(request):
            throttle(request, "photo", account=user)
            fields, files = form_of(request, ("text",))
            said, pictures = Said(fields.get("text", ""), internal=False), pictures_of(files)
        else:
            throttle(request, "status", account=user)
            said, pictures = read_said(body_of(request)), []
        changes.remark(
            incident=incident, author=user, scope=scope, text=said.text, internal=said.internal, pictures=pictures
        )
        entry = timeline.remarks(incident, scope)[-1]
        told = warned(incident, scope, {"text": said.text})
        return _answer(_message(entry, reference) | told, status=201)


class TimelineView(Endpoint):
    """All that happened to a concern."""

    @extend_schema(operation_id="readTimeline", parameters=[MOTIVE], responses={(200, JSON): TIMELINE})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """What happened, the oldest first, in the language of the request, as much of it as the reader may know."""
        read = reading(request, reference)
        entries = [read.told(_entry(entry, reference), "text") for entry in timeline.of(read.incident, read.scope)]
        read.log("incident.timeline")
        answer = _answer({"entries": entries})
        answer["Vary"] = "Accept-Language"
        return answer


class SatisfactionView(Endpoint):
    """Whether it is settled, as its reporter sees it."""

    @extend_schema(operation_id="listSatisfaction", parameters=[MOTIVE], responses={(200, JSON): RATINGS})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """What is asked about the present closing, the newest first, with what was answered."""
        read = reading(request, reference)
        read.log("incident.rating")
        return _ratings(read)

    @extend_schema(
        operation_id="answerSatisfaction", request={JSON: RATING}, responses={(200, JSON): with_warnings(RATINGS)}
    )
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The questions after this answer; `reopen_until` says whether it can still be reopened."""
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = held_in_full(reference, scope)
        if not may_on(incident, scope, "rate"):
            raise PermissionDenied
        throttle(request, "status", account=user)
        answer, comment, stage = read_rating(body_of(request))
        changes.rate(incident=incident, author=user, scope=scope, answer=answer, comment=comment, stage=stage)
        return _ratings(Reading(user, scope, incident, ""), warned(incident, scope, {"comment": comment}))


def _ratings(read: Reading, told: Mapping[str, object] = NO_MEMBERS) -> HttpResponse:
    asked = changes.questions(read.incident)
    last = closed_on(read.incident) + timedelta(days=REOPENING_DAYS) if asked else None
    rows = [
        read.told(
            {
                "stage": row.stage,
                "asked_at": timezone.localtime(row.asked_at),
                "answer": row.answer or None,
                "comment": row.comment or None,
                "answered_at": row.answered_at and timezone.localtime(row.answered_at),
            },
            "comment",
        )
        for row in asked
    ]
    return _answer({"questions": rows, "reopen_until": last, **told})


def _message(entry: timeline.Entry, reference: str) -> dict[str, Any]:
    return {
        "at": timezone.localtime(entry.at),
        "side": entry.side,
        "internal": entry.internal,
        "text": entry.text,
        "author": entry.who or None,
        "photos": [facts(photo, reference) for photo in entry.photos],
    }


def _entry(entry: timeline.Entry, reference: str) -> dict[str, Any]:
    return {
        "at": timezone.localtime(entry.at),
        "kind": entry.kind,
        "title": entry.title,
        "text": entry.text or None,
        "author": entry.who or None,
        "internal": entry.internal,
        "side": entry.side or None,
        "status": entry.status or None,
        "until": entry.until,
        "concern": entry.concern or None,
        "link": entry.link or None,
        "photos": [facts(photo, entry.concern or reference) for photo in entry.photos],
    }


def _answer(body: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type=JSON, headers=PRIVATE)
