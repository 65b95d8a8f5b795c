"""An administrator of several territories chooses whose rules to set; of one, there is nothing to choose."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from incidents.models import Announcement, StandardAnswer
from sectors.models import Category, Mandate, Partner, Territory
from tests.factories import land, since
from tests.frontend.administration.test_rules import ANSWER, GIVEN

pytestmark = pytest.mark.django_db
RULES, NATURES = "administration_rules", "administration_natures"
ADD_NATURE, ADD_ANSWER, ADD_PARTNER, ADD_ANNOUNCEMENT = (
    "administration_nature_add", "administration_answer_add", "administration_partner_add",
    "administration_announcement_add",
)  # fmt: skip
NATURE = {"label_fr": "Bagarre", "label_en": "Fight", "rank": "3", "is_active": "on"}


@pytest.fixture
def there() -> Territory:
    """A second territory, after the first, with one nature of the same code as one of the first."""
    territory = land("bzh", rank=900).territory
    Category.objects.create(
        territory=territory, code="tapage", family="bruit", family_fr="Bruit", family_en="Noise",
        label_fr="Vacarme", label_en="Din", rank=1,
    )  # fmt: skip
    return territory


@pytest.fixture
def both(there, person, seen_by):
    Mandate.objects.create(user=person("administrator"), role="administrator", territory=there, validity=since())
    return seen_by("administrator")


def at(name: str, code: str = "bzh", *args: str) -> str:
    return f"{reverse(name, args=args)}?territory={code}"


@pytest.mark.parametrize("name", [RULES, NATURES, ADD_NATURE, ADD_ANSWER, ADD_PARTNER, ADD_ANNOUNCEMENT])
def test_each_page_offers_the_others_and_says_which_it_is(both, name):
    for page, here in ((both.get(reverse(name)), "05"), (both.get(at(name)), "bzh")):
        text = page.content.decode()
        for code in ("05", "bzh"):
            current = ' aria-current="page"' if code == here else ""
            assert f'<a href="?territory={code}"{current}>' in text


@pytest.mark.parametrize("name", [RULES, NATURES, ADD_NATURE, ADD_ANSWER, ADD_PARTNER, ADD_ANNOUNCEMENT])
def test_with_one_territory_nothing_is_to_be_chosen_and_no_other_is_reached(there, seen_by, name):
    admin = seen_by("administrator")
    assert "?territory=" not in admin.get(reverse(name)).content.decode()
    for code in ("bzh", "", "nowhere", "05\0"):
        assert admin.get(reverse(name), {"territory": code}).status_code == 404
    assert admin.get(at(name, "05")).status_code == 200


def test_the_deadlines_of_the_one_chosen_are_set_and_no_others(both):
    answer = both.post(at(RULES), GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, at(RULES))
    assert dict(Territory.objects.values_list("code", "days")) == {"05": 30, "bzh": 20}
    assert AccessLog.objects.get(operation="rules.edit").territory == "bzh"
    assert 'value="20"' in both.get(at(RULES)).content.decode()


def test_those_of_the_first_are_set_where_none_is_named(both):
    both.post(reverse(RULES), GIVEN)
    assert dict(Territory.objects.values_list("code", "days")) == {"05": 20, "bzh": 30}


def test_natures_of_one_code_are_kept_apart(both):
    assert "Vacarme" in both.get(at(NATURES)).content.decode()
    assert "Vacarme" not in both.get(reverse(NATURES)).content.decode()
    assert at("administration_nature", "bzh", "tapage") in both.get(at(NATURES)).content.decode()
    both.post(at("administration_nature", "bzh", "tapage"), NATURE)
    named = dict(Category.objects.filter(code="tapage").values_list("territory__code", "label_fr"))
    assert named == {"05": "Tapage, nuisances sonores", "bzh": "Bagarre"}


def test_a_nature_an_answer_and_a_partner_are_added_where_it_was_chosen(both, there):
    added = both.post(at(ADD_NATURE), {**NATURE, "family": "bruit"})
    assert added["Location"] == at(NATURES)
    assert Category.objects.get(label_fr="Bagarre").territory == there
    both.post(at(ADD_ANSWER), ANSWER)
    assert StandardAnswer.objects.get(title_fr=ANSWER["title_fr"]).territory == there
    assert "bzh" in both.get(reverse("administration_answers")).content.decode()
    both.post(at(ADD_PARTNER), {"name": "Office breton", "kind": "bailleur_social"})
    assert Partner.objects.get(name="Office breton").territory == there


def test_the_question_of_all_territories_is_one(both, django_assert_max_num_queries):
    both.get(at(RULES))
    with django_assert_max_num_queries(6):
        both.get(at(RULES))


def test_what_is_announced_is_announced_where_it_was_chosen(both, there):
    days = {"since": "2026-11-23", "until": "2026-11-24", "audience": "desk"}
    both.post(at(ADD_ANNOUNCEMENT), {"text_fr": "Réunion.", "text_en": "", **days})
    assert Announcement.objects.get().territory == there
    assert there.name_fr in both.get(reverse("administration_announcements")).content.decode()
