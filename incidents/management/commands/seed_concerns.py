"""Reports the demonstration's concerns, as its partners would have in the last weeks, so that no desk is empty."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import Any, Final

from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Point
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from incidents.changes import change_status, rate, remark, report, take
from incidents.changes.escalating import pass_over
from incidents.deadlines import PARIS
from incidents.models import Incident, ReceivedVia
from incidents.models.satisfaction import Settled
from incidents.workflow import Status
from sectors.holders import holders_of
from sectors.models import Mandate, Role, Sector, Territory
from sectors.scope import scope_of

_DEGREE_M: Final = 111_320.0
_TAKE, _ASK, _REPLY, _ANSWER, _CLOSE, _RATE = "take", "ask", "reply", "answer", "close", "rate"


@dataclass(frozen=True, slots=True)
class _Story:
    """One concern of each sector: so many days ago, metres east and north of its middle, and what became of it.

    steps: (what, how many days after the report, what was said).
    """

    days_ago: int
    hour: int
    category: str
    text: str
    east: int
    north: int
    steps: tuple[tuple[str, int, str], ...] = ()


_ANSWERED: Final = "Des passages ont été ajoutés aux heures que vous indiquez."
# What comes back at one place in each sector: the group is suggested it as a problem.
_AGAIN: Final = "tapage"
_STORIES: Final = (
    _Story(46, 22, _AGAIN, "Musique et cris sous les fenêtres, jusqu’à une heure du matin.", 0, 0,
           ((_TAKE, 2, ""), (_ANSWER, 12, _ANSWERED), (_CLOSE, 20, ""), (_RATE, 21, ""))),
    _Story(39, 8, "depot_sauvage", "Gravats et meubles au bord du chemin, derrière les garages.", 150, 90,
           ((_TAKE, 1, ""), (_ANSWER, 9, "Les services de la commune ont enlevé le dépôt."), (_CLOSE, 15, ""))),
    _Story(33, 23, _AGAIN, "Bruit toute la soirée, vitres ouvertes et voitures à l’arrêt.", 25, -20,
           ((_TAKE, 3, ""), (_ANSWER, 18, _ANSWERED))),
    _Story(36, 18, "eclairage", "Lampadaire éteint devant l’entrée, le passage est sombre le soir.", 60, -130,
           ((_TAKE, 1, ""),)),
    _Story(27, 17, "vitesse", "Voitures trop rapides à la sortie des classes, malgré le dos-d’âne.", -140, 60,
           ((_TAKE, 2, ""), (_ASK, 3, "À quelles heures est-ce le plus fréquent ?"),
            (_REPLY, 5, "Surtout entre 16 h 30 et 17 h, du lundi au vendredi."))),
    _Story(19, 22, _AGAIN, "Encore du bruit ce week-end, les locataires ne dorment plus.", -15, 30,
           ((_TAKE, 4, ""),)),
    _Story(12, 21, _AGAIN, "Musique forte dans le hall, samedi jusqu’à minuit.", 30, 15),
    _Story(4, 23, _AGAIN, "Vingt personnes dehors, enceinte portative, deux soirs de suite.", -10, -25),
    _Story(1, 9, "stationnement", "Voitures sur le trottoir : les poussettes passent sur la chaussée.", 110, -60),
)  # fmt: skip


class Command(BaseCommand):
    help = (
        "Reports some concerns in each sector of the demonstration, of the last seven weeks, some taken in charge, some"
        " answered. A territory that has a concern is left as it is. What was due meanwhile counts as told."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demonstration (PSQ_DEMO): nothing is made up here.")
        now, made = timezone.now(), 0
        for territory in Territory.objects.filter(is_demonstration=True).order_by("rank", "pk"):
            if not Incident.objects.filter(territory=territory).exists():
                made += _report_in(territory, now)
        if options["verbosity"]:
            self.stdout.write(f"{made} concerns")


@transaction.atomic
def _report_in(territory: Territory, now: datetime) -> int:
    """How many concerns the territory's partners report, by turns, in each of its sectors whose post is held."""
    mandates = Mandate.objects.in_force(now).filter(
        role=Role.PARTNER, partner__territory=territory, user__is_active=True
    )
    reporters = cycle(mandates.select_related("user").order_by("partner__code", "pk"))
    sectors = list(
        Sector.objects.in_force(now).filter(edition__territory=territory).select_related("edition").order_by("code")
    )
    if not sectors or not mandates.exists():
        return 0
    holders = holders_of([sector.post_id for sector in sectors], now)
    people = User.objects.in_bulk([each.user for each in holders.values()])
    desks = {post: people[each.user] for post, each in holders.items()}
    made, today = 0, timezone.localdate(now)
    for number, sector in enumerate(sectors):
        for story in _told_in(number):
            begun = datetime.combine(
                today - timedelta(days=story.days_ago + number % 4), time(story.hour, tzinfo=PARIS)
            )
            # Before its sectors were in force nobody could have been asked.
            if begun >= sector.edition.validity.lower:
                _tell(story, _place(sector.area, story), begun, next(reporters), desks, now)
                made += 1
    pass_over(at=now)
    return made


def _told_in(number: int) -> Iterator[_Story]:
    """The stories of the sector with this number: its neighbours have others, but each has the one that comes back."""
    for place, story in enumerate(_STORIES):
        if story.category == _AGAIN or (place + number) % 3:
            yield story


def _tell(
    story: _Story, place: Point, begun: datetime, mandate: Mandate, desks: dict[int, User], now: datetime
) -> None:
    """The concern reported, and every step of it that has come, where somebody holds the post it went to."""
    reporter = mandate.user
    incident = report(
        author=reporter, partner=mandate.partner_id, home=scope_of(reporter, now).home, lon=place.x, lat=place.y,
        category=story.category, description=f"{story.text} (démonstration)", received_via=ReceivedVia.WEB,
        accuracy_m=15.0, at=begun,
    )  # fmt: skip
    for what, days, said in story.steps:
        at = begun + timedelta(days=days)
        who = reporter if what in (_REPLY, _RATE) else desks.get(incident.post_id)
        if who is None or at >= now:
            break
        _step(what, said, {"incident": incident, "author": who, "scope": scope_of(who, now), "at": at})


def _step(what: str, said: str, of: dict[str, Any]) -> None:
    if what == _TAKE:
        take(**of)
    elif what in (_ASK, _REPLY):
        remark(text=said, **of)
    elif what == _ANSWER:
        change_status(to=Status.REPONDUE, answer=said, **of)
    elif what == _CLOSE:
        change_status(to=Status.CLOSE, **of)
    else:
        rate(answer=Settled.YES, **of)


def _place(area: MultiPolygon, story: _Story) -> Point:
    """So far from the middle of the sector, or in its middle, where that would lie outside."""
    middle = area.point_on_surface
    place = Point(
        middle.x + story.east / (_DEGREE_M * math.cos(math.radians(middle.y))),
        middle.y + story.north / _DEGREE_M,
        srid=middle.srid,
    )
    return place if area.contains(place) else middle
