"""The record of a decision: enough to decide again and come out the same, and never changed."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import AccessLog
from incidents.models import Incident, Routing, StatusChange
from incidents.records import decided_again as decided_again_alone
from sectors.models import CategoryRule, Commune, Competence, Edition, Sector, Territory
from sectors.routing import choose
from sectors.survey import survey
from tests.factories import beside, corner, land, since, square
from tests.incidents.sending import ADDRESS, GAP, GAP_DESK, PARIS, VALLEY, move, reported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]


def decided_again(row: Routing) -> dict[str, Any]:
    """The decision from what the row itself says: its point, accuracy, category and moment."""
    surveyed = survey(
        [(row.location.x, row.location.y)], row.at, accuracy_m=row.accuracy_m, category=row.category.code,
        home=row.incident.territory_id,
    )[0]  # fmt: skip
    decision = choose(surveyed.facts)
    return {
        "outcome": decision.outcome,
        "sector": decision.sector.sector if decision.sector else None,
        "post": decision.post,
        "co_readers": [each.code for each in decision.co_readers],
        "border": decision.border,
        "edition": surveyed.editions.get(decision.territory),
        "commune": surveyed.facts.commune.commune if surveyed.facts.commune else None,
        "tolerance_m": surveyed.facts.tolerance_m[decision.territory],
    }


def recorded(row: Routing) -> dict[str, Any]:
    return {
        "outcome": row.outcome,
        "sector": row.sector_id,
        "post": row.post_id,
        "co_readers": row.co_readers,
        "border": row.border,
        "edition": row.edition_id,
        "commune": row.commune_id,
        "tolerance_m": row.settings["tolerance_m"],
    }


def test_a_decision_can_be_made_again_from_its_record(person):
    draw = random.Random(8)
    author, now = person("partner_a"), timezone.now()
    points = [GAP, GAP_DESK, VALLEY, PARIS, (6.0755, 44.5568), (-180.0, -90.0)]
    points += [(draw.uniform(6.05, 6.1), draw.uniform(44.53, 44.57)) for _ in range(20)]
    for k, point in enumerate(points):
        accuracy = draw.choice([None, 0.0, 7.123456789, 150.0])
        reported(author, now, point, accuracy_m=accuracy, category=("tapage", "abords_scolaires")[k % 2])
    rows = list(Routing.objects.select_related("incident", "category"))
    assert len(rows) == len(points)
    assert len({row.outcome for row in rows}) >= 5
    for row in rows:
        assert decided_again(row) == recorded(row)


def test_the_record_alone_decides_again_whatever_became_of_the_map(person):
    """Not one of the tables it came from is asked: they are changed under it."""
    draw = random.Random(3)
    author, now = person("partner_a"), timezone.now()
    made = land()
    made.sector("a", square(0, 0))
    points = [GAP, GAP_DESK, VALLEY, PARIS, corner(0.5, 0.5), (6.0755, 44.5568), (-180.0, -90.0)]
    points += [(draw.uniform(6.05, 6.1), draw.uniform(44.53, 44.57)) for _ in range(20)]
    for k, point in enumerate(points):
        accuracy = draw.choice([None, 0.0, 7.123456789, 150.0])
        reported(author, now, point, accuracy_m=accuracy, category=("tapage", "abords_scolaires")[k % 2])
    Commune.objects.update(area=Commune.objects.get(code="05023").area)
    Competence.objects.all().delete()
    CategoryRule.objects.all().delete()
    Edition.objects.update(sealed_at=None)
    Sector.objects.update(priority=7, area=Sector.objects.get(code="briancon-economique").area)
    Territory.objects.update(tolerance_m=1)
    rows = list(Routing.objects.select_related("sector", "post", "unit"))
    assert len({row.outcome for row in rows}) >= 5
    for row in rows:
        again = decided_again_alone(row.candidates, row.settings, row.accuracy_m)
        assert (again.outcome, again.sector, again.post) == (row.outcome, row.sector and row.sector.code, row.post.code)
        assert (list(again.co_readers), again.border) == (row.co_readers, row.border)
        assert again.unit in {None, row.unit.code}


def test_a_new_edition_does_not_change_what_was_decided(person):
    made = land()
    made.sector("a", square(0, 0))
    change = timezone.now() - timedelta(days=1)
    reported(person("partner_a"), change - timedelta(days=1), corner(0.5, 0.5), category="tapage")
    made.edition.validity = since(end=change)
    made.edition.save()
    second = Edition.objects.create(territory=made.territory, code="bzh-2", validity=since(change))
    made.sector("b", square(0, 0), edition=second)
    row = Routing.objects.get()
    assert row.sector is not None
    assert row.edition is not None
    assert (row.sector.code, row.edition.code) == ("a", "bzh-1")
    assert decided_again(row) == recorded(row)
    now = survey([corner(0.5, 0.5)], timezone.now())[0]
    assert choose(now.facts).sector.code == "b"  # type: ignore[union-attr]


def test_the_point_is_kept_to_the_last_bit(person):
    lon, lat = 6.078612345678912, 44.55941234567891
    reported(person("partner_a"), timezone.now(), (lon, lat))
    row = Routing.objects.get()
    assert (row.location.x, row.location.y) == (lon, lat)


def test_the_candidates_are_kept_with_distances_and_shares(person):
    reported(person("partner_a"), timezone.now(), GAP, accuracy_m=400.0)
    kept = Routing.objects.get().candidates
    assert [each["sector"] for each in kept] == ["gap-hyper-centre", "gap-habitat-dense", "gap-economique"]
    assert kept[0]["distance_m"] < 0 < kept[1]["distance_m"] < kept[2]["distance_m"]
    assert 0.8 < kept[0]["share"] < 1
    assert 0 < kept[1]["share"] < 0.2
    assert kept[2]["share"] == 0


def test_the_history_as_it_is_answered(client_of, person, monday):
    row = reported(person("partner_a"), monday, (6.078612345678912, 44.5594), accuracy_m=12.5)
    client = client_of("referent_a")
    response = client.get(f"{ADDRESS}{row.reference}/routing/", headers={"Accept-Language": "en"})
    assert response["Content-Type"] == "application/json"
    (told,) = response.json()["routings"]
    candidates, reason = told.pop("candidates"), told.pop("reason")
    assert told.pop("settings")["tolerance_m"] == 25.0
    assert told == {
        "at": "2026-11-23T09:00:00+01:00",
        "trigger": "report",
        "outcome": "inside",
        "rule": "inside",
        "geometry": {"type": "Point", "coordinates": [6.078612345678912, 44.5594]},
        "accuracy_m": 12.5,
        "category": "tapage",
        "edition": "05-2026-01",
        "sector": "gap-hyper-centre",
        "post": "gap-hyper-centre",
        "unit": "csp-gap",
        "commune": "05061",
        "co_readers": [],
        "border": False,
        "author": "Partenaire bailleur (démonstration)",
        "comment": None,
    }
    assert len(candidates) == 3
    assert reason.startswith("The point is in the sector Gap – Hyper-centre")


def test_the_newest_comes_first(client_of, person, monday):
    row = reported(person("partner_a"), monday - timedelta(days=2))
    client = client_of("partner_a")
    for point in (GAP_DESK, VALLEY, PARIS):
        move(client, row.reference, point)
    told = client.get(f"{ADDRESS}{row.reference}/routing/").json()["routings"]
    assert [each["outcome"] for each in told] == ["outside", "gendarmerie", "commune_desk", "inside"]


@pytest.mark.parametrize("model", [Routing, StatusChange, AccessLog])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_is_written_is_written(person, model, verb):
    reported(person("partner_a"), timezone.now())
    with pytest.raises(DatabaseError, match="are never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(model._meta.db_table))
    assert model.objects.count() == 1


def test_a_concern_is_not_deleted_with_its_history(person):
    reported(person("partner_a"), timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Incident.objects.all().delete()
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("location", "ST_GeomFromText('POINT(Infinity 44)', 4326)"),
        ("location", "ST_GeomFromText('POINT(NaN 44)', 4326)"),
        ("location", "ST_GeomFromText('POINT(180.1 44)', 4326)"),
        ("location", "ST_GeomFromText('POINT(6 -90.1)', 4326)"),
        ("location", "ST_GeomFromText('POINT EMPTY', 4326)"),
        ("location", "ST_GeomFromText('LINESTRING(0 0, 1 1)', 4326)"),
        ("location", "ST_GeomFromText('POINT(6 44)', 2154)"),
        ("location", "NULL"),
        ("street_location", "ST_GeomFromText('POINT(Infinity 44)', 4326)"),
        ("street_location", "ST_GeomFromText('POINT EMPTY', 4326)"),
        ("accuracy_m", "'NaN'"),
        ("accuracy_m", "'Infinity'"),
        ("accuracy_m", "-1"),
        ("accuracy_m", "100000.1"),
        ("description", "repeat('x', 1001)"),
        ("category_id", "NULL"),
        ("due_at", "NULL"),
    ],
)
def test_what_the_database_refuses_of_a_concern(person, column, value):
    reported(person("partner_a"), timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE incidents_incident SET {column} = {value}")


def test_a_border_is_asked_about(client_of, person):
    """The neighbour within the tolerance reads, and the reason says so."""
    made = land()
    made.sector("a", square(0, 0))
    made.sector("b", square(1, 0))
    row = reported(person("director"), timezone.now(), beside(corner(1, 0.5), east_m=-10))
    assert (row.border, row.co_readers, row.co_reader_posts) == (True, ["b"], [made.posts["b"].pk])
    told = client_of("director").get(f"{ADDRESS}{row.reference}/", headers={"Accept-Language": "en"})
    assert json.loads(told.content)["properties"]["reason"].endswith("Secteur b will read it too.")
