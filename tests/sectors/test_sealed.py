"""The sectors that a territory's file brought, sealed by the database from the day their edition begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sectors.changes import drawing
from sectors.models import Edition
from tests.factories import land, square

pytestmark = pytest.mark.django_db


def content(edition: Edition) -> list[Any]:
    return list(edition.sectors.order_by("pk").values_list(*("pk", *drawing.KEPT)))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sectors_sector SET area = ST_Translate(area, 0.001, 0) WHERE edition_id = %s",
        "UPDATE sectors_sector SET post_id = (SELECT max(id) FROM sectors_post) WHERE edition_id = %s",
        "UPDATE sectors_sector SET priority = 1 WHERE edition_id = %s AND priority <> 1",
        "UPDATE sectors_sector SET code = code || '-x' WHERE edition_id = %s",
        "DELETE FROM sectors_sector WHERE edition_id = %s",
        "INSERT INTO sectors_sector (edition_id, code, name, kind, post_id, priority, area, source)"
        " SELECT edition_id, 'neuf', name, kind, post_id, priority, area, source FROM sectors_sector"
        " WHERE edition_id = %s LIMIT 1",
    ],
)
def test_the_database_seals_the_sectors_that_a_file_brought(change):
    loaded = Edition.objects.get(territory__code="05")
    before = content(loaded)
    with pytest.raises(IntegrityError, match="edition in force"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [loaded.pk])
    assert content(loaded) == before
    # What it is called is put right all the same: where it is and who answers stay.
    assert loaded.sectors.update(name="Autre nom", source="Une autre") == len(before)


def test_an_edition_from_a_file_is_open_until_the_day_it_begins():
    made = land()
    made.sector("a", square(0, 0))
    later = timezone.now() + timedelta(days=400)
    Edition.objects.filter(pk=made.edition.pk).update(sealed_at=later)
    assert made.edition.sectors.update(priority=3) == 1
    Edition.objects.filter(pk=made.edition.pk).update(sealed_at=timezone.now() - timedelta(days=1))
    with pytest.raises(IntegrityError, match="edition in force"), transaction.atomic():
        made.edition.sectors.update(priority=4)
