"""The territory in memory, at most one second old: what `/api/locate/` and the batches answer from.

PostGIS stays the judge: a report is decided by `survey`, and a test holds the two to the same answer on 100,000 points.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from sectors.atlas import directory as directories
from sectors.atlas import ground as grounds
from sectors.atlas.directory import Directory
from sectors.atlas.ground import Ground, point_at
from sectors.models import MapVersion
from sectors.routing import CategoryFact, Decision, Facts
from sectors.survey import NoTerritory

OLDEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Atlas:
    """One image of the map: names (`directory`) and areas (`ground`)."""

    version: int
    directory: Directory
    ground: Ground
    # What `bulk` has decided and drawn for this image, kept as long as it is.
    drawn: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def facts(
        self,
        lon: float,
        lat: float,
        *,
        accuracy_m: float | None = None,
        category: str | None = None,
        home: int | None = None,
    ) -> Facts:
        """What lies around the point now, as `survey.survey` would say. Raises NoTerritory."""
        point = point_at(lon, lat)
        candidates = self.ground.candidates(point, accuracy_m) if point else []
        territory, post = self.triage(home)
        return Facts(
            candidates=candidates,
            commune=self.ground.commune(point) if point else None,
            agreements=self.ground.agreed(point, candidates) if point else (),
            rules=self.rules(category),
            tolerance_m=self.directory.tolerance_m,
            triage_territory=territory,
            triage_post=post,
            accuracy_m=accuracy_m,
        )

    def rules(self, category: str | None) -> Sequence[CategoryFact]:
        """The category rules of this category."""
        return self.ground.rules.get(category, ()) if category else ()

    def triage(self, home: int | None) -> tuple[int, int]:
        """Territory and post that take what is outside: the reporter's own, else the installation's first."""
        cards = self.directory.territories
        own = cards.get(home) if home is not None else None
        for card in [own, *cards.values()] if own is not None else cards.values():
            if card.triage_post_id is not None:
                return card.id, card.triage_post_id
        raise NoTerritory


class _Current:
    """The image of this process, renewed when the map's version or a date bound has passed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.atlas: Atlas | None = None
        self.checked = -OLDEST_S

    def get(self) -> Atlas:
        atlas = self.atlas
        if atlas is not None and time.monotonic() - self.checked < OLDEST_S and _still_true(atlas):
            return atlas
        with self.lock:
            if self.atlas is None or time.monotonic() - self.checked >= OLDEST_S or not _still_true(self.atlas):
                self._renew()
            assert self.atlas is not None  # noqa: S101 - _renew sets it or raises
            return self.atlas

    def _renew(self) -> None:
        asked = time.monotonic()
        # The version is read before the data: a change in between is seen again a second later, never lost.
        version = MapVersion.objects.values_list("number", flat=True).first() or 0
        if self.atlas is None or self.atlas.version != version or not _still_true(self.atlas):
            self.atlas = read(timezone.now(), version)
        self.checked = asked


def _still_true(atlas: Atlas) -> bool:
    now, until = timezone.now(), atlas.directory.valid_until
    # A clock set back may lie before a change that the image has already seen.
    return atlas.directory.at <= now and (until is None or now < until)


def read(at: datetime, version: int = 0) -> Atlas:
    """The image of the map at this moment."""
    # One snapshot: a load committed between two statements would leave areas without names.
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        directory = directories.read(at)
        return Atlas(version, directory, grounds.read(directory, at))


def names_for(answers: Sequence[tuple[Facts, Decision]], at: datetime) -> Directory:
    """The names of all that PostGIS spoke of: from memory if it knows them, else read; a key never changes its meaning.

    PostGIS sees what was committed a moment ago, and memory may be a second old.
    """
    directory = current().directory
    known = all(
        decision.post in directory.posts
        and (decision.unit is None or decision.unit in directory.units)
        and (facts.commune is None or facts.commune.commune in directory.communes)
        and all(each.sector in directory.sectors for each in facts.candidates)
        for facts, decision in answers
    )
    if known:
        return directory
    return directories.read(at, only_sectors={each.sector for facts, _ in answers for each in facts.candidates})


_current = _Current()


def current() -> Atlas:
    """The image of now, at most one second behind PostGIS."""
    return _current.get()


def forget(*, but_version: int | None = None) -> None:
    """Drops the image: the next question reads the map anew. One of `but_version` is kept, and checked again."""
    if _current.atlas is not None and _current.atlas.version != but_version:
        _current.atlas = None
    _current.checked = -OLDEST_S
