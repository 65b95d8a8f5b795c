"""One timeline: all of it for the desk, for its reporter what is theirs to know, for the others nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from incidents import changes, timeline
from incidents.models import Incident
from sectors.scope import scope_of
from tests.incidents.life.living import ANSWER, brought, moved

pytestmark = pytest.mark.django_db
NOTE = "À surveiller, jamais à dire"


def lived(row, other, by, person, monday) -> Incident:
    """A long story, an hour between one thing and the next."""
    hours = iter(range(1, 30))

    def then() -> dict[str, Any]:
        return {"at": monday + timedelta(hours=next(hours))}

    changes.take(incident=row, **by("referent_a"), **then())
    changes.remark(incident=row, text="À quelle heure ?", **by("referent_a"), **then())
    changes.remark(incident=row, text="Vers 22 h", **by("partner_a"), **then())
    changes.remark(incident=row, text=NOTE, internal=True, **by("referent_a"), **then())
    changes.offer(incident=row, to_post="gap-economique", reason="Près de la zone", **by("referent_a"), **then())
    changes.refuse(incident=row, reason="Pas chez moi", out_of_sector=True, **by("referent_b"), **then())
    changes.hand_over(incident=row, to="mairie", recipient="Propreté", reason="Bacs", **by("referent_a"), **then())
    changes.acknowledge(incident=row, to="mairie", **by("referent_a"), **then())
    changes.merge(kept=row, merged=other, reason="Même hall", **by("referent_a"), **then())
    moved(row, person("referent_a"), "suspendue", **then())
    moved(row, person("referent_a"), "prise_en_charge", **then())
    moved(row, person("referent_a"), "repondue", **then())
    moved(row, person("referent_a"), "close", **then())
    changes.rate(incident=row, answer="en_partie", comment="Encore le samedi", **by("partner_a"), **then())
    return Incident.objects.get(pk=row.pk)


def seen(incident, who, person, monday):
    return timeline.of(Incident.objects.get(pk=incident.pk), scope_of(person(who), monday))


def test_the_desk_reads_all_of_it_in_order(row, other, by, person, monday):
    entries = seen(lived(row, other, by, person, monday), "referent_a", person, monday)
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    own = [(entry.kind, entry.internal) for entry in entries if not entry.concern]
    assert own == [
        ("report", False), ("routing", False), ("status", True), ("status", False), ("remark", False),
        ("remark", False), ("remark", True), ("transfer", True), ("transfer", True), ("handover", False),
        ("handover", False), ("merge", False), ("status", False), ("status", False), ("status", False),
        ("status", False), ("satisfaction", False), ("satisfaction", False),
    ]  # fmt: skip
    # Of the concern merged into it: what it told, and its own question; what it followed is told once.
    others = [(entry.kind, entry.concern) for entry in entries if entry.concern]
    assert others == [(kind, other.reference) for kind in ("report", "routing", "status", "satisfaction")]
    texts = [entry.text for entry in entries]
    assert {NOTE, "À quelle heure ?", "Vers 22 h", ANSWER, "Même hall", "Encore le samedi"} <= set(texts)
    assert next(entry for entry in entries if entry.kind == "merge").link == other.reference
    stopped = next(entry for entry in entries if entry.status == "suspendue")
    assert (stopped.text, stopped.until) == ("Action attendue d’un partenaire", (monday + timedelta(days=30)).date())


def test_its_reporter_reads_what_is_theirs_and_never_a_note(row, other, by, person, monday):
    entries = seen(lived(row, other, by, person, monday), "partner_a", person, monday)
    assert [(entry.kind, entry.side) for entry in entries] == [
        ("report", ""), ("routing", ""), ("status", ""), ("remark", "desk"), ("remark", "reporter"), ("handover", ""),
        ("handover", ""), ("merge", ""), ("status", ""), ("status", ""), ("status", ""), ("status", ""),
        ("satisfaction", ""), ("satisfaction", ""),
    ]  # fmt: skip
    whole = repr(entries)
    for secret in (NOTE, "Pas chez moi", "Près de la zone", other.reference, "Même hall", "Vacarme", "Bacs"):
        assert secret not in whole
    # The police answers, and not one of its people.
    police = person("referent_a")
    assert not any(word and word in whole for word in (police.name, police.email))
    assert {entry.who for entry in entries if entry.side == "desk"} == {"Référent Gap hyper-centre"}


def test_the_reporter_of_what_follows_reads_the_answer_and_where_it_went(row, other, by, person, monday):
    lived(row, other, by, person, monday)
    entries = seen(other, "mayor_gap", person, monday)
    assert [entry.kind for entry in entries] == [
        "report", "routing", "merge", "status", "status", "status", "status", "status", "satisfaction",
    ]  # fmt: skip
    assert ANSWER in [entry.text for entry in entries]
    # A mayor sees the concerns of the commune: this one may be named.
    assert [entry.link for entry in entries if entry.kind == "merge"] == [row.reference]
    assert "22 h" not in repr(entries)


@pytest.mark.parametrize(("language", "waits"), [("fr", "En attente de prise en charge"), ("en", "Waits to be taken")])
def test_given_to_another_post_its_reporter_reads_that_it_waits_there(row, by, person, monday, language, waits):
    """Never a second "Reported" after "Taken in charge", nor the reason, which is between the posts."""
    changes.take(incident=row, **by("referent_a"))
    changes.assign(incident=row, to_post="gap-economique", reason="Près de la zone", **by("director"))
    with override(language):
        entries = seen(row, "partner_a", person, monday)
        titles = [entry.title for entry in entries]
        assert sum(title in {"Signalée", "Reported"} for title in titles) == 1
        assert titles[-1].startswith(waits)
        desk = seen(row, "referent_b", person, monday)
    assert not any(entry.internal or "Près de la zone" in entry.text for entry in entries)
    assert [entry.text for entry in desk if entry.title.startswith(waits)] == ["Près de la zone"]


def test_merged_into_one_that_nobody_has_taken_its_reporter_reads_that_it_waits(row, other, by, person, monday):
    changes.take(incident=other, **by("referent_a"))
    changes.merge(kept=row, merged=other, reason="Même hall", **by("referent_a"))
    with override("fr"):
        entries = seen(other, "mayor_gap", person, monday)
    told = [entry.title for entry in entries if entry.kind == "status"]
    assert told == ["Prise en charge", "En attente de prise en charge"]
    assert "Même hall" not in repr(entries)


def test_whoever_does_not_read_the_text_reads_no_timeline(row, other, by, person, monday):
    lived(row, other, by, person, monday)
    for who in ("mayor_gap", "partner_b", "referent_briancon", "administrator", "auditor"):
        assert seen(row, who, person, monday) == []


def test_in_english(row, by, person, monday):
    brought(row, person("referent_a"), "prise_en_charge")
    with override("en"):
        titles = [entry.title for entry in seen(row, "referent_a", person, monday)]
    assert titles == ["Reported", titles[1], "Qualified", "Taken in charge"]
    assert titles[1].startswith("Given to ")


def test_a_long_story_asks_no_more_than_a_short_one(row, other, by, person, monday, django_assert_max_num_queries):
    incident, scope = lived(row, other, by, person, monday), scope_of(person("referent_a"), monday)
    for _ in range(5):
        changes.remark(incident=row, text="Et encore", **by("partner_a"))
    with django_assert_max_num_queries(14):
        timeline.of(incident, scope)
