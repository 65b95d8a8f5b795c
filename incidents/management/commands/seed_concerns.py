"""Reports the demonstration's concerns, as its partners would have in the last weeks, so that no desk is empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import cycle
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from incidents.changes.escalating import pass_over
from incidents.management.stories import ANSWER, ASK, CLOSE, RATE, REPLY, TAKE, Story, beside, days_before, tell
from incidents.models import Incident
from sectors.holders import holders_of
from sectors.models import Mandate, Role, Sector, Territory

_ANSWERED: Final = "Des passages ont été ajoutés aux heures que vous indiquez."
# What comes back at one place in each sector: the group is suggested it as a problem.
_AGAIN: Final = "tapage"
_STORIES: Final = (
    Story(46, 22, _AGAIN, "Musique et cris sous les fenêtres, jusqu’à une heure du matin.", 0, 0,
          ((TAKE, 2, ""), (ANSWER, 12, _ANSWERED), (CLOSE, 20, ""), (RATE, 21, ""))),
    Story(39, 8, "depot_sauvage", "Gravats et meubles au bord du chemin, derrière les garages.", 150, 90,
          ((TAKE, 1, ""), (ANSWER, 9, "Les services de la commune ont enlevé le dépôt."), (CLOSE, 15, ""))),
    Story(33, 23, _AGAIN, "Bruit toute la soirée, vitres ouvertes et voitures à l’arrêt.", 25, -20,
          ((TAKE, 3, ""), (ANSWER, 18, _ANSWERED))),
    Story(36, 18, "eclairage", "Lampadaire éteint devant l’entrée, le passage est sombre le soir.", 60, -130,
          ((TAKE, 1, ""),)),
    Story(27, 17, "vitesse", "Voitures trop rapides à la sortie des classes, malgré le dos-d’âne.", -140, 60,
          ((TAKE, 2, ""), (ASK, 3, "À quelles heures est-ce le plus fréquent ?"),
           (REPLY, 5, "Surtout entre 16 h 30 et 17 h, du lundi au vendredi."))),
    Story(19, 22, _AGAIN, "Encore du bruit ce week-end, les locataires ne dorment plus.", -15, 30,
          ((TAKE, 4, ""),)),
    Story(12, 21, _AGAIN, "Musique forte dans le hall, samedi jusqu’à minuit.", 30, 15),
    Story(4, 23, _AGAIN, "Vingt personnes dehors, enceinte portative, deux soirs de suite.", -10, -25),
    Story(1, 9, "stationnement", "Voitures sur le trottoir : les poussettes passent sur la chaussée.", 110, -60),
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
    made = 0
    for number, sector in enumerate(sectors):
        for story in _told_in(number):
            begun = days_before(now, story.days_ago + number % 4, story.hour)
            # Before its sectors were in force nobody could have been asked.
            if begun >= sector.edition.validity.lower:
                place = beside(sector.area.point_on_surface, sector.area, story.east, story.north)
                tell(story, place, begun, next(reporters), desks, now)
                made += 1
    pass_over(at=now)
    return made


def _told_in(number: int) -> Iterator[Story]:
    """The stories of the sector with this number: its neighbours have others, but each has the one that comes back."""
    for place, story in enumerate(_STORIES):
        if story.category == _AGAIN or (place + number) % 3:
            yield story
