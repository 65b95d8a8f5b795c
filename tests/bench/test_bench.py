"""The bench stays able to run: its map, its databases, its judge, a short round for real. No speed is asserted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
import shapely
from django.db import connection
from django.urls import resolve

from frontend import filters
from tests.bench import data, report
from tests.bench.databases import REPORTER, connect, store_sectors, token_of
from tests.bench.load import Questions, Rate, load
from tests.bench.measures import Comparison, Figure, Findings, take_turns
from tests.bench.servers import product
from tests.bench.stage import Disagreement, Stage, covering_sector, same
from tests.bench.suites import desk
from tests.bench.suites.bare import bare
from tests.bench.suites.batch import answers, post

BOX = (5.0, 44.0, 7.0, 45.0)


def test_the_generated_sectors_cover_their_box_without_gap_or_overlap() -> None:
    areas = data.sectors(300, BOX)
    assert len(areas) == 300
    assert shapely.is_valid(areas).all()
    assert shapely.coverage_is_valid(areas)
    assert shapely.coverage_union_all(areas).covers(shapely.box(*BOX).buffer(-0.15))
    assert np.median(shapely.get_num_coordinates(areas)) == pytest.approx(55, abs=4)


def test_the_same_sectors_and_points_come_out_of_every_run() -> None:
    first, second = data.sectors(100, BOX), data.sectors(100, BOX)
    assert shapely.to_wkb(first).tolist() == shapely.to_wkb(second).tolist()
    assert data.mixed_points(first, first, 50).tolist() == data.mixed_points(second, second, 50).tolist()


def test_the_points_of_borders_lie_on_them_and_beside() -> None:
    areas = data.sectors(100, BOX)
    points = data.edge_points(areas, 90)
    away = shapely.distance(shapely.multilinestrings(shapely.boundary(areas)), shapely.points(points)[:, None]).min(
        axis=1
    )
    assert away.max() < 2e-8
    assert (away[0::3] == 0).all()
    assert (away[2::3] > 0).any()


@pytest.mark.django_db
def test_the_generated_sectors_can_be_put_in_force() -> None:
    areas = data.sectors(120, BOX)
    with connection.cursor() as cursor:
        store_sectors(cursor, areas)
        cursor.execute(
            "SELECT count(*), count(DISTINCT post_id), bool_and(edition.validity @> now())"
            " FROM sectors_sector JOIN sectors_edition AS edition ON edition.id = edition_id"
        )
        assert cursor.fetchone() == (120, 120, True)


def test_a_ratio_is_the_median_of_its_rounds() -> None:
    def figure(*rates: float) -> Figure:
        return Figure("x", "points/s", [Rate(each, 1.0, 2.0, 1) for each in rates])

    # The second round was slow for both; the first alone would say 3.
    found = Comparison("ours / theirs", figure(30, 8, 20), figure(10, 4, 10), at_least=2.0)
    assert found.ratio == 2.0
    assert found.met
    assert Comparison("ours / theirs", figure(30), figure(10), at_most=2.0).met is False
    findings = Findings(comparisons=[found])
    assert "| ours / theirs | 2.00 | at least 2 | yes |" in report.summary(findings)


def test_a_run_of_one_suite_leaves_the_others_parts_as_they_were(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    report.write({"b": "two\n", "a": "one\n"}, "abc", page)
    assert list(report.parts_of(page.read_text())) == ["a", "b"]
    report.write({"b": "three\n"}, "abc", page)
    assert report.parts_of(page.read_text()) == {"a": "one\n", "b": "three\n"}


def test_an_answer_that_is_not_postgis_is_a_finding() -> None:
    points = np.array([[6.0, 44.5], [6.1, 44.6]])
    same("the same", points, ["a", None], ["a", None])
    with pytest.raises(Disagreement, match=r"1 of 2 points differ: \[6\.1, 44\.6\]: 'b', not None"):
        same("a server", points, ["a", "b"], ["a", None])
    assert covering_sector("nearest", "a") is None


@pytest.fixture
def stage(django_db_setup: None, tmp_path: Path) -> Iterator[Stage]:
    """On the test database, whose embedded territory other processes see too; the token made in it is taken away."""
    name = str(connection.settings_dict["NAME"])
    yield Stage({6: name}, tmp_path, 6, rounds=1, seconds=0.1)
    with closing(connect(name)) as own, own.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_apitoken")


def test_a_round_of_the_batch_for_real(stage: Stage) -> None:
    points = stage.points(6, 500)
    token = token_of(stage.databases[6], REPORTER)
    with product(stage.databases[6]) as server:
        given = [covering_sector(each["outcome"], each["sector"]) for each in answers(server.port, points, token)]
        same("the batch", points, given, stage.judge(6, points))
        assert len(set(given)) == 7
        rates = take_turns(
            {
                "ours": lambda: post(server.port, points, token, seconds=0.1),
                "theirs": lambda: bare(stage.sectors(6), points, seconds=0.1),
            },
            stage.rounds,
        )
        if shutil.which("wrk"):
            paths = [f"/api/locate/?lon={lon}&lat={lat}" for lon, lat in points[:20].tolist()]
            found = load(server.address, Questions(paths), stage.folder, seconds=1)
            assert found.requests > 0
            with pytest.raises(RuntimeError, match="failed under load"):
                load(server.address, Questions(["/api/locate/?lon=x&lat=y"]), stage.folder, seconds=1)
    assert all(rate.a_second > 0 for found in rates.values() for rate in found)
    assert server.process is None


def test_load_goes_to_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="this machine only"):
        load("http://192.0.2.1:80", Questions(["/"]), tmp_path, seconds=1)


@pytest.mark.django_db
def test_every_page_of_the_desk_that_is_measured_is_served() -> None:
    """The addresses of the suite are the product's own: a filter that is renamed is measured no more."""
    for path in desk.PAGES.values():
        address, _, query = path.partition("?")
        assert resolve(address)
        assert set(parse_qs(query)) <= set(filters.FILTERS)
    asked = {name for path in desk.PAGES.values() for name in parse_qs(path.partition("?")[2])}
    assert asked == set(filters.FILTERS)
