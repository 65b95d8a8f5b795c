"""Makes a little work for the demonstration's groups, so that somebody who looks at them finds something to do."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import count
from typing import Any, Final

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from incidents.deadlines import PARIS, is_working_day
from incidents.policies import policy_in
from partnership import changes
from partnership.management.past_work import work
from partnership.models import Problem
from sectors.holders import holders_of
from sectors.models import Partner, PartnershipGroup, Sector
from sectors.scope import scope_of

# Half a side of the extent, in degrees: about a hundred metres.
_WIDE, _HIGH = 0.0013, 0.0009
_PROBLEMS: Final = (
    ("Regroupements devant l’immeuble (démonstration)", "occupations", "recurrente"),
    ("Stationnement gênant devant l’école (démonstration)", "circulation", "isolee"),
)


class Command(BaseCommand):
    help = (
        "Gives each group of the demonstration whose post is held a problem it works on, one to look at, two actions"
        " and a meeting next week, and those with a partner one that was evaluated and closed; what their concerns"
        " suggest comes with it. A group that has a problem is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demonstration (PSQ_DEMO): its groups make their own work.")
        at = timezone.now()
        groups = list(PartnershipGroup.objects.select_related("post").order_by("code"))
        holders = holders_of([group.post_id for group in groups], at)
        people = User.objects.in_bulk([each.user for each in holders.values()])
        made = 0
        for group in groups:
            holder = holders.get(group.post_id)
            sector = Sector.objects.in_force(at).filter(post=group.post_id).select_related("edition").first()
            if holder is None or sector is None or Problem.objects.filter(post=group.post_id).exists():
                continue
            referent = people[holder.user]
            with transaction.atomic():
                work(group, referent, sector, at)
                _work(group, referent, sector.area.point_on_surface, at)
            made += 1
        changes.suggest(at=at)
        if options["verbosity"]:
            self.stdout.write(f"{made} groups at work")


def _work(group: PartnershipGroup, referent: User, inside: Point, at: datetime) -> None:
    who: dict[str, Any] = {"author": referent, "scope": scope_of(referent, at), "at": at}
    west, south, east, north = inside.x - _WIDE, inside.y - _HIGH, inside.x + _WIDE, inside.y + _HIGH
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    first, _second = (
        changes.propose(
            title=title, family=family, recurrence=recurrence, polygons=[(ring,)], post=group.post.code, **who
        )
        for title, family, recurrence in _PROBLEMS
    )
    problem = changes.retain(problem=first, **who)
    day = timezone.localdate(at)
    changes.give(problem=problem, title="Passages à pied en soirée (démonstration)",
                 due_on=day + timedelta(days=14), **who)  # fmt: skip
    partner = Partner.objects.filter(memberships__group=group).order_by("code").first()
    if partner is not None:
        changes.give(problem=problem, title="Réparer la porte du hall (démonstration)", owner=partner,
                     due_on=day + timedelta(days=21), **who)  # fmt: skip
    zone = policy_in(group.territory_id).holiday_zone
    next_week = (day + timedelta(days=ahead) for ahead in count(7))
    meets_on = next(each for each in next_week if is_working_day(each, zone))
    begins = datetime.combine(meets_on, time(14, tzinfo=PARIS))
    changes.plan(group=group, begins_at=begins, ends_at=begins + timedelta(hours=2),
                 place="Salle de réunion (démonstration)", **who)  # fmt: skip
