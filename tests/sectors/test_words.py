"""The reason in plain words: one sentence an outcome, in both languages, with the numbers people expect."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from django.utils import timezone, translation

from sectors.locating import Located, locate
from sectors.routing import Outcome
from sectors.words import listed, metres, sentence
from tests.factories import Land, beside, corner, land, square

pytestmark = pytest.mark.django_db
BLANK = "\u00a0"


@pytest.fixture
def drawn(db) -> Land:
    made = land()
    made.sector("a", square(0, 0), priority=1)
    made.sector("b", square(1, 0), priority=2)
    made.commune("22001", square(-1, -1, 4, 3))
    made.commune("22002", square(3, -1, 1, 3), "GN")
    made.commune("22003", square(4, -1, 1, 3), None)
    made.agreement("k", "b", square(0.1, 0.1, 0.1, 0.1))
    made.rule("schools", made.post("p"))
    return made


def found(point, **asked) -> Located:
    return locate(*point, at=timezone.now(), **asked)


CASES: list[tuple[tuple[float, float], dict[str, Any], str, str]] = [
    (corner(0.5, 0.3), {}, "inside", "in the sector Secteur a, 333"),
    (corner(0.5, 0), {}, "inside", "on the edge of the sector Secteur a"),
    (
        corner(1, 0.5),
        {},
        "tie",
        "belongs to Secteur a and Secteur b at once; Secteur a takes it, by the territory's order",
    ),
    (corner(1, 0.5), {"accuracy_m": 50}, "tie", "of the accuracy disc"),
    (beside(corner(0.5, 1), north_m=12), {}, "nearest", "the nearest, Secteur a, is 12"),
    (
        corner(-0.5, 0.5),
        {},
        "commune_desk",
        "in Commune 22001, in the police zone, outside every sector: it goes to Post desk-22001",
    ),
    (corner(3.5, 0.5), {}, "gendarmerie", "in Commune 22002, in the gendarmerie zone: it goes to Post desk-22002"),
    (corner(4.5, 0.5), {}, "outside", "No service is known to be competent in Commune 22003"),
    ((-20.0, 50.0), {}, "outside", "outside the territory: Triage of the direction will direct it"),
    (corner(0.15, 0.15), {}, "agreement", "names the sector Secteur b. Reason k"),
    (corner(0.5, 0.5), {"category": "schools"}, "category_rule", "names Post p. Rule"),
]


@pytest.mark.parametrize(("point", "asked", "outcome", "words"), CASES)
def test_a_sentence_for_each_outcome(drawn: Land, point, asked, outcome, words):
    located = found(point, **asked)
    assert located.decision.outcome == outcome
    with translation.override("en"):
        said = sentence(located.reason())
    assert words in said.replace(BLANK, " ")
    assert said.endswith((".", "Rule", "Reason k"))
    assert "%" not in said.replace(" %", "")


def test_every_outcome_has_a_case(drawn: Land):
    assert {outcome for _, _, outcome, _ in CASES} == {str(each) for each in Outcome}


def test_each_sentence_is_french_in_french(drawn: Land):
    english = {"The", "the", "it", "sector", "goes", "takes", "will"}
    for point, asked, outcome, _ in CASES:
        reason = found(point, **asked).reason()
        with translation.override("fr"):
            said = sentence(reason)
        assert not english & set(said.replace(",", " ").split()), (outcome, said)


def test_a_reason_is_kept_as_json_and_says_the_same_later(drawn: Land):
    for point, asked, _, _ in CASES:
        reason = found(point, **asked).reason()
        assert sentence(json.loads(json.dumps(reason))) == sentence(reason)


def test_the_border_is_told_with_who_reads_too(drawn: Land):
    with translation.override("en"):
        near = sentence(found(beside(corner(1, 0.5), east_m=-3)).reason())
        rim = sentence(found(beside(corner(0.5, 0), north_m=3)).reason())
    assert near.endswith("It is close to a limit: Secteur b will read it too.")
    assert rim.endswith("It is close to the limit of the sector.")


@pytest.mark.parametrize(
    ("metre", "french", "english"),
    [
        (0.0, "0 m", "0 m"),
        (-0.4, "0 m", "0 m"),
        (2.6, "3 m", "3 m"),
        (-212.4, "212 m", "212 m"),
        (999.4, "999 m", "999 m"),
        (999.6, "1,0 km", "1.0 km"),
        (1000.0, "1,0 km", "1.0 km"),
        (1990.0, "2,0 km", "2.0 km"),
        (-1940.0, "1,9 km", "1.9 km"),
        (19_999.0, "20,0 km", "20.0 km"),
    ],
)
def test_distances_are_rounded_and_not_cut(metre, french, english):
    with translation.override("fr"):
        assert metres(metre).replace(BLANK, " ") == french
    with translation.override("en"):
        assert metres(metre).replace(BLANK, " ") == english


def test_names_in_a_row():
    with translation.override("en"):
        assert [listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_a_share_is_rounded():
    reason = {"outcome": "tie", "covering": ["a", "b"], "sector": "a", "share": 0.996, "co_readers": []}
    with translation.override("en"):
        assert "100 % of the accuracy disc" in sentence(reason).replace(BLANK, " ")


def test_what_is_unknown_says_nothing():
    assert sentence({}) == ""
    assert sentence({"outcome": "of another version"}) == ""


def test_a_name_with_a_percent_sign_is_only_a_name(drawn: Land):
    made = drawn.sector("pc", shapely.box(*corner(-9, 0), *corner(-8, 1)))
    type(made).objects.filter(pk=made.pk).update(name="100 % Sud %(x)s")
    with translation.override("en"):
        assert "100 % Sud %(x)s" in sentence(found(corner(-8.5, 0.5)).reason())
