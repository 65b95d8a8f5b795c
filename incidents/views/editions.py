"""`/api/editions/`: drafts of the map begun, led back and forth, checked, previewed and approved.

Their sectors are drawn at `/ogc`, in the collection `draft-sectors`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from accounts.endpoints import Endpoint
from accounts.models import User
from accounts.throttles import throttle
from incidents import changes
from incidents.models import Incident
from incidents.schema_of_editions import ACT, ACTED, BEGUN, EDITIONS, ONE
from incidents.views.access import log_rows, reader
from incidents.views.reading import body_of
from ogcapi.geojson import FieldError, Findings, Refused, check_members, read_query
from sectors.changes import drafts
from sectors.checking import as_features, findings_of
from sectors.models import Edition, Territory
from sectors.scope import Scope

JSON: Final = "application/json"
PRIVATE: Final = {"Cache-Control": "private, no-cache"}


class EditionsView(Endpoint):
    """The editions of the territories whose map one draws; a new draft."""

    @extend_schema(operation_id="listEditions", responses={(200, JSON): EDITIONS})
    def get(self, request: HttpRequest) -> HttpResponse:
        """Drafts first, then those with dates, the latest first."""
        _user, scope = _drawing(request)
        rows = _editions(scope).order_by("validity__startswith", "-pk")
        found = sorted(rows, key=lambda each: (each.validity is not None, -each.pk))
        return _answered({"editions": [_told(each) for each in found]})

    @extend_schema(operation_id="beginEdition", request={JSON: BEGUN}, responses={(201, JSON): ONE})
    def post(self, request: HttpRequest) -> HttpResponse:
        """The draft, with the sectors of an edition or with none."""
        user, scope = _drawing(request)
        given = _read(request, dict.fromkeys(("territory", "code", "note", "model"), str))
        throttle(request, "draw", account=user)
        territory = _territory(scope, given.get("territory"))
        model = None
        if "model" in given:
            rows = Edition.objects.filter(territory=territory, code=given["model"])
            model = rows.values_list("pk", flat=True).first()
            if model is None:
                message = _("The territory has no such edition.")
                raise Refused([FieldError("model", "unknown_edition", message)], status=422)
        made = drafts.begin(
            by=user, territory=territory, at=timezone.now(), model=model,
            code=given.get("code", ""), note=given.get("note", ""),
        )  # fmt: skip
        answer = _answered(_whole(made), status=201)
        answer.headers["Location"] = request.build_absolute_uri(f"/api/editions/{made.code}/")
        return answer


class EditionView(Endpoint):
    """One edition."""

    @extend_schema(operation_id="readEdition", responses={(200, JSON): ONE})
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """How far it has come, and how many of its steps may be undone and done again."""
        _user, scope = _drawing(request)
        return _answered(_whole(_one(code, scope)))


class EditionActView(Endpoint):
    """What is done to a draft: undo, redo, check, preview, approve, abandon."""

    @extend_schema(operation_id="changeEdition", request={JSON: ACT}, responses={(200, JSON): ACTED})
    def post(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:
        """The edition after it, with what a check or a preview found."""
        user, scope = _drawing(request)
        act = ACTS.get(verb)
        if act is None:
            raise Http404
        edition = _one(code, scope)
        given = _read(request, {"version": int, "start_on": str, "keep": list}, required=("version",))
        throttle(request, "draw", account=user)
        facts = {"by": user, "edition": edition.pk, "seen": given["version"], "at": timezone.now()}
        more = act(facts, given, scope)
        return _answered(_whole(_one(code, scope)) | more)


def _drawing(request: HttpRequest) -> tuple[User, Scope]:
    """Who asks; PermissionDenied for who draws no map."""
    user, scope = reader(request)
    read_query(request.GET, ())
    if not scope.over("draw_edition"):
        raise PermissionDenied
    return user, scope


def _read(request: HttpRequest, allowed: Mapping[str, type], required: tuple[str, ...] = ()) -> dict[str, Any]:
    document, findings = body_of(request), Findings()
    check_members(document, at="", findings=findings, allowed=allowed, required=required)
    findings.refuse_if_any()
    return document


def _editions(scope: Scope) -> Any:
    return Edition.objects.filter(territory__in=scope.over("draw_edition")).select_related("territory")


def _one(code: str, scope: Scope) -> Edition:
    found: Edition | None = _editions(scope).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _territory(scope: Scope, code: str | None) -> int:
    """The key of the territory to draw: the one named, else the only one. Refused (422)."""
    rows = Territory.objects.filter(pk__in=scope.over("draw_edition"))
    found = list((rows if code is None else rows.filter(code=code)).values_list("pk", flat=True)[:2])
    if len(found) != 1:
        message = _("Say in which of your territories.")
        raise Refused([FieldError("territory", "unknown_territory", message)], status=422)
    return int(found[0])


def _told(edition: Edition) -> dict[str, Any]:
    dates: Any = edition.validity
    return {
        "code": edition.code,
        "territory": edition.territory.code,
        "state": str(edition.state),
        "version": edition.number,
        "note": edition.note,
        "valid_from": _moment(dates and dates.lower),
        "valid_to": _moment(dates and dates.upper),
        "approved_at": _moment(edition.approved_at),
        "applied_at": _moment(edition.applied_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else timezone.localtime(at).isoformat(timespec="seconds")


def _whole(edition: Edition) -> dict[str, Any]:
    found = drafts.stacks_of(edition)
    counts = {"undo": len(found.undo), "redo": len(found.redo), "sectors": edition.sectors.count()}
    return _told(edition) | counts


def _checked(facts: dict[str, Any], given: dict[str, Any], scope: Scope) -> dict[str, Any]:
    edition = drafts.mark_checked(**facts)
    return {"findings": as_features(findings_of(edition))}


def _previewed(facts: dict[str, Any], given: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """Concerns are named to those who may see them: whoever administers is told how many."""
    found = changes.preview(**facts, start_on=_day(given))
    keys = [each.key for each in found.concerns]
    seen = dict(Incident.objects.visible_to(scope).filter(pk__in=keys).values_list("reference", "territory_id"))
    log_rows(
        [(territory, reference) for reference, territory in seen.items()],
        home=scope.home, user=facts["by"], operation="incident.preview", reference=f"edition:{found.edition}",
    )  # fmt: skip
    named = [asdict(each) for each in found.concerns if each.reference in seen]
    return {
        "changes": [asdict(each) for each in found.sectors],
        "changing_hands": len(found.concerns),
        "concerns": [{name: value for name, value in each.items() if name != "key"} for each in named],
    }


def _approved(facts: dict[str, Any], given: dict[str, Any], scope: Scope) -> dict[str, Any]:
    kept = given.get("keep", [])
    if not all(isinstance(each, str) and len(each) <= 9 and each.isascii() for each in kept) or len(kept) > 10_000:
        raise Refused([FieldError("keep", "wrong_type", _("Give references of concerns."))])
    changes.approve(**facts, start_on=_day(given), kept=kept)
    return {}


def _plain(change: Callable[..., Edition]) -> Callable[[dict[str, Any], dict[str, Any], Scope], dict[str, Any]]:
    def act(facts: dict[str, Any], given: dict[str, Any], scope: Scope) -> dict[str, Any]:
        change(**facts)
        return {}

    return act


def _day(given: dict[str, Any]) -> date:
    try:
        text = given["start_on"]
        found = date.fromisoformat(text)
        if len(text) != 10 or not 2000 <= found.year <= 2200:
            raise ValueError
    except (KeyError, ValueError):
        raise Refused([FieldError("start_on", "invalid_day", _("Write a day: 2026-03-01."))]) from None
    return found


def _answered(body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type=JSON, headers=PRIVATE)


ACTS: Final[Mapping[str, Callable[[dict[str, Any], dict[str, Any], Scope], dict[str, Any]]]] = MappingProxyType(
    {
        "undo": _plain(drafts.undo),
        "redo": _plain(drafts.redo),
        "abandon": _plain(drafts.abandon),
        "check": _checked,
        "preview": _previewed,
        "approve": _approved,
    }
)
