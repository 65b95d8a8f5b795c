"""The bare rate: shapely's search tree asked for the same points, in this process, with nothing around it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import numpy as np
import shapely

from tests.bench.data import Floats, Geometries
from tests.bench.load import Rate


def bare(areas: Geometries, points: Floats, *, seconds: float) -> Rate:
    """Points a second: numbers to geometries, one query with the predicate, an area a point. The tree stands before."""
    tree = shapely.STRtree(areas)

    def once() -> None:
        found = np.full(len(points), -1)
        point, area = tree.query(shapely.points(points), predicate="intersects")
        found[point] = area

    # What this process holds besides is nothing that a bare script would have to walk through.
    gc.collect()
    gc.freeze()
    try:
        return timed(once, len(points), seconds=seconds)
    finally:
        gc.unfreeze()


def timed(once: Callable[[], object], count: int, *, seconds: float) -> Rate:
    """The rate of something that treats `count` points, done again until the time is over, once at least."""
    took: list[float] = []
    while sum(took) < seconds:
        began = time.perf_counter()
        once()
        took.append(time.perf_counter() - began)
    middle = float(np.median(took))
    return Rate(count / middle, 1000 * middle, 1000 * max(took), len(took))
