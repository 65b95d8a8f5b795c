"""Remarks: between the reporter and the desk, internal ones among the desk, and a reply that puts it on the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from accounts.models import AccessLog
from incidents import changes
from incidents.models import Incident, Remark
from messaging.models import Message
from ogcapi.geojson import Refused
from tests.incidents.life.living import brought, moved

pytestmark = pytest.mark.django_db
QUESTION = "À quelle heure le bruit commence-t-il ?"
REPLY = "Vers vingt-deux heures, surtout le vendredi"
NOTE = "Voir avec la brigade de nuit avant de répondre"


def refusal(**given) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        changes.remark(**given)
    return refused.value.status, refused.value.code


def test_a_question_of_the_desk_reaches_the_reporter(row, by, told, person, monday):
    made = changes.remark(incident=row, text=f"  {QUESTION} ", **by("referent_a"))
    assert (made.side, made.internal, made.text, made.at, made.author) == (
        "desk", False, QUESTION, monday, person("referent_a"),
    )  # fmt: skip
    letters = told()
    assert set(letters) == {"partenaire.bailleur"}
    assert QUESTION in letters["partenaire.bailleur"].body
    assert Incident.objects.get().replied_at is None
    assert AccessLog.objects.latest("pk").operation == "incident.remark"


def test_a_reply_puts_the_concern_back_on_the_desk(row, by, told, monday):
    brought(row, by("referent_a")["author"], "repondue")
    told()
    assert not Incident.objects.on_desk().exists()
    changes.remark(incident=row, text=REPLY, **by("partner_a"))
    assert Incident.objects.on_desk().get().replied_at == monday
    letters = told()
    assert set(letters) == {"referent.gap1"}
    # What partners write stays in the house.
    assert REPLY not in letters["referent.gap1"].body
    # The desk answers: nothing waits any more.
    changes.remark(incident=row, text="Merci, c’est noté", **by("referent_a"))
    assert Incident.objects.get().replied_at is None
    assert not Incident.objects.on_desk().exists()


def test_a_move_of_the_desk_answers_a_reply_too(row, by, person):
    brought(row, person("referent_a"), "prise_en_charge")
    changes.remark(incident=row, text=REPLY, **by("partner_a"))
    moved(row, person("referent_a"), "repondue")
    assert Incident.objects.get().replied_at is None


def test_a_reply_is_put_aside_by_the_desk_alone(row, by):
    changes.remark(incident=row, text=REPLY, **by("partner_a"))
    with pytest.raises(PermissionDenied):
        changes.seen(incident=row, **by("partner_a"))
    changes.seen(incident=row, **by("referent_a"))
    assert Incident.objects.get().replied_at is None


def test_an_internal_note_tells_nobody_and_answers_nothing(row, by, told):
    changes.remark(incident=row, text=REPLY, **by("partner_a"))
    told()
    made = changes.remark(incident=row, text=NOTE, internal=True, **by("referent_a"))
    assert made.internal
    assert told() == {}
    assert Incident.objects.get().replied_at is not None
    assert not Message.objects.filter(body__contains=NOTE).exists()
    assert AccessLog.objects.latest("pk").operation == "incident.note"


@pytest.mark.parametrize("who", ["partner_a", "mayor_gap", "partner_b", "referent_b", "administrator"])
def test_others_write_no_internal_note(row, by, who):
    with pytest.raises(PermissionDenied):
        changes.remark(incident=row, text=NOTE, internal=True, **by(who))
    assert not Remark.objects.exists()


@pytest.mark.parametrize("who", ["mayor_gap", "partner_b", "referent_b", "gendarme", "administrator"])
def test_others_do_not_write_at_all(row, by, who):
    with pytest.raises(PermissionDenied):
        changes.remark(incident=row, text=REPLY, **by(who))


@pytest.mark.parametrize(
    ("text", "who", "code"),
    [
        (" ", "partner_a", "required"),
        ("x" * 4001, "partner_a", "too_long"),
        ("Appelez le 06 12 34 56 78", "partner_a", "personal_data"),
        ("Voiture AB-123-CD", "referent_a", "personal_data"),
        ("Bonjour {{ nom }}", "referent_a", "placeholder_left"),
    ],
)
def test_what_is_written_is_screened(row, by, text, who, code):
    assert refusal(incident=row, text=text, **by(who)) == (422, code)
    assert not Remark.objects.exists()


def test_the_police_may_say_where_it_is_reached(row, by):
    changes.remark(incident=row, text="Appelez le commissariat au 04 92 53 11 22", **by("referent_a"))


def test_an_answer_to_what_was_asked_lets_the_clock_go_on(row, by, person):
    brought(row, person("referent_a"), "prise_en_charge")
    moved(row, person("referent_a"), "suspendue", reason="precision_attendue")
    changes.remark(incident=row, text=REPLY, **by("partner_a"))
    stored = Incident.objects.get()
    assert (stored.status, stored.suspensions.get().ended_at) == ("prise_en_charge", stored.replied_at)


def test_another_suspension_stands(row, by, person):
    brought(row, person("referent_a"), "prise_en_charge")
    moved(row, person("referent_a"), "suspendue", reason="travaux_en_cours")
    changes.remark(incident=row, text=REPLY, **by("partner_a"))
    assert Incident.objects.get().status == "suspendue"


def test_a_conversation_ends_with_the_reopening(row, by, person, monday):
    brought(row, person("referent_a"), "close")
    last = monday + timedelta(days=90)
    changes.remark(incident=row, text=REPLY, at=last, **by("partner_a"))
    late = last + timedelta(days=1)
    assert refusal(incident=row, text=REPLY, at=late, **by("partner_a")) == (409, "conversation_over")
    changes.remark(incident=row, text=NOTE, internal=True, at=late, **by("referent_a"))


def test_a_remark_is_written_once(row, by):
    made = changes.remark(incident=row, text=REPLY, **by("partner_a"))
    for statement in ("UPDATE incidents_remark SET text = 'x'", "DELETE FROM incidents_remark"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.create(incident=row, at=made.at, author=made.author, side="reporter", internal=True, text="x")
