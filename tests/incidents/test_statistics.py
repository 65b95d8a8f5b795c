"""`/api/statistics/` and its grid: months that are over, sectors and cells, and nothing of one concern."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from shapely.geometry import Point, shape

from incidents import changes
from incidents.counting import bounds, months_before
from incidents.models import Incident, Routing
from sectors.models import Partner, Territory
from sectors.scope import scope_of
from tests.factories import beside, metres
from tests.incidents.sending import GAP, PARIS, VALLEY, errors_of, reported

pytestmark = pytest.mark.django_db
SECTORS, CELLS = "/api/statistics/", "/api/statistics/grid/"
OCTOBER = datetime(2026, 10, 12, 20, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def client(settings, monday) -> Client:
    settings.THROTTLES = False
    cache.clear()
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def october(person) -> None:
    """Twelve concerns at one place of the hyper-centre of Gap, by two organisations; three elsewhere in it."""
    for at, count in ((GAP, 6), (beside(GAP, east_m=220), 1)):
        several(person, count, at)


def several(person: Any, count: int, point: tuple[float, float] = GAP, at: datetime = OCTOBER, **more: Any) -> None:
    for name in ("partner_a", "partner_b"):
        for _ in range(count):
            reported(person(name), at, point, **more)


def told(client: Client, **asked: str) -> dict[str, Any]:
    cache.clear()
    answer: dict[str, Any] = client.get(SECTORS, asked).json()
    return {each["sector"]: each["reported"] for each in answer["sectors"] if each["reported"] is not None}


def cells(client: Client, **asked: str) -> list[dict[str, Any]]:
    cache.clear()
    found: list[dict[str, Any]] = client.get(CELLS, asked).json()["features"]
    return found


def test_the_sectors_of_the_last_month(client, october):
    answer = client.get(SECTORS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Cache-Control"] == "public, max-age=3600"
    body = answer.json()
    assert (body["month"], body["hidden_under"]) == ("2026-10", 5)
    assert body["months"][:2] + body["months"][-1:] == ["2026-10", "2026-09", "2024-11"]
    row = next(each for each in body["sectors"] if each["sector"] == "gap-hyper-centre")
    assert row == {
        "territory": "05", "sector": "gap-hyper-centre", "name": "Gap – Hyper-centre", "reported": 14,
    }  # fmt: skip
    # None reported, few reported, few without those of one reporter: all alike.
    assert [each["reported"] for each in body["sectors"]].count(None) == 5


def test_the_cell_holds_the_place_and_is_200_m_wide(client, october, person):
    several(person, 3, VALLEY, category="vitesse")
    several(person, 4, beside(GAP, east_m=220))  # so that the rest of the sector is no small count
    found = cells(client)
    assert len(found) == 2
    own = next(each for each in found if each["properties"]["family"] == family_of("tapage"))
    area = shape(own["geometry"])
    assert area.contains(Point(GAP)) or area.touches(Point(GAP))
    corners = [metres(*each) for each in area.exterior.coords]
    assert max(x for x, _ in corners) - min(x for x, _ in corners) == pytest.approx(200, abs=0.05)
    assert all(min(v % 200, 200 - v % 200) < 0.05 for corner in corners for v in corner)
    assert area.exterior.is_ccw
    x, y = (int(v // 200 * 200) for v in metres(*GAP))
    assert own["properties"] == {
        "cell": f"200mN{y}E{x}", "family": family_of("tapage"), "month": "2026-10", "reported": 12,
    }  # fmt: skip
    assert own["id"] == f"200mN{y}E{x}-{family_of('tapage')}"


def family_of(code: str) -> str:
    from sectors.models import Category

    return Category.objects.get(code=code, territory__code="05").family


def test_a_few_elsewhere_in_the_sector_are_not_the_difference(client, october):
    """14 in the sector and 12 in the one cell told would be 2 in another."""
    assert told(client) == {"gap-hyper-centre": 14}
    assert cells(client) == []


def test_one_reporter_alone_is_not_told_that_there_is_another(client, person):
    for _ in range(30):
        reported(person("partner_a"), OCTOBER)
    alone = [told(client), cells(client)]
    for _ in range(4):
        reported(person("partner_b"), OCTOBER)
    assert [told(client), cells(client)] == alone == [{}, []]


@pytest.mark.parametrize(
    ("at", "month"),
    [
        ("2026-09-30T23:59:59+02:00", "2026-09"),
        ("2026-10-01T00:00:00+02:00", "2026-10"),
        ("2026-10-31T23:59:59+01:00", "2026-10"),
        ("2026-11-01T00:00:00+01:00", None),
        ("2026-11-22T12:00:00+01:00", None),
    ],
)
def test_a_month_is_one_of_paris_and_told_once_it_is_over(client, person, at, month):
    several(person, 6, at=datetime.fromisoformat(at))
    assert {each: told(client, month=each) for each in ("2026-09", "2026-10")} == {
        "2026-09": {}, "2026-10": {},
    } | ({month: {"gap-hyper-centre": 12}} if month else {})  # fmt: skip
    with time_machine.travel(datetime.fromisoformat("2026-12-01T00:00:00+01:00"), tick=False):
        assert bool(told(client, month="2026-11")) is (month is None)


def test_a_figure_never_moves(client, person, october, monday):
    """What becomes of a concern, where its pin goes and what its nature turns out to be would tell of it."""
    before = [told(client), cells(client)]
    holder = person("referent_a")
    for row in Incident.objects.all()[:4]:
        scope = scope_of(holder, monday)
        changes.move(incident=row, author=holder, scope=scope, lon=VALLEY[0], lat=VALLEY[1], reason="Ailleurs")
    Incident.objects.update(status="close")
    assert [told(client), cells(client)] == before


def test_what_lies_outside_is_in_no_figure(client, person):
    several(person, 8, PARIS)
    assert (told(client), cells(client)) == ({}, [])


def test_everybody_gets_the_same(client, client_of, october):
    several_people = ("anonymous", "partner_a", "referent_a", "director", "auditor")
    for address in (SECTORS, CELLS):
        assert len({client_of(who).get(address).content for who in several_people}) == 1


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("month=2026-11", "month", "unknown_month"),
        ("month=2024-10", "month", "unknown_month"),
        ("month=2026-13", "month", "unknown_month"),
        ("month=", "month", "unknown_month"),
        ("month=2026-10&month=2026-09", "month", "repeated_parameter"),
        ("bbox=6,44,7,45", "bbox", "unknown_parameter"),
        ("category=tapage", "category", "unknown_parameter"),
        ("sector=gap-hyper-centre", "sector", "unknown_parameter"),
        ("since=2026-10-12", "since", "unknown_parameter"),
    ],
)
@pytest.mark.parametrize("address", [SECTORS, CELLS])
def test_there_is_no_slice_to_compare_with_another(client, address, query, field, code):
    response = client.get(f"{address}?{query}")
    assert response.status_code == 400
    assert errors_of(response) == [(field, code)]


def test_one_aggregated_query_and_then_none(client, october):
    counts = []
    for address in (CELLS, CELLS, SECTORS):
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        counts.append(len(caught.captured_queries))
    # how many months are told and the counts of one; nothing; the names of the sectors and the rates of four quarters
    assert counts == [2, 0, 5]


def test_a_flood_of_questions_is_slowed(client, settings):
    settings.THROTTLES = True
    answers = [client.get(CELLS) for _ in range(70)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1


def test_the_months():
    january = datetime(2026, 1, 31, 23, 30, tzinfo=ZoneInfo("UTC"))  # February in Paris
    assert months_before(january, 24)[:3] == ["2026-01", "2025-12", "2025-11"]
    assert len(months_before(january, 24)) == 24
    start, end = bounds("2026-12")
    assert (start.isoformat(), end.isoformat()) == ("2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00")
    assert end - start == timedelta(days=31)


@pytest.mark.parametrize(("years", "last"), [(3, "2024-11"), (2, "2024-12"), (1, "2025-12")])
def test_no_month_is_told_of_which_a_concern_may_be_forgotten(client, years, last):
    """Settled on its first day, a concern of that month is forgotten once so many years are over: its figure falls."""
    Territory.objects.update(text_years=years)
    assert client.get(SECTORS).json()["months"][-1] == last
    cache.clear()
    before = f"{last[:4]}-{int(last[5:]) - 1:02}"
    assert errors_of(client.get(CELLS, {"month": before})) == [("month", "unknown_month")]


def test_two_organisations_are_two(person):
    """What the counts rest on: a person's concerns for an organisation are the organisation's."""
    row = reported(person("referent_a"), OCTOBER, partner="bus")
    assert row.partner == Partner.objects.get(code="bus")
    assert Routing.objects.get(incident=row).trigger == "report"


def test_the_cell_is_kept_as_the_concern_is_written(person):
    row = reported(person("partner_a"), OCTOBER)
    first = Routing.objects.get(incident=row)
    x, y = metres(*GAP)
    assert (first.cell_x, first.cell_y) == (x // 200, y // 200)
    by = {"author": person("partner_a"), "scope": scope_of(person("partner_a"), OCTOBER)}
    changes.move(incident=row, lon=VALLEY[0], lat=VALLEY[1], reason="Plus loin", **by)
    x, y = metres(*VALLEY)
    assert [(each.cell_x, each.cell_y) for each in Routing.objects.filter(incident=row).order_by("pk")] == [
        (first.cell_x, first.cell_y), (x // 200, y // 200),
    ]  # fmt: skip


@pytest.mark.parametrize("point", [(0.0, -90.0), (-177.0, -89.9999999), (180.0, 90.0)])
def test_a_concern_of_the_other_end_of_the_world_is_taken(person, point):
    assert reported(person("partner_a"), OCTOBER, point).outcome == "outside"


def test_older_decisions_were_given_their_cells(person):
    """As the migration does, by PostGIS: the same as those written since."""
    for point in (GAP, VALLEY, (0.0, -90.0)):
        reported(person("partner_a"), OCTOBER, point)
    kept = list(Routing.objects.order_by("pk").values_list("cell_x", "cell_y"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL psq_geo.purge = 'on'; UPDATE incidents_routing SET cell_x = NULL, cell_y = NULL")
        cursor.execute(import_module("incidents.migrations.0012_cells").FILL)
    assert list(Routing.objects.order_by("pk").values_list("cell_x", "cell_y")) == kept
    assert kept[-1] == (None, None)
