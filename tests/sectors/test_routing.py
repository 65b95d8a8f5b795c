"""The rule as tables: one case a line, with what matters of it in the margin."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sectors.routing import (
    AgreementFact,
    Candidate,
    CategoryFact,
    CommuneFact,
    Facts,
    Outcome,
    choose,
)

PN = CommuneFact(commune=61, territory=1, force="PN", unit=7, post=70)
GN = CommuneFact(commune=62, territory=1, force="GN", unit=8, post=80)
UNKNOWN = CommuneFact(commune=63, territory=1)
FOREIGN = CommuneFact(commune=64, territory=None)
NOBODY = CommuneFact(commune=65, territory=1, force="PN", unit=7, post=None)
OUTLYING = CommuneFact(commune=66, territory=None, force="PN", unit=7, post=70)


def c(
    code: str, distance_m: float, share: float | None = None, *, priority: int = 100, territory: int = 1
) -> Candidate:
    """A sector; it covers the point where its distance is negative or zero."""
    number = ord(code[0])
    return Candidate(number, code, territory, 10 * number, priority, distance_m <= 0, distance_m, share)


def facts(*candidates, commune=PN, agreements=(), rules=(), accuracy=None, tolerance=25.0, home=1) -> Facts:
    triage = {1: 900, 2: 901}
    return Facts(
        list(candidates), commune, list(agreements), list(rules), {1: tolerance, 2: 100.0}, triage[home], home, accuracy
    )


# fmt: off
WHO_TAKES_IT = [
    # inside: one covers; the border begins under the tolerance
    (facts(c("a", -500)),                               "inside",  "a", "",   False),  # 500 m deep
    (facts(c("a", -25.1), c("b", 25.1)),                "inside",  "a", "",   False),  # beyond the tolerance
    (facts(c("a", -25.0), c("b", 25.0)),                "inside",  "a", "",   False),  # at it: not closer
    (facts(c("a", -24.9), c("b", 24.9)),                "inside",  "a", "b",  True),   # closer: b reads
    (facts(c("a", -24.9), c("b", 25.0)),                "inside",  "a", "",   True),   # b is not
    (facts(c("a", -24.9)),                              "inside",  "a", "",   True),   # a border with nobody
    (facts(c("a", 0.0)),                                "inside",  "a", "",   True),   # on its edge is in
    (facts(c("a", -40), tolerance=50.0),                "inside",  "a", "",   True),   # the territory's own tolerance
    # the accuracy disc: under four fifths is a border
    (facts(c("a", -60, .81), c("b", 60, .19), accuracy=70), "inside", "a", "",  False),
    (facts(c("a", -60, .80), c("b", 60, .20), accuracy=70), "inside", "a", "",  False),
    (facts(c("a", -60, .79), c("b", 60, .21), accuracy=70), "inside", "a", "b", True),
    (facts(c("a", -60, .79), c("b", 60, 0.0), accuracy=70), "inside", "a", "",  True),  # b holds nothing of it
    (facts(c("a", -60, .3), c("b", 60, .7), accuracy=200),  "inside", "a", "b", True),  # the one that covers takes it
    # tie: by share, then priority, then code; the others read
    (facts(c("a", 0, .4), c("b", 0, .6), accuracy=9),       "tie", "b", "a",   True),
    (facts(c("a", 0, .5, priority=9), c("b", 0, .5, priority=8), accuracy=9), "tie", "b", "a", True),
    (facts(c("a", 0, priority=9), c("b", 0, priority=8)),   "tie", "b", "a",   True),
    (facts(c("b", 0), c("a", 0)),                           "tie", "a", "b",   True),
    (facts(c("b", 0), c("a", 0), c("d", 0), c("e", 3)),     "tie", "a", "bde", True),
    (facts(c("b", -90), c("a", -70)),                       "tie", "a", "b",   False),  # an overlap, far from borders
    (facts(c("b", -90), c("a", -70), c("d", 5)),            "tie", "a", "b",   False),  # no border: d does not read
    # nearest: within the tolerance, or within the accuracy up to 200 m
    (facts(c("a", 24.9)),                                   "nearest", "a", "",  True),
    (facts(c("a", 25.0)),                                   "nearest", "a", "",  False),  # reached, and no closer
    (facts(c("a", 25.1)),                                   "commune_desk", None, "", False),
    (facts(c("a", 60, .1), accuracy=60),                    "nearest", "a", "",  True),
    (facts(c("a", 60.1, 0.0), accuracy=60),                 "commune_desk", None, "", False),
    (facts(c("a", 200, .2), accuracy=5000),                 "nearest", "a", "",  True),   # no further than 200
    (facts(c("a", 200.1, .2), accuracy=5000),               "commune_desk", None, "", False),
    (facts(c("a", 24, 0.0), accuracy=3),                    "nearest", "a", "",  True),   # the larger of the two
    (facts(c("a", 60, .9), accuracy=90),                    "nearest", "a", "",  False),  # in a hole of it
    (facts(c("b", 7), c("a", 7)),                           "nearest", "a", "b", True),   # equally near: the code
    (facts(c("b", 7, priority=1), c("a", 7)),               "nearest", "b", "a", True),   # equally near: the priority
    (facts(c("b", 6.9), c("a", 7, priority=1)),             "nearest", "b", "a", True),   # nearer wins
    (facts(c("a", 90, territory=2)),                        "nearest", "a", "",  True),   # each by its territory's own
    (facts(c("a", 20, priority=1), c("b", -1000)),          "inside",  "b", "",  False),  # who covers beats who is near
    # the commune
    (facts(),                                               "commune_desk", None, "", False),
    (facts(c("a", 4000)),                                   "commune_desk", None, "", False),
    (facts(commune=GN),                                     "gendarmerie",  None, "", False),
    (facts(commune=None),                                   "outside",      None, "", False),
    (facts(commune=UNKNOWN),                                "outside",      None, "", False),
    (facts(commune=FOREIGN),                                "outside",      None, "", False),
    (facts(commune=NOBODY),                                 "outside",      None, "", False),
    (facts(commune=OUTLYING),                               "outside",      None, "", False),  # served by no territory
    # agreements come first, whatever covers; the lowest code of several
    (facts(c("a", -90), c("b", 90), agreements=[AgreementFact("x", c("b", 90))]),  "agreement", "b", "a", False),
    (facts(c("a", -90), agreements=[AgreementFact("x", c("a", -90))]),             "agreement", "a", "",  False),
    (facts(c("a", -9), c("b", 9), agreements=[AgreementFact("y", c("a", -9)), AgreementFact("x", c("b", 9))]),
                                                                                   "agreement", "b", "a", False),
    (facts(c("b", 900), commune=None, agreements=[AgreementFact("x", c("b", 900))]), "agreement", "b", "", False),
]
# fmt: on


@pytest.mark.parametrize(("given", "outcome", "sector", "readers", "border"), WHO_TAKES_IT)
def test_who_takes_it(given, outcome, sector, readers, border):
    decision = choose(given)
    assert decision.outcome == outcome
    assert (decision.sector and decision.sector.code) == sector
    assert "".join(each.code for each in decision.co_readers) == readers
    assert decision.border is border


SCHOOLS = CategoryFact("schools", 1, None, 333)
SCHOOLS_HERE = CategoryFact("schools", 1, 61, 444)
SCHOOLS_ELSEWHERE = CategoryFact("schools", 1, 62, 555)
SCHOOLS_ABROAD = CategoryFact("schools", 2, None, 666)


# fmt: off
BY_CATEGORY = [
    (facts(c("a", -90), rules=[SCHOOLS]),                        "category_rule", 333, "a"),  # before inside
    (facts(c("a", 0), c("b", 0), rules=[SCHOOLS]),               "category_rule", 333, "a"),  # before a tie
    (facts(c("a", 9), rules=[SCHOOLS]),                          "category_rule", 333, "a"),  # before the nearest
    (facts(rules=[SCHOOLS]),                                     "category_rule", 333, ""),   # before the commune
    (facts(c("a", -90), rules=[SCHOOLS, SCHOOLS_HERE]),          "category_rule", 444, "a"),  # this very commune first
    (facts(c("a", -90), rules=[SCHOOLS_ELSEWHERE]),              "inside",        970, ""),
    (facts(c("a", -90), rules=[SCHOOLS_ABROAD]),                 "inside",        970, ""),
    (facts(c("a", -90, territory=2), rules=[SCHOOLS_ABROAD]),    "category_rule", 666, "a"),  # the sector's territory
    (facts(commune=None, rules=[SCHOOLS]),                       "outside",       900, ""),   # nowhere, so no rule
    (facts(commune=FOREIGN, rules=[SCHOOLS]),                    "outside",       900, ""),
    (facts(c("a", -90), rules=[CategoryFact("schools", 1, None, 970)]), "category_rule", 970, ""),  # its own référent
    (facts(c("a", -90), c("b", 90), rules=[SCHOOLS], agreements=[AgreementFact("x", c("b", 90))]),
                                                                 "agreement",     980, "a"),  # an agreement before it
]
# fmt: on


@pytest.mark.parametrize(("given", "outcome", "post", "readers"), BY_CATEGORY)
def test_category_rules(given, outcome, post, readers):
    decision = choose(given)
    assert (decision.outcome, decision.post) == (outcome, post)
    assert "".join(each.code for each in decision.co_readers) == readers


def test_who_answers_by_post_territory_and_unit():
    for given, expected in (
        (facts(c("a", -9)), (970, 1, None)),
        (facts(), (70, 1, 7)),
        (facts(commune=GN), (80, 1, 8)),
    ):
        decision = choose(given)
        assert (decision.post, decision.territory, decision.unit) == expected


def test_what_is_outside_goes_to_the_triage_of_the_home_territory():
    for home, post in ((1, 900), (2, 901)):
        decision = choose(facts(commune=None, home=home))
        assert (decision.outcome, decision.territory, decision.post) == (Outcome.OUTSIDE, home, post)


def test_an_accuracy_of_zero_is_a_point():
    decision = choose(facts(c("a", -30, 1.0), c("b", 30, 0.0), accuracy=0.0))
    assert (decision.outcome, decision.border) == (Outcome.INSIDE, False)


def test_the_largest_share_is_asked_only_of_those_that_cover():
    decision = choose(facts(c("a", 3, 0.9), c("b", -3, 0.1), accuracy=100))
    assert decision.sector is not None
    assert (decision.outcome, decision.sector.code) == (Outcome.INSIDE, "b")


@pytest.mark.parametrize("distance", [math.nextafter(25.0, 0), 25.0, math.nextafter(25.0, 99)])
def test_the_reach_is_exact_to_the_last_bit(distance):
    taken = choose(facts(c("a", distance))).outcome is Outcome.NEAREST
    assert taken is (distance <= 25.0)
    assert choose(facts(c("a", -distance))).border is (distance < 25.0)


def test_the_facts_are_not_touched():
    candidates = [c("b", 3), c("a", -3)]
    given = facts(*candidates)
    choose(given)
    assert list(given.candidates) == candidates
    assert replace(given) == given
