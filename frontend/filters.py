"""What a list of concerns is asked for: the query string, read once for the list, its map, its count and its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Collate
from django.db.models.lookups import IContains
from django.http import QueryDict
from django.utils.http import urlencode

from accounts.permissions import relations
from frontend import readers
from frontend.words import SOON_DAYS
from incidents import references
from incidents.deadlines import overdue_bound, paris_date
from incidents.models import Incident
from incidents.models.visibility import reached, seen_in_full
from incidents.workflow import OPEN, SETTLED, UNTAKEN, Status
from sectors import atlas
from sectors.scope import Scope

PARIS: Final = ZoneInfo("Europe/Paris")
GROUPS: Final[Mapping[str, frozenset[Status]]] = MappingProxyType(
    {"open": OPEN, "untaken": UNTAKEN, "settled": SETTLED}
)
LONGEST_WORDS: Final = 80
# Counting further would cost more than the figure is worth.
MOST_COUNTED: Final = 10_000
_NONE: Final = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and why ("" where they do not say)."""

    scope: Scope
    now: datetime
    motive: str


def _status(value: str, _asking: Asking) -> Q:
    return Q(status__in=sorted(GROUPS[value])) if value in GROUPS else Q(status=value)


def _due(value: str, asking: Asking) -> Q:
    """Lateness is known to those who see in full: it never tells the others when an answer is due."""
    late = Q(due_at__lte=overdue_bound(asking.now))
    week = Q(due_on__lte=paris_date(asking.now) + timedelta(days=SOON_DAYS))
    asked = {"late": late, "week": week & ~late, "later": ~week & ~late}.get(value)
    return _NONE if asked is None else Q(status__in=sorted(OPEN)) & asked & seen_in_full(asking.scope)


def _category(value: str, _asking: Asking) -> Q:
    return Q(category__code=value)


def _sector(value: str, asking: Asking) -> Q:
    return Q(sector__code=value) & seen_in_full(asking.scope)


def _commune(value: str, _asking: Asking) -> Q:
    """Its name is told to whoever is told of the concern."""
    return Q(commune__code=value)


def _own(_value: str, asking: Asking) -> Q:
    return reached(asking.scope, ("own",))


def _post(value: str, asking: Asking) -> Q:
    """Found in memory: the database is asked by its key."""
    posts = atlas.current().directory.posts.values()
    return Q(post__in=[card.id for card in posts if card.code == value]) & seen_in_full(asking.scope)


def _partner(value: str, asking: Asking) -> Q:
    return Q(partner__code=value) & seen_in_full(asking.scope)


def _since(value: str, asking: Asking) -> Q:
    day = _day(value)
    return _NONE if day is None else Q(reported_at__gte=midnight(day)) & seen_in_full(asking.scope)


def _until(value: str, asking: Asking) -> Q:
    day = _day(value)
    if day is None or day == date.max:
        return _NONE
    return Q(reported_at__lt=midnight(day + timedelta(days=1))) & seen_in_full(asking.scope)


def _words(value: str, asking: Asking) -> Q:
    """Words of the text, or a reference. A text is searched by those who may read it."""
    # Folding plain letters alone is three times as quick, and finds the same for words without an accent.
    text = Collate("description", "C") if value.isascii() else F("description")
    found = Q(IContains(text, value)) | Q(external_reference__iexact=value)
    if not asking.motive:
        found &= Q(across=False)
    with suppress(references.ReferenceInvalid):
        found |= Q(reference=references.normalise(value))
    return found & seen_in_full(asking.scope)


def _desk(_value: str, asking: Asking) -> Q:
    """What waits for the desk: open, or its reporter has written; and not dealt with in another concern."""
    waits = Q(status__in=sorted(OPEN)) | Q(replied_at__isnull=False)
    return reached(asking.scope, relations(asking.scope.roles, "hold_desk")) & waits & Q(merged_into__isnull=True)


def _replied(_value: str, asking: Asking) -> Q:
    return Q(replied_at__isnull=False) & reached(asking.scope, relations(asking.scope.roles, "hold_desk"))


def _offered(value: str, asking: Asking) -> Q:
    """What is offered here; `late` for what was offered, here or from here, and not answered in time."""
    return Q(readers.unanswered(asking.scope, asking.now) if value == "late" else readers.offered(asking.scope))


# In the order of the form; the address may hold them in any.
FILTERS: Final[Mapping[str, Callable[[str, Asking], Q]]] = MappingProxyType(
    {
        "q": _words,
        "status": _status,
        "due": _due,
        "category": _category,
        "own": _own,
        "commune": _commune,
        "sector": _sector,
        "post": _post,
        "partner": _partner,
        "since": _since,
        "until": _until,
        "desk": _desk,
        "replied": _replied,
        "offered": _offered,
    }
)


def asked_for(parameters: QueryDict) -> dict[str, str]:
    """The filters that the query string names, without blanks and without what is none."""
    given = {name: parameters.get(name, "").replace("\0", "").strip() for name in FILTERS}
    if parameters.get("overdue") and not given["due"]:
        # As addresses kept from before say it.
        given["due"] = "late"
    given["q"] = given["q"][:LONGEST_WORDS]
    return {name: value for name, value in given.items() if value}


def query_of(asked: Mapping[str, str]) -> str:
    """The filters as an address ends with them; "" where there is none."""
    return f"?{urlencode(asked)}" if asked else ""


def filtered(
    rows: QuerySet[Incident], filters: Mapping[str, str], scope: Scope, now: datetime, motive: str = ""
) -> QuerySet[Incident]:
    """The rows of `readers.asked` that the filters ask for; what they name that does not exist filters all out."""
    asking = Asking(scope, now, motive)
    for name, value in filters.items():
        rows = rows.filter(FILTERS[name](value, asking))
    return rows


def counted(rows: QuerySet[Incident]) -> int:
    """How many rows there are, up to one more than MOST_COUNTED. One query."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def told(filters: Mapping[str, str]) -> str:
    """The filters for the access log: which words were looked for is the content of a text, and stays out of it."""
    return urlencode({name: "…" if name == "q" else value for name, value in filters.items()})


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    # Further back or ahead than the calendar reaches with an hour and a zone.
    return day if date(1900, 1, 1) <= day <= date(2200, 1, 1) else None


def midnight(day: date) -> datetime:
    """The first moment of this day in Paris."""
    return datetime.combine(day, time(), tzinfo=PARIS)
