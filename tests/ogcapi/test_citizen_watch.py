"""Citizen watch: where a protocol holds, until when it does, and how many take part, never who."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.management import CommandError
from django.db import IntegrityError
from django.test import Client

from sectors.models import CitizenWatch, Commune
from tests.ogcapi.serving import watched
from tests.ogcapi.test_service import got
from tests.ogcapi.tiles import over, read
from tests.sectors import tiny

pytestmark = pytest.mark.django_db
ITEMS = "/collections/citizen-watch/items"


def told(client: Client, **query: str) -> dict[str, dict[str, Any]]:
    return {each["id"]: each["properties"] for each in got(client, ITEMS, **query)["features"]}


def test_a_protocol_is_told_with_its_commune_and_its_days(client: Client) -> None:
    watched("05061", review_on=date(2027, 1, 15))
    [(code, found)] = told(client).items()
    assert (code, found["commune"], found["name"], found["territory"]) == ("watch-05061", "05061", "Gap", "05")
    assert (found["state"], found["signed_on"], found["review_on"]) == ("en_vigueur", "2024-05-02", "2027-01-15")
    assert set(told(client, commune="05061")) == {"watch-05061"}
    assert told(client, commune="05023") == {}
    assert told(client, bbox="6.6,44.85,6.7,44.95") == {}


def test_one_that_is_not_signed_is_nobodys_to_see(client: Client) -> None:
    watched("05061", state="en_preparation")
    watched("05023", state="clos")
    assert set(told(client)) == {"watch-05023"}
    assert client.get(f"/ogc{ITEMS}/watch-05061").status_code == 404


@pytest.mark.parametrize(("volunteers", "shown"), [(None, None), (0, None), (4, None), (5, 5), (31, 31)])
def test_fewer_volunteers_than_five_are_not_counted_in_public(
    client: Client, volunteers: int | None, shown: int | None
) -> None:
    watched("05061", volunteers=volunteers)
    assert told(client)["watch-05061"]["volunteers"] == shown
    # Nor are they found out by asking for them.
    assert client.get(f"/ogc{ITEMS}?volunteers=4").status_code == 400
    assert client.get(f"/ogc{ITEMS}?filter=volunteers<5").status_code == 400


@pytest.mark.parametrize(
    ("signed", "years", "tacit", "today", "ends"),
    [
        (date(2024, 5, 2), 3, True, "2026-11-23", "2027-05-02"),  # in its first term
        (date(2020, 5, 2), 3, True, "2026-11-23", "2029-05-02"),  # renewed twice
        (date(2020, 5, 2), 3, True, "2023-05-01", "2023-05-02"),  # the last day but one of the first
        (date(2020, 5, 2), 3, True, "2023-05-02", "2026-05-02"),  # the day it is renewed
        (date(2020, 5, 2), 3, False, "2026-11-23", "2023-05-02"),  # ended, and not renewed
        (date(2024, 2, 29), 3, True, "2026-11-23", "2027-02-28"),
        (date(2027, 1, 1), 3, True, "2026-11-23", "2030-01-01"),  # signed for later
        (None, 3, True, "2026-11-23", None),
    ],
)
def test_the_end_of_the_present_term(
    client: Client, signed: date | None, years: int, tacit: bool, today: str, ends: str | None
) -> None:
    watched("05061", signed_on=signed, years=years, tacit=tacit)
    with time_machine.travel(f"{today}T09:00:00+01:00", tick=False):
        assert told(client)["watch-05061"]["ends_on"] == ends


def test_a_perimeter_of_its_own_or_the_whole_commune(client: Client) -> None:
    watched("05023")
    square = Polygon.from_bbox((6.07, 44.55, 6.08, 44.56))
    square.srid = 4326
    watched("05061", area=MultiPolygon(square, srid=4326))
    shapes = {each["id"]: each["geometry"] for each in got(client, ITEMS)["features"]}
    assert len(shapes["watch-05061"]["coordinates"][0][0]) == 5
    assert len(shapes["watch-05023"]["coordinates"][0][0]) > 20


def test_tiles_and_files(client: Client) -> None:
    watched("05061")
    for form in ("csv", "geojson", "gpkg", "fgb"):
        answer = client.get(f"/ogc/collections/citizen-watch/citizen-watch.{form}")
        assert answer.status_code == 200
        assert answer.getvalue()
    [found] = read(client, "citizen-watch", over((6.0786, 44.5594), 10))
    assert found["properties"]["name"] == "Gap"


def test_the_database_holds_its_states() -> None:
    with pytest.raises(IntegrityError):
        watched("05061", state="unknown")


WATCH = """
[[citizen_watch]]
code = "tiny-watch"
commune = "90001"
state = "signe"
signed_on = 2025-03-01
volunteers = 7
"""


def loaded(tmp_path: Path, more: str) -> None:
    file = tiny.write(tmp_path)
    file.write_text(file.read_text() + more)
    tiny.run("load_territory", file, commit=True)


def test_a_territory_file_says_them_and_takes_them_back(tmp_path: Path) -> None:
    commune = tiny_commune(tmp_path)
    loaded(tmp_path, WATCH.replace("90001", commune))
    found = CitizenWatch.objects.get(code="tiny-watch")
    assert (found.state, found.signed_on, found.volunteers, found.years, found.area) == (
        "signe",
        date(2025, 3, 1),
        7,
        3,
        None,
    )
    loaded(tmp_path, "")
    assert not CitizenWatch.objects.filter(code="tiny-watch").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [('"signe"', '"perdu"'), ("volunteers = 7", "volunteers = -2"), ('code = "tiny-watch"', 'code = "no way"')],
)
def test_what_a_file_may_not_say(tmp_path: Path, old: str, new: str) -> None:
    commune = tiny_commune(tmp_path)
    with pytest.raises(CommandError):
        loaded(tmp_path, WATCH.replace("90001", commune).replace(old, new))
    assert not CitizenWatch.objects.exists()


def test_a_commune_of_elsewhere_and_a_perimeter_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="unknown_code"):
        loaded(tmp_path, WATCH.replace("90001", "05061"))
    commune = tiny_commune(tmp_path)
    with pytest.raises(CommandError, match="unreadable"):
        loaded(tmp_path, WATCH.replace("90001", commune) + 'perimeter = "none.geojson"\n')


def test_a_perimeter_is_read_from_its_file(tmp_path: Path) -> None:
    commune = tiny_commune(tmp_path)
    area = Commune.objects.get(code=commune).area
    text = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": %s}]}'
    (tmp_path / "watch.geojson").write_text(text % area.geojson)
    loaded(tmp_path, WATCH.replace("90001", commune) + 'perimeter = "watch.geojson"\n')
    found = CitizenWatch.objects.get(code="tiny-watch")
    assert found.area is not None
    assert found.area.equals(area)


def tiny_commune(tmp_path: Path) -> str:
    """The code of a commune of the small territory, once it is loaded."""
    loaded(tmp_path, "")
    return str(Commune.objects.filter(territory__code="tiny").order_by("code").values_list("code", flat=True)[0])
