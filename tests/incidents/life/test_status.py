"""Every move of the table, by every role, as the database keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import AccessLog
from incidents import changes
from incidents.models import Incident, StatusChange
from incidents.workflow import MOVES, Status, next_from
from messaging.models import Message
from ogcapi.geojson import Refused
from sectors.scope import scope_of
from tests.incidents.life.living import WAYS, WORDS, brought, moved
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
ROLE = {"referent_a": "referent", "director": "director", "partner_a": "partner"}


@pytest.mark.parametrize("who", ROLE)
@pytest.mark.parametrize(("source", "to"), [(s, t) for s in Status for t in Status])
def test_every_pair_by_every_role(person, row, monday, who, source, to):
    row = brought(row, person("referent_a"), source)
    before = (row.status_changes.count(), Message.objects.count(), AccessLog.objects.count())
    move = MOVES.get((source, to))
    if move is not None and to not in next_from(source):
        # It only follows from another change: for whoever chooses, it is none.
        move = None
    if move is None or ROLE[who] not in move.roles:
        if move is not None:
            with pytest.raises(PermissionDenied):
                moved(row, person(who), to)
        else:
            with pytest.raises(Refused) as refused:
                moved(row, person(who), to)
            code = "status_unchanged" if source is to else "move_not_allowed"
            assert (refused.value.status, refused.value.code) == (409, code)
        row.refresh_from_db()
        assert row.status == source
        assert (row.status_changes.count(), Message.objects.count(), AccessLog.objects.count()) == before
        return
    after = moved(row, person(who), to)
    stored = Incident.objects.get(pk=row.pk)
    assert (after.status, stored.status, stored.updated_at) == (to, to, monday)
    change = row.status_changes.order_by("-pk")[0]
    assert (change.status_from, change.status_to, change.at, change.author) == (source, to, monday, person(who))
    assert change.reason == WORDS.get(to, {}).get("reason", "")
    assert change.answer == WORDS.get(to, {}).get("answer", "")
    assert change.is_public is move.public
    assert row.status_changes.count() == before[0] + 1
    logged = AccessLog.objects.order_by("-pk")[0]
    assert (logged.operation, logged.reference, logged.user, logged.territory) == (
        "incident.status", f"incident:{row.reference}", person(who), "05",
    )  # fmt: skip


def test_taken_in_charge_at_once(person, row, monday):
    scope = scope_of(person("referent_a"), monday)
    taken = changes.take(incident=row, author=person("referent_a"), scope=scope)
    assert taken.status == "prise_en_charge"
    steps = row.status_changes.order_by("pk").values_list("status_from", "status_to", "is_public")
    assert list(steps) == [
        ("", "signalee", True), ("signalee", "qualifiee", False), ("qualifiee", "prise_en_charge", True),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        changes.take(incident=row, author=person("referent_a"), scope=scope)
    assert (refused.value.status, refused.value.code) == (409, "status_unchanged")
    assert AccessLog.objects.filter(operation="incident.status").count() == 1


@pytest.mark.parametrize("source", ["qualifiee", "rouverte", "suspendue"])
def test_taken_from_elsewhere(person, row, monday, source):
    brought(row, person("referent_a"), source)
    taken = changes.take(incident=row, author=person("director"), scope=scope_of(person("director"), monday))
    assert taken.status == "prise_en_charge"
    assert row.status_changes.count() == len(WAYS[source]) + 2


@pytest.mark.parametrize(
    ("source", "to", "said", "status", "field", "code"),
    [
        ("signalee", "nowhere", {}, 400, "status", "status_unknown"),
        ("signalee", "non_retenue", {"reason": " "}, 422, "reason", "reason_required"),
        ("signalee", "non_retenue", {"reason": "..."}, 422, "reason", "reason_required"),
        ("prise_en_charge", "suspendue", {"reason": "parce que"}, 422, "reason", "reason_not_listed"),
        ("prise_en_charge", "repondue", {"answer": " \n"}, 422, "answer", "answer_required"),
        ("prise_en_charge", "repondue", {"answer": "Bonjour {{ nom }}"}, 422, "answer", "placeholder_left"),
        ("prise_en_charge", "repondue", {"answer": "Vu AB-123-CD"}, 422, "answer", "personal_data"),
        ("close", "rouverte", {"reason": "Vu la plaque AB-123-CD"}, 422, "reason", "personal_data"),
    ],
)
def test_what_is_said_is_checked(person, row, source, to, said, status, field, code):
    brought(row, person("referent_a"), source)
    before = StatusChange.objects.count()
    with pytest.raises(Refused) as refused:
        moved(row, person("referent_a"), to, **said)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert {each.field for each in refused.value.errors} == {field}
    assert (Incident.objects.get().status, StatusChange.objects.count()) == (source, before)


def test_a_service_may_say_where_it_is_reached_and_a_partner_may_not(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    moved(row, person("referent_a"), "repondue", answer="Appelez l'accueil au 04 92 00 00 00.")
    with pytest.raises(Refused) as refused:
        moved(row, person("partner_a"), "rouverte", reason="Rappelez le 06 12 34 56 78")
    assert refused.value.code == "personal_data"


def test_words_that_a_move_does_not_ask_for(person, row):
    """A reason is kept, an answer is one only when it answers."""
    moved(row, person("referent_a"), "qualifiee", reason="Vu sur place", answer="Nous y allons")
    change = row.status_changes.order_by("-pk")[0]
    assert (change.reason, change.answer) == ("Vu sur place", "")


@pytest.mark.parametrize(("days", "allowed"), [(0, True), (90, True), (91, False)])
@pytest.mark.parametrize("source", ["close", "non_retenue"])
def test_reopened_until_day_ninety(person, row, monday, source, days, allowed):
    brought(row, person("referent_a"), source, monday)
    late_that_day = monday.replace(hour=23, minute=59) + timedelta(days=days)
    if allowed:
        assert moved(row, person("partner_a"), "rouverte", late_that_day).status == "rouverte"
        return
    with pytest.raises(Refused) as refused:
        moved(row, person("partner_a"), "rouverte", late_that_day)
    assert (refused.value.status, refused.value.code) == (409, "reopening_too_late")


def test_closed_again_the_ninety_days_begin_again(person, row, monday):
    brought(row, person("referent_a"), "close", monday)
    later = monday + timedelta(days=80)
    moved(row, person("partner_a"), "rouverte", later)
    for to in ("prise_en_charge", "repondue", "close"):
        moved(row, person("referent_a"), to, later)
    assert moved(row, person("partner_a"), "rouverte", later + timedelta(days=90)).status == "rouverte"


@pytest.mark.parametrize(
    "who", ["referent_b", "partner_b", "mayor_gap", "gendarme", "administrator", "auditor", "suspended"]
)
def test_others_move_nothing(person, row, who):
    brought(row, person("referent_a"), "close")
    with pytest.raises(PermissionDenied):
        moved(row, person(who), "rouverte")


def test_the_due_day_is_moved_by_no_move(person, row):
    for to in ("qualifiee", "prise_en_charge", "repondue", "close", "rouverte", "prise_en_charge", "non_retenue"):
        after = moved(row, person("referent_a"), to)
        assert (after.due_on, after.due_at) == (row.due_on, row.due_at)


@pytest.mark.parametrize("table", ["accounts_accesslog", "messaging_message"])
def test_a_write_that_fails_takes_everything_back(person, row, table):
    brought(row, person("referent_a"), "qualifiee")
    kept = (StatusChange.objects.count(), Message.objects.count())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    with pytest.raises(Exception, match="nothing_more"):
        moved(row, person("referent_a"), "prise_en_charge")
    assert Incident.objects.get().status == "qualifiee"
    assert (StatusChange.objects.count(), Message.objects.count()) == kept


def test_many_at_once_each_for_itself(person, row, monday):
    mine = [row, *(reported(person("partner_a"), monday) for _ in range(2))]
    foreign = reported(person("partner_b"), monday, (6.6387, 44.8962))
    brought(mine[1], person("referent_a"), "close")
    scope = scope_of(person("referent_a"), monday)
    results = changes.take_many(incidents=[*mine, foreign], author=person("referent_a"), scope=scope)
    assert [(each.reference, each.code) for each in results] == [
        (mine[0].reference, ""),
        (mine[1].reference, "move_not_allowed"),
        (mine[2].reference, ""),
        (foreign.reference, "permission_denied"),
    ]
    assert [each.incident is not None for each in results] == [True, False, True, False]
    assert all(str(each.message) for each in results if each.code)
    assert {row.reference: row.status for row in Incident.objects.all()} == {
        mine[0].reference: "prise_en_charge",
        mine[1].reference: "close",
        mine[2].reference: "prise_en_charge",
        foreign.reference: "signalee",
    }
