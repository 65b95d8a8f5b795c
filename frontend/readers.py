"""A concern as one reader may see it: what a page is given is only what that reader may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Case, CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Left
from django.utils import timezone

from frontend import words
from incidents.deadlines import paris_date
from incidents.features import shown_to
from incidents.models import Incident, Suspension, Transfer
from incidents.workflow import OPEN, Status
from sectors import atlas
from sectors.models import Partner
from sectors.scope import Scope

# Hundreds of corners each: no row shows them.
AREAS: Final = ("sector__area", "sector__area_m", "commune__area", "commune__area_m")
# A row shows 110 letters of a text; those that are drawn over the one before count for none.
EXCERPT: Final = 200
NOTHING: Final = 0
# What the map draws of a concern, and the log keeps of who saw it.
OF_A_POINT: Final = ("reference", "territory", "status", "due_on", "due_at", "category__label_fr", "category__label_en")
# What a row names besides, and what decides whether its reader may choose it.
OF_A_ROW: Final = (
    *OF_A_POINT, "sector__name", "sector__post", "commune__name", "partner__name", "post__label_fr", "post__label_en",
    "author", "co_reader_posts", "reported_at", "replied_at", "merged_into", "support_count",
)  # fmt: skip

_STOPPED_UNTIL: Final = Case(
    When(
        status=Status.SUSPENDUE,
        then=Subquery(Suspension.objects.filter(incident=OuterRef("pk"), ended_at__isnull=True).values("until")[:1]),
    )
)


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows. In part: nature, street position, month and state; `due` and `partner` are empty."""

    reference: str
    territory: int
    full: bool
    category: str
    status: str
    place: str
    sector: str
    post: str
    # Who holds the post, for those who work on the desk.
    holder: str
    month: date | None
    reported_at: datetime | None
    due: dict[str, Any] | None
    partner: str
    excerpt: str
    # The text is told to the direction once it has said why it reads.
    unsaid: bool
    lon: float
    lat: float
    offered: bool
    replied: bool
    merged: bool
    support: int


def row(incident: Any, now: datetime, motive: str = "", *, with_holder: bool = False) -> Row:
    """The row of a concern from `asked`, for the reader it was asked for, and why they read it if they said so.

    with_holder: for a reader of the desk, who may know its colleagues. No query.
    """
    full = bool(incident.full)
    unsaid = bool(incident.across) and not motive
    # A mayor is told neither sector nor month: with the street they would narrow the place and the time.
    told = full or bool(incident.grouped)
    return Row(
        reference=incident.reference,
        territory=incident.territory_id,
        full=full,
        category=words.label(incident.category),
        status=incident.status,
        place=incident.commune.name if incident.commune else "",
        sector=incident.sector.name if told and incident.sector else "",
        post=words.label(incident.post) if told else "",
        holder=_holder(incident.post_id) if full and with_holder else "",
        month=timezone.localtime(incident.reported_at).date().replace(day=1) if told else None,
        reported_at=incident.reported_at if full else None,
        due=words.due(incident, now) if full else None,
        partner=incident.partner.name if full and incident.partner else "",
        excerpt=_excerpt(incident) if full and not unsaid else "",
        unsaid=unsaid,
        lon=incident.shown.x,
        lat=incident.shown.y,
        offered=bool(incident.offered),
        replied=full and incident.replied_at is not None,
        merged=full and incident.merged_into_id is not None,
        support=incident.support_count if full else 0,
    )


@dataclass(frozen=True, slots=True)
class Point:
    """What the map draws of a concern, and the log keeps: `tone` of its due date, "none" where it is told in part."""

    reference: str
    territory: int
    full: bool
    category: str
    status: str
    tone: str
    lon: float
    lat: float


def point(incident: Any, now: datetime) -> Point:
    """The point of a concern from `drawn`. No query."""
    return Point(
        reference=incident.reference,
        territory=incident.territory_id,
        full=bool(incident.full),
        category=words.label(incident.category),
        status=incident.status,
        tone=words.due(incident, now)["tone"] if incident.full else "none",
        lon=incident.shown.x,
        lat=incident.shown.y,
    )


def _excerpt(incident: Any) -> str:
    """What `listed` asked for of the text; all of it of a concern at hand."""
    return str(incident.beginning if hasattr(incident, "beginning") else incident.description)


def _holder(post: int) -> str:
    card = atlas.current().directory.posts.get(post)
    return card.holder_name if card else ""


def asked(scope: Scope) -> QuerySet[Incident]:
    """The concerns this person may see, with what a row names and no area; one query when read.

    Each has `offered`: whether a post of this person is asked to take it; and `stopped_until`, while its clock stands
    still.
    """
    rows = shown_to(scope).annotate(
        offered=offered(scope) if scope.posts else Value(False), stopped_until=_STOPPED_UNTIL
    )
    return rows.select_related("category", "sector", "commune", "partner", "post").defer(*AREAS)


def listed(
    scope: Scope, motive: str = "", *, letters: int | None = EXCERPT, besides: Sequence[str] = ()
) -> QuerySet[Incident]:
    """As `asked`, with nothing but what a row shows: of a list nothing is loaded in vain.

    motive: why it is read; without it no text leaves the database that the direction is not told. letters: how much of
    the text, NOTHING or None for all of it. besides: further columns that this list is made of.
    """
    if letters == NOTHING:
        beginning: Case | Value = Value("")
    else:
        told = Q(full=True) if motive else Q(full=True, across=False)
        said = F("description") if letters is None else Left("description", letters)
        beginning = Case(When(told, then=said), default=Value(""), output_field=CharField())
    return asked(scope).annotate(beginning=beginning).only(*OF_A_ROW, *besides)


def drawn(scope: Scope) -> QuerySet[Incident]:
    """As `asked`, with what a point of the map shows."""
    return asked(scope).select_related(None).select_related("category").only(*OF_A_POINT)


def by_urgency(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Open ones that the reader sees in full first, by due date; then the newest."""
    known = Case(When(Q(full=True, status__in=sorted(OPEN)), then=F("due_at")), output_field=DateTimeField())
    return rows.annotate(urgency=known).order_by(F("urgency").asc(nulls_last=True), "-pk")


def offered(scope: Scope) -> Exists:
    """Whether a post of this person is asked to take the concern, and has not answered."""
    return Exists(Transfer.objects.waiting().filter(incident=OuterRef("pk"), to_post__in=scope.posts))


def unanswered(scope: Scope, at: datetime) -> Exists:
    """Whether an offer of the concern waits for too long that a post of this person made or received, or that they
    direct.
    """
    late = Transfer.objects.unanswered(paris_date(at)).filter(incident=OuterRef("pk"))
    mine = Q(from_post__in=scope.posts) | Q(to_post__in=scope.posts) | Q(incident__territory__in=scope.directed)
    return Exists(late.filter(mine))


def partners(scope: Scope) -> list[Partner]:
    """The organisations of the person's territory, by name. One query."""
    return list(Partner.objects.filter(territory_id__in=[scope.home]).order_by("name").only("code", "name"))
