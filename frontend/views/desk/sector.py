"""What a référent takes along, made to be printed: the sheet of a sector, that of a meeting, and the contacts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.gis.db.models import Extent
from django.db.models import Count, F, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.changes import log_access, log_accesses
from accounts.models import User
from frontend import people, readers
from frontend.days import PeriodForm
from frontend.filters import midnight
from frontend.views.reading import holds_desk
from incidents.answering import rates
from incidents.deadlines import overdue_bound, paris_date
from incidents.models import Incident
from incidents.models.visibility import seen_in_full
from incidents.views.access import territory_code
from incidents.workflow import OPEN, SETTLED
from sectors import atlas
from sectors.atlas.directory import PostCard, SectorCard
from sectors.models import Mandate, Partner, PartnershipGroup, PublicPlace, Sector, ServiceHours
from sectors.scope import Scope

MOST: Final = 40
PERIOD_DAYS: Final = 30
# What a table of people reads through.
MOST_OF_A_MEETING: Final = 60


@holds_desk
@require_safe
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Limits, open concerns without their texts, figures and places of a sector held, or directed; 404 for others."""
    scope, now = people.scope(request), timezone.now()
    card, post = _of(scope, code)
    here = readers.listed(scope, letters=readers.NOTHING).filter(sector__code=code, merged_into__isnull=True)
    rows = here.filter(seen_in_full(scope), status__in=sorted(OPEN)).order_by("due_at", "pk")[:MOST]
    shown = [readers.row(incident, now) for incident in rows]
    area = Sector.objects.filter(pk=card.id)
    log_access(
        user=people.user(request),
        operation="incident.sheet",
        reference=f"sector:{code}",
        references=[f"incident:{row.reference}" for row in shown],
        count=len(shown),
        territory=territory_code(post.territory_id),
    )
    context = {
        "sector": card,
        "post": post,
        "edition": atlas.current().directory.editions.get(card.edition_id),
        "rows": shown,
        "counts": _counts(Incident.objects.visible_to(scope).standing().filter(sector__code=code), now),
        "box": area.aggregate(box=Extent("area"))["box"],
        "places": PublicPlace.objects.filter(
            territory_id=post.territory_id, location__coveredby=area.values("area")[:1]
        ).order_by("name")[:MOST],
        "hours": ServiceHours.objects.filter(post=post.id),
    }
    return render(request, "frontend/desk/sector.html", context)


@holds_desk
@require_safe
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """What is laid on the table of a meeting: a period of a sector held, or directed, in figures, a map and a list.

    Of each concern it tells what the partners of the group may know: nature, street, month and status. 404 for others.
    """
    scope, now = people.scope(request), timezone.now()
    card, post = _of(scope, code)
    form = PeriodForm(request.GET if {"since", "until"} & request.GET.keys() else None)
    first, last = (form.cleaned_data["since"], form.cleaned_data["until"]) if form.is_valid() else last_month(now)
    here = Incident.objects.visible_to(scope).standing().filter(sector__code=code)
    received = here.filter(reported_at__gte=midnight(first), reported_at__lt=midnight(last + timedelta(days=1)))
    natures = list(
        received.values(label_fr=F("category__label_fr"), label_en=F("category__label_en"))
        .annotate(received=Count("pk"), open=Count("pk", filter=Q(status__in=sorted(OPEN))))
        .order_by("-received", "category__rank")
    )
    found = received.select_related("category").only(
        "reference", "status", "reported_at", "street_location", "category"
    )
    rows = list(found.order_by("-reported_at", "-pk")[:MOST_OF_A_MEETING])
    log_access(
        user=people.user(request),
        operation="incident.meeting",
        reference=f"sector:{code}",
        references=[f"incident:{row.reference}" for row in rows],
        count=len(rows),
        territory=territory_code(post.territory_id),
    )
    english = get_language() == "en"
    context = {
        "sector": card,
        "post": post,
        "form": form if form.is_bound else PeriodForm(initial={"since": first, "until": last}),
        "period": {"first": first, "last": last},
        "rate": rates(here, [(first, last)], now)[0],
        "natures": [{**each, "label": each["label_en" if english else "label_fr"]} for each in natures],
        "received": sum(each["received"] for each in natures),
        "open": sum(each["open"] for each in natures),
        "rows": rows,
        "box": Sector.objects.filter(pk=card.id).aggregate(box=Extent("area"))["box"],
    }
    return render(request, "frontend/desk/meeting.html", context)


def last_month(now: datetime) -> tuple[date, date]:
    """The first and the last day of the last month that is over."""
    end = paris_date(now).replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


def _of(scope: Scope, code: str) -> tuple[SectorCard, PostCard]:
    """The sector and its post, for who holds or directs it. Http404 otherwise."""
    directory = atlas.current().directory
    card = next((each for each in directory.sectors.values() if each.code == code), None)
    if card is None:
        raise Http404
    post = directory.posts[card.post_id]
    if not (card.post_id in scope.posts or post.territory_id in scope.directed):
        raise Http404
    return card, post


def _counts(concerns: Any, now: Any) -> dict[str, int]:
    """One query."""
    received = Q(reported_at__gte=now - timedelta(days=PERIOD_DAYS))
    found: dict[str, int] = concerns.aggregate(
        open=Count("pk", filter=Q(status__in=sorted(OPEN))),
        late=Count("pk", filter=Q(status__in=sorted(OPEN), due_at__lte=overdue_bound(now))),
        received=Count("pk", filter=received),
        settled=Count("pk", filter=received & Q(status__in=sorted(SETTLED))),
    )
    return found


@holds_desk
@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """The organisations of the groups that this person runs, or directs, with their people; three queries."""
    scope, now = people.scope(request), timezone.now()
    groups = (
        PartnershipGroup.objects.filter(Q(post__in=scope.posts) | Q(territory__in=scope.directed))
        .select_related("post")
        .prefetch_related(Prefetch("partners", Partner.objects.order_by("name")))
        .order_by("name")
    )
    mandates = Mandate.objects.in_force(now).filter(partner__groups__in=groups, user__is_active=True)
    found: dict[int, list[User]] = {}
    for mandate in mandates.select_related("user").order_by("user__name", "pk").distinct():
        found.setdefault(mandate.partner_id or 0, []).append(mandate.user)
    told: dict[int | None, int] = {group.territory_id: 0 for group in groups} or {scope.home: 0}
    for group in groups:
        told[group.territory_id] += sum(len(found.get(partner.pk, ())) for partner in group.partners.all())
    log_accesses(
        {
            "user": people.user(request),
            "operation": "contact.list",
            "count": count,
            "territory": territory_code(territory),
        }
        for territory, count in told.items()
    )
    return render(request, "frontend/desk/contacts.html", {"groups": groups, "people": found})
