"""The desk: what waits, by due date, and several concerns taken in charge at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import relations
from accounts.throttles import LIMITS, allow
from frontend import acting, filters, maps, motives, order, people, readers, words
from frontend.doors import too_many
from frontend.views.reading import holds_desk
from incidents import changes, deadlines
from incidents.models import Incident, StatusChange
from incidents.models.visibility import reached
from incidents.workflow import OPEN, SETTLED, Status
from ogcapi.geojson import Refused
from sectors import atlas
from sectors.scope import Scope

PAGE: Final = 25
MERGED_AT_LEAST: Final = 2
MINE: Final = {"desk": "1"}


@holds_desk
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The open concerns of the posts held, and of those co-read, by due date; the direction sees its territory."""
    scope, now = people.scope(request), timezone.now()
    among, motive = readers.asked(scope), motives.given(request)
    rows = filters.filtered(among, MINE, scope, now)
    page = order.page(
        rows, scope, PAGE, among=among, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    shown = [readers.row(incident, now, motive) for incident in page.rows]
    counts = _counts(scope, now)
    motives.note_rows(request, "incident.desk", shown, count=counts["every"])
    directory = atlas.current().directory
    context = {
        "rows": shown,
        "page": page,
        "counts": counts,
        "query": "?desk=1",
        "points": reverse("concerns_points") + "?desk=1",
        "choosable": {each.reference for each in page.rows if acting.may_choose(each, scope)},
        "sectors": [card for card in directory.sectors.values() if card.post_id in scope.posts],
        "posts": [directory.posts[key] for key in scope.posts if key in directory.posts],
        "last_settled": None if shown else _last_settled(scope),
        "why": motives.question(shown),
        "sheet": maps.current(),
    }
    return render(request, "frontend/desk/home.html", context)


def _counts(scope: Scope, now: datetime) -> dict[str, Any]:
    """How many concerns of the desk are late, due soon, new, offered, and whose reporter has written; one query."""
    late = Q(due_at__lte=deadlines.overdue_bound(now), status__in=sorted(OPEN))
    week = deadlines.paris_date(now) + timedelta(days=words.SOON_DAYS)
    soon = Q(due_on__lte=week, status__in=sorted(OPEN)) & ~late
    found: dict[str, Any] = (
        Incident.objects.visible_to(scope)
        .filter(reached(scope, relations(scope.roles, "hold_desk")))
        .on_desk()
        .aggregate(
            every=Count("pk"),
            replied=Count("pk", filter=Q(replied_at__isnull=False)),
            late=Count("pk", filter=late),
            soon=Count("pk", filter=soon),
            fresh=Count("pk", filter=Q(status=Status.SIGNALEE)),
            offered=Count("pk", filter=readers.offered(scope)),
        )
    )
    return found


def _last_settled(scope: Scope) -> Any:
    """When the last concern of the desk was settled; None where none ever was. One query."""
    mine = Incident.objects.filter(reached(scope, relations(scope.roles, "hold_desk")), status__in=sorted(SETTLED))
    settled = StatusChange.objects.filter(incident__in=mine, status_to__in=sorted(SETTLED))
    return settled.aggregate(at=Max("at"))["at"]


@holds_desk
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Takes the chosen concerns of a page in charge, or deals with them as one, and says what became of them."""
    scope, person = people.scope(request), people.user(request)
    wait = allow(f"status:account:{person.pk}", rate=LIMITS["status"])
    if wait:
        return too_many(request, wait)
    chosen = [each for each in request.POST.getlist("reference") if "\0" not in each][:PAGE]
    mine = reached(scope, relations(scope.roles, "hold_desk"))
    found = list(readers.asked(scope).filter(mine, reference__in=chosen).order_by("due_at", "pk")) if chosen else []
    if not found:
        messages.warning(request, _("Choose concerns of the list first."))
    elif "merge" in request.POST:
        _merge(request, found, scope)
    else:
        _take(request, found, scope)
    asked = filters.asked_for(QueryDict(request.POST.get("query", "")))
    return redirect("desk" if asked == MINE else f"{reverse('concerns')}?{urlencode(asked)}")


def _take(request: HttpRequest, found: list[Incident], scope: Scope) -> None:
    """Each in a transaction of its own."""
    results = changes.take_many(incidents=found, author=people.user(request), scope=scope)
    done = sum(result.incident is not None for result in results)
    if done:
        messages.success(
            request,
            ngettext(
                "%(count)s concern taken in charge: its reporter is told.",
                "%(count)s concerns taken in charge: their reporters are told.",
                done,
            )
            % {"count": done},
        )
    for result in results:
        if result.incident is None:
            messages.warning(request, f"{result.reference} – {result.message}")


def _merge(request: HttpRequest, found: list[Incident], scope: Scope) -> None:
    """All or none."""
    if len(found) < MERGED_AT_LEAST:
        messages.warning(request, _("Choose two concerns at least: the one due first stays, the others join it."))
        return
    try:
        kept, made = changes.merge_many(incidents=found, author=people.user(request), scope=scope)
    except Refused as refused:
        messages.warning(request, _("Nothing was merged. %(reason)s") % {"reason": refused.detail})
    except PermissionDenied:
        messages.warning(request, _("Nothing was merged: another post answers for one of them."))
    else:
        told = ngettext(
            "%(count)s concern is now dealt with in %(reference)s.",
            "%(count)s concerns are now dealt with in %(reference)s.",
            len(made),
        )
        messages.success(request, told % {"count": len(made), "reference": kept.reference})
