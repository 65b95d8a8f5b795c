"""Who is told of a move, an offer or a handover: in their language, once, and never of what they did themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents import changes
from incidents.models import Incident
from messaging.models import Message
from tests.incidents.life.living import ANSWER, brought, moved
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
LANDLORD, HOLDER, OTHER = "partenaire.bailleur", "referent.gap1", "referent.gap2"
SECRET = "Rideau baissé, odeur de brûlé au 3e"


def test_the_reporter_learns_of_public_moves_alone(person, row, told):
    referent = person("referent_a")
    moved(row, referent, "qualifiee")
    assert told() == {}
    moved(row, referent, "prise_en_charge")
    first = told()
    assert set(first) == {LANDLORD}
    assert first[LANDLORD].subject == f"Préoccupation {row.reference} : Prise en charge"
    assert "11 décembre 2026" in first[LANDLORD].body
    moved(row, referent, "suspendue")
    stopped = told()[LANDLORD].body
    assert "Action attendue d’un partenaire" in stopped
    assert "23 décembre 2026" in stopped
    assert "8 janvier 2027" in stopped
    moved(row, referent, "prise_en_charge")
    told()
    moved(row, referent, "repondue")
    assert ANSWER in told()[LANDLORD].body
    moved(row, referent, "close")
    assert "21 février 2027" in told()[LANDLORD].body


def test_in_english(person, row):
    reporter = person("partner_a")
    reporter.language = "en"
    reporter.save(update_fields=["language"])
    brought(row, person("referent_a"), "repondue")
    owed = Message.objects.filter(dedupe_key__startswith="status:").order_by("pk")
    texts = list(owed.values_list("subject", flat=True))
    assert texts == [f"Concern {row.reference}: Taken in charge", f"Concern {row.reference}: Answered"]


def test_reopened_by_the_reporter_the_post_is_told(person, row, told):
    brought(row, person("referent_a"), "close")
    told()
    moved(row, person("partner_a"), "rouverte")
    found = told()
    assert set(found) == {HOLDER}
    assert "Le bruit continue" in found[HOLDER].body


def test_a_day_that_is_over_is_promised_to_nobody(person, row, told, monday):
    brought(row, person("referent_a"), "close", monday)
    told()
    moved(row, person("referent_a"), "rouverte", monday + timedelta(days=1))
    assert "11 décembre 2026" in told()[LANDLORD].body
    late = monday + timedelta(days=30)
    moved(row, person("referent_a"), "prise_en_charge", late)
    for to in ("repondue", "rouverte"):
        moved(row, person("referent_a"), to, late)
    body = told()[LANDLORD].body
    assert "Le bruit continue" in body
    assert "11 décembre" not in body


def test_nor_by_whoever_it_goes_to_now(row, by, told, monday):
    late = monday + timedelta(days=30)
    changes.assign(incident=row, to_post="gap-economique", reason="Zone", at=late, **by("director"))
    changes.hand_over(incident=row, to="mairie", recipient="Voirie", reason="Dépôt", at=late, **by("referent_b"))
    letters = [each for each in Message.objects.order_by("pk") if each.recipient.startswith(LANDLORD)][-2:]
    for each in letters:
        assert "11 décembre" not in each.body
        assert "désormais" in each.body or "transmise" in each.body
    # Whoever has to answer is told the day all the same.
    assert "11 décembre 2026" in told()[OTHER].body


def test_reopened_by_the_desk_the_reporter_is_told(person, row, told):
    brought(row, person("referent_a"), "close")
    told()
    moved(row, person("referent_a"), "rouverte")
    assert set(told()) == {LANDLORD}


def test_written_down_for_an_organisation_its_people_are_told(person, monday):
    row = reported(person("referent_a"), monday, partner="bailleur")
    moved(row, person("referent_a"), "non_retenue")
    (notice,) = Message.objects.filter(dedupe_key__startswith="status:")
    assert notice.recipient == f"{LANDLORD}@psq.example"


def test_an_author_who_left_or_is_suspended_is_not_told(person, row, told):
    author = person("partner_a")
    author.is_active = False
    author.save(update_fields=["is_active"])
    moved(row, person("referent_a"), "non_retenue")
    assert told() == {}


def test_an_offer_is_told_to_its_receiver_and_its_answer_to_the_holder(row, by, told):
    offer = {"incident": row, "to_post": "gap-economique", "reason": "Zone commerciale"}
    changes.offer(**offer, **by("referent_a"))
    first = told()
    assert set(first) == {OTHER}
    assert "Zone commerciale" in first[OTHER].body
    assert "11 décembre 2026" in first[OTHER].body
    changes.refuse(incident=row, reason="Hors de mon secteur", out_of_sector=True, **by("referent_b"))
    second = told()
    assert set(second) == {HOLDER}
    assert "Hors de mon secteur" in second[HOLDER].body
    changes.offer(**offer, **by("referent_a"))
    told()
    changes.withdraw(incident=row, **by("referent_a"))
    assert set(told()) == {OTHER}
    changes.offer(**offer, **by("referent_a"))
    told()
    changes.accept(incident=row, **by("referent_b"))
    last = told()
    # The reporter learns who answers now, and never who was asked in vain.
    assert set(last) == {HOLDER, LANDLORD}
    assert "comme prévu" in last[LANDLORD].body


def test_assigned_everybody_is_told(row, by, told):
    changes.assign(incident=row, to_post="gap-economique", reason="Tranché", **by("director"))
    found = told()
    assert set(found) == {HOLDER, OTHER, LANDLORD}
    assert "Tranché" not in found[LANDLORD].body


def test_a_handover_and_its_arrival_are_told_to_the_reporter(row, by, told):
    changes.hand_over(incident=row, to="mairie", recipient="Service propreté", reason="Dépôt", **by("referent_a"))
    first = told()
    assert set(first) == {LANDLORD}
    assert "mairie (Service propreté)" in first[LANDLORD].body
    changes.acknowledge(incident=row, to="mairie", **by("referent_a"))
    assert set(told()) == {LANDLORD}


def test_the_words_of_the_concern_stay_in_it(person, row, by):
    Incident.objects.update(description=SECRET)
    changes.offer(incident=row, to_post="gap-economique", reason="Zone", **by("referent_a"))
    changes.accept(incident=row, **by("referent_b"))
    changes.hand_over(incident=row, to="mairie", recipient="Voirie", reason="Dépôt", **by("referent_b"))
    brought(Incident.objects.get(), person("referent_b"), "close")
    for each in Message.objects.filter(dedupe_key__contains=row.reference):
        assert "brûlé" not in each.subject + each.body
        assert "44.55" not in each.body
