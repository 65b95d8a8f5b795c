"""What the database itself holds true of the groups' tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import Error, IntegrityError, connection, transaction

from partnership.models import Action, Addendum, Decision, Diagnosis, Meeting, Minutes, Problem
from sectors.models import PartnershipGroup

pytestmark = pytest.mark.django_db
BOW_TIE = Polygon(((6.0, 44.0), (6.1, 44.1), (6.1, 44.0), (6.0, 44.1), (6.0, 44.0)))


def refused(changed: dict[str, Any], problem: Problem) -> bool:
    try:
        with transaction.atomic():
            Problem.objects.filter(pk=problem.pk).update(**changed)
    except (IntegrityError, Error):
        return True
    return False


def test_the_extent_is_sound_and_measured_in_metres(problem):
    problem.refresh_from_db()
    assert problem.extent_m.srid == 2154
    assert 30_000 < problem.extent_m.area < 40_000
    assert refused({"extent": MultiPolygon(BOW_TIE)}, problem)


def test_a_result_is_said_when_it_is_closed_and_at_no_other_time(problem, monday):
    due = {"due_on": monday.date(), "due_at": monday}
    assert refused({"result": "resolue"}, problem)
    assert refused({"state": "close", "closed_at": monday, **due}, problem)
    assert refused({"state": "close", "closed_at": monday, "result": "abandonnee", **due}, problem)
    assert not refused({"state": "close", "closed_at": monday, "result": "resolue", **due}, problem)


def test_no_problem_is_retained_without_an_extent_and_a_due_day(problem, monday):
    due = {"due_on": monday.date(), "due_at": monday}
    assert refused({"state": "retenue"}, problem)
    assert refused({"state": "retenue", "extent": None, **due}, problem)
    assert not refused({"state": "retenue", **due}, problem)


@pytest.fixture
def meeting(person, monday) -> Meeting:
    group = PartnershipGroup.objects.get(code="gpo-gap-hyper-centre")
    made = Meeting(
        reference="BBBB-0001",
        group=group,
        begins_at=monday,
        ends_at=monday + timedelta(hours=1),
        place="Commissariat",
        called_by=person("referent_a"),
        called_at=monday,
    )
    made.save()
    return made


def never(statement: Any) -> bool:
    try:
        with transaction.atomic():
            statement()
    except Error as error:
        return "never changed" in str(error)
    return False


def test_what_is_written_once_is_changed_by_nobody(problem, meeting, person, monday):
    desk = person("referent_a")
    diagnosis = Diagnosis.objects.create(problem=problem, version=1, at=monday, author=desk, text="Vu ensemble.")
    decision = Decision.objects.create(meeting=meeting, at=monday, author=desk, text="Passer le soir.")
    for row in (diagnosis, decision):
        assert never(lambda row=row: type(row).objects.filter(pk=row.pk).update(text="Autre"))
        assert never(lambda row=row: type(row).objects.filter(pk=row.pk).delete())


def test_minutes_are_written_again_until_they_are_validated(meeting, person, monday):
    desk = person("referent_a")
    minutes = Minutes.objects.create(meeting=meeting, author=desk, drafted_at=monday, text="Brouillon")
    rows = Minutes.objects.filter(pk=minutes.pk)
    assert rows.update(text="Meilleur brouillon") == 1
    assert rows.update(validated_at=monday, validated_by=desk) == 1
    assert never(lambda: rows.update(text="Autre chose"))
    assert never(lambda: rows.update(validated_at=None, validated_by=None))
    assert never(rows.delete)
    addendum = Addendum.objects.create(minutes=minutes, at=monday, author=desk, text="Lire 20 h.")
    assert never(lambda: Addendum.objects.filter(pk=addendum.pk).delete())


def test_an_action_is_settled_with_its_day_and_says_why_it_was_not_done(problem, person, monday):
    action = Action.objects.create(
        problem=problem, number=1, title="Tailler la haie", due_on=monday.date(), given_by=person("referent_a"),
        given_at=monday,
    )  # fmt: skip
    rows = Action.objects.filter(pk=action.pk)
    for wrong in (
        {"state": "realisee"},
        {"settled_at": monday},
        {"state": "non_realisee", "settled_at": monday},
        {"state": "en_cours", "declined_at": monday},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    assert rows.update(state="non_realisee", settled_at=monday, reason="Pas de budget") == 1


def test_every_table_written_once_is_truncated_by_nobody():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relname LIKE 'partnership%' AND tgname LIKE 'psq%' GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    assert found["psq_append_only"] == 9
    assert found["psq_validated"] == 1
