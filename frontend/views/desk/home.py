"""The desk: what waits, by due date."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import relations
from frontend import acting, filters, motives, order, people, readers, words
from frontend.views.reading import holds_desk
from incidents import deadlines
from incidents.models import Announcement, Audience, Incident, StatusChange, Succession
from incidents.models.visibility import reached
from incidents.workflow import OPEN, SETTLED, UNTAKEN
from sectors import atlas
from sectors.mandates import empty_posts
from sectors.scope import Scope

PAGE: Final = 25
MINE: Final = {"desk": "1"}


@holds_desk
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The open concerns of the posts held, and of those co-read, by due date; the direction sees its territory."""
    scope, now = people.scope(request), timezone.now()
    motive = motives.given(request)
    among = readers.listed(scope, motive)
    rows = filters.filtered(among, MINE, scope, now)
    page = order.page(
        rows, scope, PAGE, among=among, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    shown = [readers.row(incident, now, motive, with_holder=True) for incident in page.rows]
    counts = _counts(scope, now)
    motives.note_rows(request, "incident.desk", shown, count=counts["every"])
    directory = atlas.current().directory
    context = {
        "rows": shown,
        "page": page,
        "counts": counts,
        # Where one post has them all, its name on each row tells nothing.
        "with_post": len({incident.post_id for incident in page.rows}) > 1,
        "query": "?desk=1",
        "points": reverse("concerns_points") + "?desk=1",
        "choosable": {each.reference for each in page.rows if acting.may_choose(each, scope)},
        "sectors": [card for card in directory.sectors.values() if card.post_id in scope.posts],
        "posts": [directory.posts[key] for key in scope.posts if key in directory.posts],
        "last_settled": None if shown else _last_settled(scope),
        "announcements": Announcement.objects.read_by(Audience.DESK, scope.home, deadlines.paris_date(now)),
        "empty_posts": empty_posts(scope.directed, now) if scope.directed else [],
        "unreceived": Succession.objects.visible_to(scope).to_receive(scope).count() if scope.posts else 0,
        "why": motives.question(request, shown),
    }
    return render(request, "frontend/desk/home.html", context)


def _counts(scope: Scope, now: datetime) -> dict[str, Any]:
    """How many of the desk are late, due soon, taken by nobody, offered, and whose reporter has written; one query."""
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
            untaken=Count("pk", filter=Q(status__in=sorted(UNTAKEN))),
            offered=Count("pk", filter=readers.offered(scope)),
            unanswered=Count("pk", filter=readers.unanswered(scope, now)),
        )
    )
    return found


def _last_settled(scope: Scope) -> Any:
    """When the last concern of the desk was settled; None where none ever was. One query."""
    mine = Incident.objects.filter(reached(scope, relations(scope.roles, "hold_desk")), status__in=sorted(SETTLED))
    settled = StatusChange.objects.filter(incident__in=mine, status_to__in=sorted(SETTLED))
    return settled.aggregate(at=Max("at"))["at"]
