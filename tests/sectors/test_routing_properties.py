"""Whatever lies around a point, the rule gives one decision, and the same one in whatever order it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sectors.routing import AgreementFact, Candidate, CategoryFact, CommuneFact, Decision, Facts, Outcome, choose

# Distances that meet the thresholds often.
DISTANCES = st.sampled_from([0.0, 1e-9, 24.9, 25.0, 25.1, 199.9, 200.0, 200.1, 19_999.0]) | st.floats(0, 20_000)
SHARES = st.none() | st.sampled_from([0.0, 0.5, 0.79, 0.8, 0.81, 1.0]) | st.floats(0, 1)
KEYS = st.integers(1, 3)


@st.composite
def sector(draw: st.DrawFn, number: int, code: str) -> Candidate:
    covers = draw(st.booleans())
    away = draw(DISTANCES)
    return Candidate(
        sector=number,
        code=code,
        territory=draw(st.integers(1, 2)),
        post=draw(st.integers(10, 13)),
        priority=draw(KEYS),
        covers=covers,
        distance_m=-away if covers and away else away,
        share=draw(SHARES),
    )


@st.composite
def any_facts(draw: st.DrawFn, codes: tuple[str, ...] = ("a", "b", "c", "d", "e")) -> Facts:
    count = draw(st.integers(0, len(codes)))
    candidates = [draw(sector(number, code)) for number, code in enumerate(codes[:count])]
    agreed = draw(st.lists(st.sampled_from(candidates), max_size=3)) if candidates else []
    rules = draw(st.lists(st.builds(CategoryFact, st.just("x"), st.integers(1, 2), st.none() | KEYS, KEYS), max_size=4))
    return Facts(
        candidates=candidates,
        commune=draw(
            st.none()
            | st.builds(
                CommuneFact,
                KEYS,
                st.none() | st.integers(1, 2),
                st.sampled_from([None, "PN", "GN", "", "XX"]),
                st.none() | KEYS,
                st.none() | KEYS,
                DISTANCES,
            )
        ),
        agreements=[AgreementFact(f"agreement-{i}", each) for i, each in enumerate(agreed)],
        rules=rules,
        tolerance_m={1: draw(st.sampled_from([5.0, 25.0, 500.0])), 2: 25.0},
        triage_post=99,
        triage_territory=1,
        accuracy_m=draw(st.none() | st.floats(0, 100_000)),
    )


def shuffled(draw: Any, facts: Facts) -> Facts:
    return replace(
        facts,
        candidates=draw(st.permutations(facts.candidates)),
        agreements=draw(st.permutations(facts.agreements)),
        rules=draw(st.permutations(facts.rules)),
    )


@given(st.data())
def test_one_decision_and_in_any_order_the_same(data: st.DataObject):
    facts = data.draw(any_facts())
    decision = choose(facts)
    assert isinstance(decision, Decision)
    assert decision.outcome in Outcome
    assert choose(shuffled(data.draw, facts)) == decision


@given(any_facts())
def test_each_decision_keeps_what_its_outcome_promises(facts: Facts):
    decision = choose(facts)
    covering = [each for each in facts.candidates if each.covers]
    match decision.outcome:
        case Outcome.AGREEMENT:
            assert decision.sector in [each.candidate for each in facts.agreements]
        case Outcome.CATEGORY_RULE:
            assert decision.post in {rule.post for rule in facts.rules}
        case Outcome.INSIDE:
            assert covering == [decision.sector]
        case Outcome.TIE:
            assert len(covering) > 1
            assert decision.sector in covering
        case Outcome.NEAREST:
            assert not covering
            assert decision.sector in facts.candidates
        case Outcome.COMMUNE_DESK | Outcome.GENDARMERIE:
            assert decision.sector is None
            assert facts.commune is not None
            assert decision.post == facts.commune.post
        case Outcome.OUTSIDE:
            assert (decision.post, decision.territory, decision.sector) == (99, 1, None)
    if facts.agreements:
        assert decision.outcome is Outcome.AGREEMENT
    elif covering:
        assert decision.outcome in {Outcome.INSIDE, Outcome.TIE, Outcome.CATEGORY_RULE}
    readers = [each.code for each in decision.co_readers]
    assert readers == sorted(set(readers))
    if decision.sector is not None and decision.outcome is not Outcome.CATEGORY_RULE:
        assert decision.post == decision.sector.post
        assert decision.sector.code not in readers


@given(any_facts())
def test_one_who_covers_with_the_winner_always_reads(facts: Facts):
    decision = choose(facts)
    if decision.outcome in {Outcome.TIE, Outcome.AGREEMENT}:
        covering = {each.code for each in facts.candidates if each.covers}
        chosen = decision.sector.code if decision.sector else ""
        assert covering - {chosen} <= {each.code for each in decision.co_readers}


@given(st.data())
def test_sectors_of_one_code_in_two_territories_are_two(data: st.DataObject):
    first = replace(data.draw(sector(0, "a")), territory=1)
    second = replace(data.draw(sector(1, "a")), territory=2)
    facts = replace(data.draw(any_facts(codes=())), candidates=[first, second])
    decision = choose(facts)
    assert choose(shuffled(data.draw, facts)) == decision
    if first.covers and second.covers and decision.outcome is Outcome.TIE:
        assert len(decision.co_readers) == 1
