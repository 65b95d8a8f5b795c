"""Concerns that are made up for the demonstration, told by the product's own verbs on the days on which they were."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.contrib.gis.geos import MultiPolygon, Point

from accounts.models import User
from incidents.changes import change_status, rate, remark, report, take
from incidents.deadlines import PARIS
from incidents.models import Incident, ReceivedVia
from incidents.models.satisfaction import Settled
from incidents.workflow import Status
from sectors.models import Mandate
from sectors.scope import scope_of

TAKE, ASK, REPLY, ANSWER, CLOSE, RATE = "take", "ask", "reply", "answer", "close", "rate"
# What each invented text says of itself.
MADE_UP: Final = "(démonstration)"
_DEGREE_M: Final = 111_320.0


@dataclass(frozen=True, slots=True)
class Story:
    """One concern: so many days ago, metres east and north of a place, and what became of it.

    steps: (what, how many days after the report, what was said).
    """

    days_ago: int
    hour: int
    category: str
    text: str
    east: int
    north: int
    steps: tuple[tuple[str, int, str], ...] = ()


def days_before(now: datetime, days: int, hour: int) -> datetime:
    """This hour in Paris, so many days before the day of this moment."""
    return datetime.combine(now.astimezone(PARIS).date() - timedelta(days=days), time(hour, tzinfo=PARIS))


def tell(
    story: Story, place: Point, begun: datetime, mandate: Mandate, desks: dict[int, User], now: datetime
) -> Incident:
    """The concern reported, and every step of it that has come, where somebody holds the post it went to."""
    reporter = mandate.user
    incident = report(
        author=reporter, partner=mandate.partner_id, home=scope_of(reporter, now).home, lon=place.x, lat=place.y,
        category=story.category, description=f"{story.text} {MADE_UP}", received_via=ReceivedVia.WEB,
        accuracy_m=15.0, at=begun,
    )  # fmt: skip
    for what, days, said in story.steps:
        at = begun + timedelta(days=days)
        who = reporter if what in (REPLY, RATE) else desks.get(incident.post_id)
        if who is None or at >= now:
            break
        _step(what, said, {"incident": incident, "author": who, "scope": scope_of(who, now), "at": at})
    return incident


def _step(what: str, said: str, of: dict[str, Any]) -> None:
    if what == TAKE:
        take(**of)
    elif what in (ASK, REPLY):
        remark(text=said, **of)
    elif what == ANSWER:
        change_status(to=Status.REPONDUE, answer=said, **of)
    elif what == CLOSE:
        change_status(to=Status.CLOSE, **of)
    else:
        rate(answer=Settled.YES, **of)


def beside(middle: Point, area: MultiPolygon, east: int, north: int) -> Point:
    """So many metres from there, or there, where that would lie outside of the area."""
    place = Point(
        middle.x + east / (_DEGREE_M * math.cos(math.radians(middle.y))), middle.y + north / _DEGREE_M, srid=middle.srid
    )
    return place if area.contains(place) else middle
