"""Who would take which points under a draft: it comes into force in a transaction that is undone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from sectors import atlas
from sectors.alone import alone
from sectors.atlas.directory import Directory, answered
from sectors.bulk import Answers, settle
from sectors.bulk.places import Floats
from sectors.changed_ground import CHANGED, REACH
from sectors.holders import holders_of
from sectors.models import Edition, EditionState
from sectors.routing import choose
from sectors.survey import survey

MOST_POINTS: Final = 10_000
# Whoever asks holds one of a few threads of the web server: none of them for longer, and one in each process.
MOST_SECONDS: Final = 8.0
_ONE: Final = threading.BoundedSemaphore(1)
_STATEMENT: Final = 500
_NEAR: Final = f"""
WITH {CHANGED}
SELECT n FROM (SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS place
               FROM unnest(%(lon)s::float8[], %(lat)s::float8[]) WITH ORDINALITY AS given(lon, lat, n)) AS given
WHERE EXISTS (SELECT FROM changed WHERE ST_DWithin(piece, place, {REACH.format(metres=0)}))
ORDER BY n
"""  # noqa: S608 - constants of ours alone

Place = tuple[str, str]


class TrialError(Exception):
    """Nothing was tried: `code` is busy (another trial runs here) or too_slow."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fate:
    """Who takes a point: codes of sector ("" for none) and post, today and under the draft."""

    sector_today: str
    post_today: str
    sector_then: str
    post_then: str

    @property
    def moves(self) -> bool:
        """Whether another sector or another post takes it."""
        return (self.sector_today, self.post_today) != (self.sector_then, self.post_then)


def what_if(draft: Edition, lon: Floats, lat: Floats, *, at: datetime) -> tuple[Answers, Answers]:
    """The answers for these points (EPSG:4326) at this moment, as they are and as they would be under the draft.

    Both are given by what answers every report: nothing of the rules is said here a second time. Nothing is written.
    For a process of its own: meanwhile the map in the memory of this one may be that of the draft. Raises ValueError
    where the edition has dates already, or was given up: of its own moment the map itself can be asked.
    """
    try:
        with transaction.atomic():
            today = settle(atlas.read(at), lon, lat)
            with _as_if_in_force(draft, at):
                under = settle(atlas.read(at), lon, lat)
    finally:
        # What was read of the draft is no map of anybody.
        atlas.forget()
    return today, under


def tried(draft: Edition, lon: Floats, lat: Floats, *, at: datetime) -> list[Fate]:
    """The same, quickly, for whoever serves others meanwhile: what nothing changes near is answered as today.

    The image of the map in memory stays that of everybody. Raises TrialError, and ValueError as `what_if`.
    """
    if not _ONE.acquire(blocking=False):
        raise TrialError("busy")
    try:
        end = time.monotonic() + MOST_SECONDS
        image = atlas.current()
        today = [(each.sector or "", each.post) for each in settle(image, lon, lat)]
        with _as_if_in_force(draft, at):
            then = _near(draft, lon, lat, at, image.directory, end)
    finally:
        _ONE.release()
    return [Fate(*place, *then.get(n, place)) for n, place in enumerate(today)]


@contextmanager
def _as_if_in_force(draft: Edition, at: datetime) -> Iterator[None]:
    """Within it, the database answers as if the draft were in force at this moment; after it, nothing has changed."""
    if draft.state in {EditionState.DATED, EditionState.ABANDONED}:
        raise ValueError("the edition has dates")
    with transaction.atomic():
        others = Edition.objects.filter(territory=draft.territory_id, validity__isnull=False)
        for before in others.filter(validity__contains=at):
            others.filter(pk=before.pk).update(validity=DateTimeTZRange(before.validity.lower, at, "[)"))
        later = others.filter(validity__startswith__gt=at).order_by("validity").first()
        until = later.validity.lower if later else None
        Edition.objects.filter(pk=draft.pk).update(validity=DateTimeTZRange(at, until, "[)"))
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _near(draft: Edition, lon: Floats, lat: Floats, at: datetime, directory: Directory, end: float) -> dict[int, Place]:
    """Who takes the points that lie within reach of what the draft changes, by their numbers."""
    ended = Edition.objects.filter(territory=draft.territory_id, validity__endswith=at).exclude(pk=draft.pk)
    was = ended.values_list("pk", flat=True).first()
    facts = {
        "was": was or 0, "will": draft.pk, "before": at, "at": at, "tolerance": draft.territory.tolerance_m,
        "lon": lon.tolist(), "lat": lat.tolist(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, facts)
        near = np.array([n - 1 for (n,) in cursor.fetchall()], dtype=np.int64)
    if not len(near):
        return {}
    found = alone(lon[near], lat[near], at)
    plain = found.index >= 0
    held = holders_of({int(post) for post in found.posts}, at)
    rest = near[~plain].tolist()
    then = {
        n: (found.codes[place], _answering(directory, int(found.posts[place]), held=int(found.posts[place]) in held))
        for n, place in zip(near[plain].tolist(), found.index[plain].tolist(), strict=True)
    }
    for first in range(0, len(rest), _STATEMENT):
        if time.monotonic() > end:
            raise TrialError("too_slow")
        some = rest[first : first + _STATEMENT]
        for n, surveyed in zip(some, survey([(float(lon[n]), float(lat[n])) for n in some], at), strict=True):
            decision = answered(directory, chosen := choose(surveyed.facts), held=chosen.post in surveyed.holders)
            then[n] = (decision.sector.code if decision.sector else "", directory.posts[decision.post].code)
    return then


def _answering(directory: Directory, post: int, *, held: bool) -> str:
    """The code of the post, or of the desk in its place where nobody holds it."""
    desk = None if held else directory.desk_in_place_of(post)
    return directory.posts[post if desk is None else desk].code
