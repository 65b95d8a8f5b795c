"""`/api/meetings/`: the meetings of the groups, from the invitation to the minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema

from accounts.changes import log_access
from accounts.endpoints import Endpoint
from accounts.permissions import may
from accounts.throttles import throttle
from incidents.schema import MOTIVE
from incidents.views.access import log_rows, motive_of, reader, territory_code
from incidents.views.reading import body_of
from ogcapi.geojson import read_query
from partnership import changes
from partnership.changes.minuting import facts_of
from partnership.models import Meeting, Minutes, Problem
from partnership.refusals import no
from partnership.schema import MEETING, MEETINGS, OF_MEETING, PLAN
from partnership.views.reading import OF_MEETINGS, read_decision, read_plan
from sectors.models import Partner, PartnershipGroup
from sectors.scope import Scope
from sectors.views.asked import read_limit

JSON: Final = "application/json"
PRIVATE: Final = {"Cache-Control": "private, no-cache"}
USUAL_LIMIT, MOST_LIMIT = 100, 1000
# The members that are null for whoever is not told.
_WORDS: Final = ("invited", "agenda", "attendance", "decisions", "minutes")


class MeetingsView(Endpoint):
    """The meetings that the account may know of; a new one."""

    @extend_schema(
        operation_id="listMeetings", parameters=[OpenApiParameter("limit", str)], responses={(200, JSON): MEETINGS}
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """The latest meetings first, without what was written of them."""
        user, scope = reader(request)
        if not may(scope.roles, "read_meeting"):
            raise PermissionDenied
        asked = read_query(request.GET, ("limit",))
        limit = read_limit(asked.get("limit", str(USUAL_LIMIT)), most=MOST_LIMIT)
        rows = list(Meeting.objects.visible_to(scope).select_related("group")[:limit])
        log_rows(
            [(row.group.territory_id, row.reference) for row in rows],
            home=scope.home,
            kind="meeting",
            user=user,
            operation="meeting.list",
        )
        return _answer({"meetings": [_head(row) for row in rows]})

    @extend_schema(operation_id="planMeeting", request={JSON: PLAN}, responses={(201, JSON): MEETING})
    def post(self, request: HttpRequest) -> HttpResponse:
        """The planned meeting with its agenda; its members are invited."""
        user, scope = reader(request)
        read_query(request.GET, ())
        if not may(scope.roles, "run_problem"):
            raise PermissionDenied
        throttle(request, "status", account=user)
        given = read_plan(body_of(request))
        groups = PartnershipGroup.objects.select_related("post").filter(post__in=scope.posts)
        group = groups.filter(code=given.pop("group")).first()
        if group is None:
            no(422, "group", "unknown_group", _("You run no group of this code."))
        if "invited" in given:
            given["invited"] = _members(group, given["invited"])
        meeting = changes.plan(group=group, author=user, scope=scope, **given)
        return _answer(_whole(meeting, scope, told=True), status=201)


class MeetingView(Endpoint):
    """One meeting."""

    @extend_schema(
        operation_id="readMeeting",
        parameters=[MOTIVE, OpenApiParameter("confidential", str, description="false: without what is confidential.")],
        responses={(200, JSON): MEETING},
    )
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The meeting with its agenda, attendance, decisions and minutes. The direction says why it reads them."""
        user, scope = reader(request)
        motive, asked = motive_of(request, "confidential")
        if asked.get("confidential", "true") not in {"true", "false"}:
            no(400, "confidential", "not_a_boolean", _("Write true or false."))
        meeting = _seen(reference, scope)
        told = bool(motive) or meeting.group.post_id in {*scope.posts, *scope.group_posts}
        log_access(
            user=user,
            operation="meeting.read",
            reference=f"meeting:{meeting.reference}",
            territory=territory_code(meeting.group.territory_id),
            motive=motive,
        )
        return _answer(_whole(meeting, scope, told=told, all_of_it=asked.get("confidential") != "false"))

    @extend_schema(operation_id="decideMeeting", request={JSON: OF_MEETING}, responses={(200, JSON): MEETING})
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The meeting after one more thing that was done about it."""
        user, scope = reader(request)
        read_query(request.GET, ())
        meeting = _seen(reference, scope)
        if meeting.group.post_id not in scope.posts:
            raise PermissionDenied
        throttle(request, "status", account=user)
        decided = read_decision(body_of(request), OF_MEETINGS)
        given = decided.given
        for name in ("partner", "owner"):
            if given.get(name) is not None:
                given[name] = _member(meeting, given[name], name)
        if "problem" in given:
            given["problem"] = _problem(given["problem"], scope)
        if "rank" in given:
            given["by"] = given.pop("rank") - given["point"]
        if "point" in given:
            given["point"] = _point(meeting, given["point"])
        _MADE[decided.decision](meeting=meeting, author=user, scope=scope, **given)
        return _answer(_whole(_seen(reference, scope), scope, told=True))


_MADE: Final[dict[str, Callable[..., object]]] = {
    "change": changes.change_meeting,
    "call_off": changes.call_off,
    "hold": changes.hold,
    "build_agenda": changes.build_agenda,
    "add_point": changes.add_point,
    "move_point": changes.move_point,
    "remove_point": changes.remove_point,
    "note": changes.note_point,
    "attend": changes.attend,
    "decide": changes.decide,
    "draft": changes.draft_minutes,
    "validate": changes.validate_minutes,
    "addendum": changes.add_addendum,
}


def _seen(reference: str, scope: Scope) -> Meeting:
    found: Meeting | None = (
        Meeting.objects.visible_to(scope).select_related("group__post").filter(reference=reference).first()
    )
    if found is None:
        raise Http404
    return found


def _head(meeting: Meeting) -> dict[str, Any]:
    return {
        "reference": meeting.reference,
        "group": meeting.group.code,
        "status": meeting.state,
        "begins_at": timezone.localtime(meeting.begins_at),
        "ends_at": timezone.localtime(meeting.ends_at),
        "place": meeting.place,
    }


def _whole(meeting: Meeting, scope: Scope, *, told: bool, all_of_it: bool = True) -> dict[str, Any]:
    """The meeting; validated minutes tell of it as it stood then, whatever was renamed since.

    told: whether its reader has said why, or need not. all_of_it: False leaves out what is confidential.
    """
    if not told:
        return {**_head(meeting), "reason": None, "motive_required": True, **dict.fromkeys(_WORDS)}
    minutes = Minutes.objects.filter(meeting=meeting).prefetch_related("addenda").first()
    validated = minutes is not None and minutes.validated_at is not None
    runs = meeting.group.post_id in scope.posts
    facts = minutes.facts if minutes is not None and validated else facts_of(meeting)
    lists = {
        name: [each for each in facts[name] if all_of_it or not each["confidential"]]
        for name in ("agenda", "decisions")
    }
    if not (validated or runs):
        # Notes are of the draft, until they are validated with it.
        lists["agenda"] = [{**each, "note": ""} for each in lists["agenda"]]
    return {
        **_head(meeting),
        "reason": meeting.reason or None,
        "motive_required": False,
        "invited": sorted(meeting.invited.values_list("code", flat=True)),
        **lists,
        "attendance": facts["attendance"],
        "minutes": _minutes(minutes, drafts=runs, all_of_it=all_of_it),
    }


def _minutes(minutes: Minutes | None, *, drafts: bool, all_of_it: bool) -> dict[str, Any] | None:
    """A draft is for who runs the group alone."""
    if minutes is None or not (drafts or minutes.validated_at):
        return None
    return {
        "text": minutes.text if all_of_it or not minutes.confidential else "",
        "confidential": minutes.confidential,
        "validated_at": _moment(minutes.validated_at),
        "addenda": [
            {"at": _moment(each.at), "text": each.text, "confidential": each.confidential}
            for each in minutes.addenda.all()
            if all_of_it or not each.confidential
        ],
    }


def _member(meeting: Meeting, code: str, field: str) -> Partner:
    found = Partner.objects.filter(code=code, memberships__group=meeting.group_id).first()
    return found or no(422, field, "unknown_partner", _("This organisation is not in the group."))


def _members(group: PartnershipGroup, codes: list[str]) -> list[Partner]:
    found = list(Partner.objects.filter(code__in=codes, memberships__group=group))
    if len(found) < len(set(codes)):
        no(422, "invited", "unknown_partner", _("This organisation is not in the group."))
    return found


def _point(meeting: Meeting, rank: int) -> int:
    """The key of the point at this place of the agenda, the first being 1."""
    found = meeting.agenda.filter(rank=rank).values_list("pk", flat=True).first()
    return found or no(422, "point", "unknown_point", _("There is no such point on the agenda."))


def _problem(reference: str, scope: Scope) -> Problem:
    found: Problem | None = Problem.objects.visible_to(scope).read_by(scope).filter(reference=reference).first()
    return found or no(422, "problem", "unknown_problem", _("There is no such problem of this group."))


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else timezone.localtime(at)


def _answer(body: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type=JSON, headers=PRIVATE)
