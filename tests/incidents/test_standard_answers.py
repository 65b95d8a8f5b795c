from __future__ import annotations

import pytest

from accounts.models import AccessLog
from incidents.changes.standard_answers import change_answer, write_answer
from incidents.models import StandardAnswer
from incidents.standard_answers import VARIABLES, answer_from, values_of
from messaging.variables import NotFilled
from ogcapi.geojson import Refused
from sectors.changes.administering import NotAllowed
from sectors.models import Category, Territory
from tests.incidents.sending import reported

TEXT = "Préoccupation {{ reference }} ({{ category }}) à {{ commune }} : passages renforcés. {{ post }}, {{ phone }}."


@pytest.fixture
def write(person):
    def written(**said):
        facts = {"title_fr": "Passages renforcés", "text_fr": TEXT, **said}
        return write_answer(by=person("administrator"), territory=Territory.objects.get(), **facts)

    return written


def test_a_standard_answer_becomes_the_answer_to_one_concern(write, person, monday):
    concern = reported(person("partner_a"), monday)
    said = answer_from(write(text_en="Concern {{ reference }}: due {{ due }}."), concern)
    assert said == (
        f"Préoccupation {concern.reference} ({concern.category.label_fr}) à Gap : passages renforcés."
        " Référent Gap hyper-centre, 06 39 98 05 11."
    )
    in_english = answer_from(StandardAnswer.objects.get(), concern, language="en")
    assert in_english == f"Concern {concern.reference}: due Dec. 23, 2026."


def test_every_variable_has_a_value_and_no_other_is_known(person, monday):
    assert set(values_of(reported(person("partner_a"), monday))) == set(VARIABLES)


def test_nothing_is_asked_of_the_database_to_fill_one_in(write, person, monday, django_assert_num_queries):
    answer, concern = write(), reported(person("partner_a"), monday)
    answer_from(answer, concern)
    with django_assert_num_queries(0):
        answer_from(answer, concern)


def test_what_is_not_known_of_this_concern_is_not_left_open(write, person, monday):
    concern = reported(person("partner_a"), monday)
    concern.sector_id = None
    with pytest.raises(NotFilled, match="sector"):
        answer_from(write(text_fr="Secteur {{ sector }}"), concern)


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"text_fr": "Bonjour {{ name }}"}, "text_fr", "unknown_variable"),
        ({"text_fr": "Bonjour {{ reference"}, "text_fr", "braces_left"),
        ({"text_en": "Hello {{ reference|safe }}"}, "text_en", "braces_left"),
        ({"title_fr": "{{ reference }}"}, "title_fr", "placeholder_left"),
        ({"text_fr": " "}, "text_fr", "required"),
        ({"title_fr": ""}, "title_fr", "required"),
        ({"text_fr": "x" * 4001}, "text_fr", "too_long"),
        ({"text_fr": "Le véhicule AB-123-CD a été enlevé."}, "text_fr", "personal_data"),
    ],
)
def test_what_could_not_be_sent_is_not_saved(write, said, field, code):
    with pytest.raises(Refused) as refused:
        write(**said)
    assert (refused.value.status, refused.value.errors[0].field, refused.value.errors[0].code) == (422, field, code)
    assert not StandardAnswer.objects.exists()


def test_a_change_is_checked_like_the_first_words(write, person):
    answer = write()
    with pytest.raises(Refused):
        change_answer(by=person("administrator"), answer=answer, text_fr="{{ nobody }}")
    change_answer(by=person("administrator"), answer=StandardAnswer.objects.get(), title_fr="Plus court")
    assert StandardAnswer.objects.get().title_fr == "Plus court"
    logged = AccessLog.objects.filter(operation__startswith="standard_answer").order_by("pk")
    assert [(row.operation, row.territory) for row in logged] == [
        ("standard_answer.write", "05"),
        ("standard_answer.edit", "05"),
    ]


@pytest.mark.parametrize("who", ["referent_a", "director", "partner_a", "auditor"])
def test_only_the_administrator_writes_them(person, who):
    with pytest.raises(NotAllowed):
        write_answer(by=person(who), territory=Territory.objects.get(), title_fr="Titre", text_fr="Texte")


def test_a_concern_is_offered_its_own_answers_first_and_none_of_another_nature(write):
    territory = Territory.objects.get()
    noise, other = Category.objects.all()[:2]
    for_all, own = write(rank=1), write(rank=2, category=noise)
    write(category=other)
    write(is_active=False)
    assert list(StandardAnswer.objects.offered(territory.pk, noise.pk)) == [own, for_all]
