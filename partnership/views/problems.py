"""`/api/problems/`: the problems of the groups, what is written of them, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema

from accounts.changes import log_access
from accounts.endpoints import Endpoint
from accounts.models import User
from accounts.permissions import may
from accounts.throttles import throttle
from incidents.models import Incident
from incidents.schema import MOTIVE
from incidents.views.access import log_rows, motive_of, reader, territory_code
from incidents.views.reading import GEOJSON, body_of
from ogcapi.expressions import GeoJSONText
from ogcapi.geojson import FieldError, Refused, feature_collection, read_query
from partnership import changes, features
from partnership.life import State
from partnership.models import Action, Problem
from partnership.refusals import no
from partnership.schema import DECISION, PROBLEM, PROBLEMS, PROPOSAL
from partnership.telling import PARTS, whole
from partnership.views.reading import read_decision, read_proposal
from sectors.models import Partner
from sectors.scope import Scope
from sectors.views.asked import read_limit

CONTENT_TYPE: Final = "application/geo+json"
PARAMETERS: Final = ("status", "limit", "after")
USUAL_LIMIT, MOST_LIMIT = 100, 1000
PRIVATE: Final = {"Cache-Control": "private, no-cache"}


class ProblemsView(Endpoint):
    """The problems that the account may see; a new one."""

    @extend_schema(
        operation_id="listProblems",
        parameters=[*(OpenApiParameter(name, str) for name in PARAMETERS), MOTIVE],
        responses={(200, CONTENT_TYPE): PROBLEMS},
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of problems by their references, with a link to the next: `after` is the last of the page before."""
        user, scope = reader(request)
        if not may(scope.roles, "see_problem"):
            raise PermissionDenied
        motive, asked = motive_of(request, *PARAMETERS)
        limit = read_limit(asked.get("limit", str(USUAL_LIMIT)), most=MOST_LIMIT)
        rows = _filtered(features.shown_to(scope), asked).annotate(shape=GeoJSONText("extent"))
        found = list(rows.order_by("reference").values("shape", *features.COLUMNS)[: limit + 1])
        shown, now = found[:limit], timezone.now()
        links = [{"rel": "self", "type": CONTENT_TYPE, "href": request.build_absolute_uri()}]
        if len(found) > limit:
            query = urlencode({**asked, "limit": str(limit), "after": shown[-1]["reference"]})
            there = request.build_absolute_uri(f"{request.path}?{query}")
            links.append({"rel": "next", "type": CONTENT_TYPE, "href": there})
        log_rows(
            [(row["territory_id"], row["reference"]) for row in shown],
            home=scope.home,
            kind="problem",
            user=user,
            operation="problem.list",
            reference=urlencode(asked),
            motive=motive,
        )
        written = [features.written(row, now, motive=motive) for row in shown]
        body = feature_collection(written, links=links, name="problems", numberReturned=len(written))
        return HttpResponse(body, content_type=CONTENT_TYPE, headers=PRIVATE)

    @extend_schema(
        operation_id="proposeProblem",
        request={"application/geo+json": PROPOSAL, "application/json": PROPOSAL},
        responses={(201, CONTENT_TYPE): PROBLEM},
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """The stored problem: its reference, and the post whose group it goes to."""
        user, scope = reader(request)
        read_query(request.GET, ())
        if not may(scope.roles, "propose_problem"):
            raise PermissionDenied
        throttle(request, "status", account=user)
        problem = changes.propose(author=user, scope=scope, **read_proposal(body_of(request, GEOJSON)))
        answer = _told(_row(problem.reference, scope), "", status=201)
        answer["Location"] = f"{request.scheme}://{request.get_host()}/api/problems/{problem.reference}/"
        return answer


class ProblemView(Endpoint):
    """One problem."""

    @extend_schema(operation_id="readProblem", parameters=[MOTIVE], responses={(200, CONTENT_TYPE): PROBLEM})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The problem as a Feature, with what was written of it for those who are told. The direction says why."""
        user, scope = reader(request)
        motive, _asked = motive_of(request)
        row = _row(reference, scope)
        log_access(
            user=user,
            operation="problem.read",
            reference=f"problem:{reference}",
            territory=territory_code(row["territory_id"]),
            motive=motive,
        )
        return _told(row, motive)

    @extend_schema(
        operation_id="decideProblem",
        request={"application/json": DECISION},
        responses={(200, CONTENT_TYPE): PROBLEM},
    )
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The problem after one more decision of its group."""
        user, scope = reader(request)
        read_query(request.GET, ())
        problem = Problem.objects.visible_to(scope).read_by(scope).filter(reference=reference).first()
        if problem is None:
            raise Http404
        if not may(scope.roles, "contribute"):
            raise PermissionDenied
        throttle(request, "status", account=user)
        decided = read_decision(body_of(request))
        _MADE[decided.decision](problem, user, scope, decided.given)
        # Given to another post it may be foreign by now: then there is nothing left to show.
        if not Problem.objects.visible_to(scope).filter(pk=problem.pk).exists():
            return HttpResponse(status=204, headers=PRIVATE)
        return _told(_row(reference, scope), "")


def _row(reference: str, scope: Scope) -> dict[str, Any]:
    """The problem as this person is told of it; Http404 where they see nothing of it. One query."""
    rows = features.shown_to(scope).filter(reference=reference).annotate(shape=GeoJSONText("extent"))
    row: dict[str, Any] | None = rows.values("pk", "shape", *features.COLUMNS).first()
    if row is None:
        raise Http404
    return row


def _told(row: dict[str, Any], motive: str, *, status: int = 200) -> HttpResponse:
    told = row["full"] and (row["words"] or bool(motive))
    parts = whole(Problem(pk=row["pk"])) if told else dict.fromkeys(PARTS)
    body = features.written(row, timezone.now(), motive=motive, **parts)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=PRIVATE)


def _filtered(rows: QuerySet[Any], asked: dict[str, str]) -> QuerySet[Any]:
    if "status" in asked:
        if asked["status"] not in set(State):
            raise Refused([FieldError("status", "unknown_status", _("There is no such status."))])
        rows = rows.filter(state=asked["status"])
    return rows.filter(reference__gt=asked["after"]) if "after" in asked else rows


Given = dict[str, Any]


def _on_problem(change: Callable[..., object], **named: str) -> Callable[[Problem, User, Scope, Given], None]:
    """The change of the problem itself; `named`: the argument -> the member that it comes from."""

    def make(problem: Problem, user: User, scope: Scope, given: Given) -> None:
        from_members = {name: given.pop(member) for name, member in named.items() if member in given}
        if "partner" in given:
            given["partner"] = _partner(given["partner"])
        change(problem=problem, author=user, scope=scope, **given, **from_members)

    return make


def _on_action(change: Callable[..., object], **named: str) -> Callable[[Problem, User, Scope, Given], None]:
    def make(problem: Problem, user: User, scope: Scope, given: Given) -> None:
        action = Action.objects.visible_to(scope).filter(problem=problem, number=given.pop("action")).first()
        if action is None:
            no(422, "action", "unknown_action", _("There is no such action of this problem."))
        from_members = {name: given.pop(member) for name, member in named.items() if member in given}
        if "owner" in given:
            given["owner"] = _owner(problem, given["owner"])
        change(action=action, author=user, scope=scope, **given, **from_members)

    return make


def _give(problem: Problem, user: User, scope: Scope, given: Given) -> None:
    given["owner"] = _owner(problem, given.get("owner"))
    changes.give(problem=problem, author=user, scope=scope, **given)


def _join(problem: Problem, user: User, scope: Scope, given: Given) -> None:
    found = _concerns(given["concerns"], scope)
    changes.join(problem=problem, incidents=found, author=user, scope=scope)


def _remove(problem: Problem, user: User, scope: Scope, given: Given) -> None:
    (incident,) = _concerns([given["concern"]], scope)
    changes.remove(problem=problem, incident=incident, author=user, scope=scope)


def _concerns(references: list[str], scope: Scope) -> list[Incident]:
    wanted = set(references)
    found = list(Incident.objects.visible_to(scope).filter(reference__in=wanted))
    if len(found) != len(wanted):
        no(422, "concerns", "unknown_concern", _("You read no concern of this reference."))
    return found


def _partner(code: str | None) -> int | None:
    if code is None:
        return None
    # One that is not there is refused as one that is another's.
    return Partner.objects.filter(code=code).values_list("pk", flat=True).first() or 0


def _owner(problem: Problem, code: str | None) -> Partner | None:
    if code is None:
        return None
    found = Partner.objects.filter(code=code, memberships__group__post=problem.post_id).first()
    return found or no(422, "owner", "unknown_owner", _("This organisation is not in the group."))


_MADE: Final[dict[str, Callable[[Problem, User, Scope, Given], None]]] = {
    "retain": _on_problem(changes.retain),
    "move": _on_problem(changes.change_status, to="status"),
    "suspend": _on_problem(changes.suspend),
    "reorient": _on_problem(changes.reorient, to_post="to"),
    "close": _on_problem(changes.close),
    "join": _join,
    "remove": _remove,
    "contribute": _on_problem(changes.contribute),
    "diagnose": _on_problem(changes.write_diagnosis),
    "sign": _on_problem(changes.co_sign),
    "give": _give,
    "turn": _on_action(changes.turn, to="status"),
    "decline": _on_action(changes.decline),
    "give_again": _on_action(changes.give_again),
    "evaluate": _on_problem(changes.evaluate),
    "rate": _on_problem(changes.rate),
}
