"""What the database itself refuses, whoever writes: raw SQL, no form, no reader."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from sectors.models import Edition, Mandate, Sector
from tests.factories import Land, land, person, since, square

pytestmark = pytest.mark.django_db
CELL = "((-2 48, -1 48, -1 49, -2 49, -2 48))"


def refused(sql: str, parameters: list[str] | None = None, error: type[DatabaseError] = DatabaseError) -> str:
    """The statement fails, and nothing else is harmed; the server's first line."""
    with pytest.raises(error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    return str(caught.value).splitlines()[0]


@pytest.fixture
def made(db) -> Land:
    drawn = land()
    drawn.sector("a", square(0, 0))
    # Those of the embedded territory are sealed, which is told before what is wrong with an area.
    Edition.objects.update(sealed_at=None)
    return drawn


@pytest.mark.parametrize(
    "wkt",
    [
        "MULTIPOLYGON(((0 0, Infinity 0, 1 1, 0 0)))",
        "MULTIPOLYGON(((0 0, NaN 0, 1 1, 0 0)))",
        "MULTIPOLYGON(((0 48, 1e308 48, 1 49, 0 48)))",
        "MULTIPOLYGON(((0 48, 181 48, 1 49, 0 48)))",
        "MULTIPOLYGON(((0 48, 40.1 48, 1 49, 0 48)))",  # outside where metres are metres
        "MULTIPOLYGON(((0 19, 1 48, 1 49, 0 19)))",
        "MULTIPOLYGON EMPTY",
        "MULTIPOLYGON(((0 48, 1 49, 1 48, 0 49, 0 48)))",  # a bow tie
        "MULTIPOLYGON(((0 48, 1 48, 0 48, 0 48)))",  # no surface
        f"MULTIPOLYGON({CELL}, {CELL})",  # the same twice
        "MULTIPOLYGON(((0 48, 1 48, 1 49, 0 48), (5 48, 6 48, 6 49, 5 48)))",  # a hole outside
        "POLYGON((0 48, 1 48, 1 49, 0 48))",
        "POINT(0 48)",
    ],
)
def test_an_area_that_is_none(made: Land, wkt):
    for table in ("sectors_sector", "sectors_commune"):
        refused(f"UPDATE {table} SET area = ST_GeomFromText(%s, 4326)", [wkt])


def test_an_area_in_another_reference_system(made: Land):
    refused("UPDATE sectors_sector SET area = ST_SetSRID(area, 2154)")


def test_an_area_of_too_many_positions(made: Land):
    message = refused(
        "UPDATE sectors_sector SET area = ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(0, 48), 4326), 0.1, 50001))",
        error=IntegrityError,
    )
    assert "sector_area_filled" in message


def test_a_sound_area_is_taken(made: Land):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sectors_sector SET area = ST_GeomFromText(%s, 4326) WHERE code = 'a'", [f"MULTIPOLYGON({CELL})"]
        )
        cursor.execute("SELECT ST_SRID(area_m), ST_Area(area_m) FROM sectors_sector WHERE code = 'a'")
        srid, square_metres = cursor.fetchone()
    assert srid == 2154
    assert square_metres == pytest.approx(8.2e9, rel=0.02)  # one degree by one, at 48.5 north


@pytest.mark.parametrize(
    "wkt", ["POINT(Infinity 48)", "POINT(NaN 48)", "POINT(1e308 48)", "LINESTRING(0 48, 90 48)", "POINT EMPTY"]
)
def test_a_place_agreed_on_that_is_none(made: Land, wkt):
    made.agreement("k", "a", square(0, 0))
    refused("UPDATE sectors_borderagreement SET location = ST_GeomFromText(%s, 4326)", [wkt])


@pytest.mark.parametrize(
    "assignment",
    ["reach_m = -1", "reach_m = 200.1", "reach_m = 'NaN'", "reach_m = 'Infinity'", "validity = 'empty'"],
)
def test_an_agreement_s_limits(made: Land, assignment):
    made.agreement("k", "a", square(0, 0))
    refused(f"UPDATE sectors_borderagreement SET {assignment}", error=IntegrityError)


@pytest.mark.parametrize("tolerance", ["0", "-1", "500.1", "'NaN'", "'Infinity'"])
def test_a_tolerance_that_is_none(made: Land, tolerance):
    refused(f"UPDATE sectors_territory SET tolerance_m = {tolerance}", error=IntegrityError)


def test_two_editions_in_force_at_once(made: Land):
    now = timezone.now()
    made.edition.validity = since(end=now)
    made.edition.save()

    def second(start, end=None) -> None:
        with transaction.atomic():
            Edition.objects.create(territory=made.territory, code="second", validity=since(start, end))
            transaction.set_rollback(True)

    second(now)  # one ends where the other begins: [from, to)
    for start, end in [
        (now - timedelta(microseconds=1), None),
        (since().lower, now),
        (since().lower - timedelta(9), None),
    ]:
        with pytest.raises(IntegrityError, match="edition_one_in_force"):
            second(start, end)
    assert land("pays").edition.validity == since()  # another territory's own affair
    Edition.objects.create(territory=made.territory, code="draft", validity=None)
    Edition.objects.create(territory=made.territory, code="draft-2", validity=None)
    refused("UPDATE sectors_edition SET validity = 'empty'", error=IntegrityError)


def test_one_holder_and_one_stand_in_at_once(made: Land):
    one, other = person("one@bzh.example"), person("other@bzh.example")
    made.held("a", one)
    made.held("a", other, stand_in=True)
    for stand_in in (False, True):
        with pytest.raises(IntegrityError, match="holding_one_at_once"), transaction.atomic():
            made.held("a", other, stand_in=stand_in)


def test_one_competence_at_once(made: Land):
    commune = made.commune("22001", square(0, 0))
    with pytest.raises(IntegrityError, match="competence_one_at_once"), transaction.atomic():
        commune.competences.create(force="GN", unit=made.unit, post=made.post("x"), validity=since(timezone.now()))


@pytest.mark.parametrize(
    ("role", "places"),
    [
        ("partner", ()),
        ("partner", ("territory",)),
        ("partner", ("partner", "commune")),
        ("mayor", ("partner",)),
        ("mayor", ("commune", "territory")),
        ("director", ("commune",)),
        ("auditor", ()),
        ("emperor", ("territory",)),
    ],
)
def test_a_mandate_covers_exactly_one_place_of_its_kind(made: Land, role, places):
    rows = {
        "partner": made.territory.partners.create(code="p", name="P", kind="autre"),
        "commune": made.commune("22001", square(0, 0)),
        "territory": made.territory,
    }
    with pytest.raises(IntegrityError, match="mandate_one_place"), transaction.atomic():
        Mandate.objects.create(
            user=person("one@bzh.example"), role=role, validity=since(), **{name: rows[name] for name in places}
        )


def test_codes_are_unique(made: Land):
    for again in (lambda: made.sector("a", square(1, 0)), lambda: land("bzh")):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()
    made.rule("x", made.post("p"))
    with pytest.raises(IntegrityError, match="category_rule_once"), transaction.atomic():
        made.rule("x", made.post("q"))


def test_a_post_that_answers_for_a_sector_is_not_deleted(made: Land):
    refused("DELETE FROM sectors_post WHERE code = 'a'; SET CONSTRAINTS ALL IMMEDIATE", error=IntegrityError)
    assert Sector.objects.filter(code="a").exists()


@pytest.mark.parametrize("point", ["POINT EMPTY", "POINT(Infinity 48)", "POINT(0 91)"])
def test_a_public_place_that_is_nowhere(made: Land, point):
    refused("UPDATE sectors_publicplace SET location = ST_GeomFromText(%s, 4326)", [point])
