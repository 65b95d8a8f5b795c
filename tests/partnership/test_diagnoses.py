"""The shared diagnosis: contributions by partner, versions that stay, and who signed which."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from partnership import changes
from partnership.models import Contribution, Diagnosis
from sectors.scope import scope_of
from tests.partnership.groups import concerns, does, landlord, proposed, refused, retained
from tests.partnership.test_problems import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(person, monday):
    return retained(person("referent_a"), monday)


def test_partners_and_the_police_contribute_in_their_own_name(problem, person, monday):
    facts = {"problem": problem, "phase": "reperage"}
    ours = does(changes.contribute, person("partner_a"), monday, text="Vu du hall, le soir.", **facts)
    theirs = does(changes.contribute, person("referent_a"), monday, text="Passages notés.", **facts)
    assert (ours.partner, theirs.partner) == (landlord(), None)
    problem.refresh_from_db()
    assert problem.state == "diagnostic"


@pytest.mark.parametrize("who", ["partner_b", "referent_b", "mayor_gap", "director"])
def test_nobody_else_contributes_or_signs(problem, person, monday, who):
    with pytest.raises(PermissionDenied):
        does(changes.contribute, person(who), monday, problem=problem, phase="reperage", text="Vu.")
    with pytest.raises(PermissionDenied):
        does(changes.co_sign, person(who), monday, problem=problem, version=1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"phase": "hasard"}, "422 unknown_phase"),
        ({"text": " "}, "422 required"),
        ({"text": "La plaque est AB-123-CD"}, "422 personal_data"),
        ({"partner": 0}, "422 unknown_partner"),
    ],
)
def test_what_is_contributed_wrongly_is_refused(problem, person, monday, facts, expected):
    given = {"problem": problem, "phase": "analyse", "text": "Éclairage éteint à 21 h.", **facts}
    assert refused(changes.contribute, person("partner_a"), monday, **given) == expected


def test_before_it_is_retained_there_is_nothing_to_diagnose(person, monday):
    problem = proposed(person("referent_a"), monday)
    found = refused(changes.contribute, person("partner_a"), monday, problem=problem, phase="analyse", text="Vu.")
    assert found == "409 not_retained"


def test_versions_are_kept_and_one_is_signed_once_by_each(problem, person, monday):
    desk, partner = person("referent_a"), person("partner_a")
    first = does(changes.write_diagnosis, desk, monday, problem=problem, text="Le hall reste ouvert.")
    assert told("diagnosed") == ["partenaire.bailleur@psq.example"]
    signature = does(changes.co_sign, partner, monday, problem=problem, version=1)
    assert (signature.partner, signature.person, signature.at) == (landlord(), partner, monday)
    assert refused(changes.co_sign, partner, monday, problem=problem, version=1) == "409 signed_already"
    does(changes.co_sign, desk, monday, problem=problem, version=1)
    assert refused(changes.co_sign, desk, monday, problem=problem, version=1) == "409 signed_already"
    second = does(changes.write_diagnosis, desk, monday, problem=problem, text="Le hall reste ouvert après 22 h.")
    assert (first.version, second.version) == (1, 2)
    assert refused(changes.co_sign, partner, monday, problem=problem, version=1) == "409 outdated"
    does(changes.co_sign, partner, monday, problem=problem, version=2)
    assert first.signatures.count() == 2
    assert [row.text for row in problem.diagnoses.all()] == [second.text, first.text]


@pytest.mark.parametrize(("who", "count"), [("partner_a", 1), ("director", 1), ("mayor_gap", 0), ("referent_b", 0)])
def test_what_was_written_is_read_by_the_group_and_the_direction(problem, person, monday, who, count):
    desk = person("referent_a")
    does(changes.write_diagnosis, desk, monday, problem=problem, text="Le hall reste ouvert.")
    does(changes.contribute, desk, monday, problem=problem, phase="analyse", text="Vu.")
    scope = scope_of(person(who), monday)
    assert Diagnosis.objects.visible_to(scope).count() == Contribution.objects.visible_to(scope).count() == count


def test_the_facts_of_a_version_stay_as_they_were_that_day(problem, person, monday):
    desk = person("referent_a")
    found = concerns(person("partner_a"), monday, 3)
    does(changes.join, desk, monday, problem=problem, incidents=found)
    version = does(changes.write_diagnosis, desk, monday, problem=problem, text="Le hall reste ouvert.")
    does(changes.remove, desk, monday, problem=problem, incident=found[0])
    version.refresh_from_db()
    assert (version.facts["count"], version.facts["categories"]) == (3, {"tapage": 3})
    assert does(changes.write_diagnosis, desk, monday, problem=problem, text="Moins.").facts["count"] == 2
