"""Gives the demonstration's map a border agreement, so that somebody who looks for one finds an example."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from typing import Any, Final

import shapely
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from accounts.models import User
from sectors.changes.agreements import agree
from sectors.models import BorderAgreement, Edition, Mandate, Role, Territory
from sectors.moments import PARIS

_REACH_M: Final = 20.0
_REASON_FR: Final = "Rue partagée : un seul secteur répond des deux trottoirs (démonstration)"
_REASON_EN: Final = "A shared street: one sector answers for both pavements (demonstration)"


class Command(BaseCommand):
    help = (
        "Gives each territory of the demonstration a border agreement between two of its sectors. A territory that has"
        " one, or whose sectors do not meet, is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demonstration (PSQ_DEMO): people draw its map.")
        at, made = timezone.now(), 0
        for territory in Territory.objects.filter(is_demonstration=True).order_by("rank", "pk"):
            edition = Edition.objects.in_force(at).filter(territory=territory).first()
            mandates = Mandate.objects.in_force(at).filter(territory=territory, role=Role.ADMINISTRATOR)
            holder = mandates.select_related("user").order_by("pk").first()
            if edition is None or holder is None or territory.agreements.exists():
                continue
            made += _agree(territory, edition, holder.user, at) is not None
        if options["verbosity"]:
            self.stdout.write(f"{made} border agreements")


def _agree(territory: Territory, edition: Edition, by: User, at: datetime) -> BorderAgreement | None:
    """The agreement on the longest straight stretch that two sectors share; None where none meet."""
    found = [
        (shapely.length(piece), code, piece)
        for (_one, first), (code, second) in combinations(sorted(_areas(edition).items()), 2)
        for piece in shapely.get_parts(shapely.intersection(shapely.boundary(first), shapely.boundary(second)))
        if piece.geom_type == "LineString"
    ]
    if not found:
        return None
    _length, sector, line = max(found, key=lambda each: (each[0], each[1]))
    return agree(
        by=by, territory=territory.pk, sector=sector, line=tuple((x, y) for x, y in line.coords), reach_m=_REACH_M,
        start=at.astimezone(PARIS).date(), last=None, reason_fr=_REASON_FR, reason_en=_REASON_EN, at=at,
    )  # fmt: skip


def _areas(edition: Edition) -> dict[str, BaseGeometry]:
    return {row.code: shapely.from_wkb(bytes(row.area.wkb)) for row in edition.sectors.all()}
