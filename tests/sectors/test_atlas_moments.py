"""The image of the map is one snapshot, and knows until when it is true."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sectors import atlas
from sectors.atlas import ground
from tests.factories import corner, land, square


def elsewhere(work: Callable[[], Any]) -> None:
    """Does it on a connection of its own, committed when this returns."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_change_between_two_statements_is_seen_by_neither_or_by_both(monkeypatch):
    made = land()
    made.sector("a", square(0, 0))
    read = ground.read

    def after_a_change(directory: Any, at: Any) -> Any:
        elsewhere(lambda: made.sector("b", square(1, 0)))
        return read(directory, at)

    monkeypatch.setattr(ground, "read", after_a_change)
    image = atlas.read(timezone.now())
    assert set(image.ground.sectors.keys) <= set(image.directory.sectors)
    # What lies there is answered, and not a fault for want of a name.
    assert image.facts(*corner(1.5, 0.5)).candidates[0].code == "a"
    monkeypatch.undo()
    assert {card.code for card in atlas.read(timezone.now()).directory.sectors.values()} >= {"a", "b"}


@pytest.mark.django_db(transaction=True)
def test_the_whole_image_is_read_in_one_snapshot_that_writes_nothing():
    land().sector("a", square(0, 0))
    with CaptureQueriesContext(connection) as caught:
        atlas.read(timezone.now())
    asked = [query["sql"] for query in caught.captured_queries if query["sql"] not in {"BEGIN", "COMMIT"}]
    assert asked[0] == "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
    assert len(asked) > 10


@pytest.mark.django_db
@pytest.mark.parametrize("bound", ["start", "end"])
def test_the_bounds_of_an_agreement_end_an_image(bound):
    """Its first moment and its last are changes of the map as those of an edition are."""
    made = land()
    made.sector("a", square(0, 0))
    made.sector("b", square(1, 0))
    now = timezone.now()
    dates: dict[str, Any] = (
        {"start": now + timedelta(hours=1)} if bound == "start" else {"end": now + timedelta(hours=1)}
    )
    made.agreement("k", "b", square(0.4, 0.4, 0.2, 0.2), **dates)
    image = atlas.read(now)
    assert image.directory.valid_until == now + timedelta(hours=1)
    point = corner(0.5, 0.5)
    agreed = [bool(each.facts(*point).agreements) for each in (image, atlas.read(now + timedelta(hours=1)))]
    assert agreed == ([False, True] if bound == "start" else [True, False])


@pytest.mark.django_db
def test_an_image_is_dropped_when_its_time_is_over(monkeypatch):
    made = land()
    made.sector("a", square(0, 0))
    made.agreement("k", "a", square(0, 0), end=timezone.now() + timedelta(seconds=0.5))
    atlas.forget()
    image = atlas.current()
    monkeypatch.setattr(timezone, "now", lambda: image.directory.valid_until)
    assert atlas.current() is not image
