"""The life of a concern: what may follow what, by whom, and what must be said."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from incidents import workflow
from incidents.workflow import (
    MOVES,
    OPEN,
    SETTLED,
    SUSPENSION_CAP_DAYS,
    SUSPENSION_REASONS,
    MoveRefused,
    Status,
    after_rerouting,
    check,
    listed,
    next_from,
    suspension_ends_on,
)

TODAY = date(2026, 11, 23)  # a Monday
ROLES = ("referent", "partner", "mayor", "director", "administrator", "auditor", "system")
WELL_SAID: dict[str, Any] = {
    "reason": "partenaire_attendu",
    "answer": "Passages renforcés le soir.",
    "closed_on": TODAY,
    "today": TODAY,
}

# Written a second time, from the words of the trade, and not read from the module.
#  from               to                 who                                          must be said
EXPECTED = [
    ("signalee",        "qualifiee",       "referent director",                         ""),
    ("signalee",        "non_retenue",     "referent director",                         "reason"),
    ("qualifiee",       "prise_en_charge", "referent director",                         ""),
    ("qualifiee",       "non_retenue",     "referent director",                         "reason"),
    ("qualifiee",       "suspendue",       "referent director",                         "reason"),
    ("prise_en_charge", "repondue",        "referent director",                         "answer"),
    ("prise_en_charge", "non_retenue",     "referent director",                         "reason"),
    ("prise_en_charge", "suspendue",       "referent director",                         "reason"),
    ("suspendue",       "qualifiee",       "referent director system",                  ""),
    ("suspendue",       "prise_en_charge", "referent director system",                  ""),
    ("suspendue",       "non_retenue",     "referent director",                         "reason"),
    ("repondue",        "close",           "referent director",                         ""),
    ("repondue",        "rouverte",        "referent director partner mayor",           "reason"),
    ("close",           "rouverte",        "referent director partner mayor",           "reason"),
    ("non_retenue",     "rouverte",        "referent director partner mayor",           "reason"),
    ("rouverte",        "prise_en_charge", "referent director system",                  ""),
]  # fmt: skip
# What nobody chooses: it follows from another change, and `handing` makes none but those to `signalee`.
FOLLOWING = {
    "signalee": "prise_en_charge rouverte",
    "qualifiee": "signalee rouverte",
    "prise_en_charge": "signalee qualifiee rouverte",
    "suspendue": "signalee rouverte",
    "repondue": "signalee qualifiee prise_en_charge",
    "close": "signalee qualifiee prise_en_charge",
    "non_retenue": "signalee qualifiee prise_en_charge",
    "rouverte": "signalee qualifiee",
}
ALLOWED = {(source, target): set(who.split()) for source, target, who, _ in EXPECTED}


def refusal(*args, **kwargs) -> MoveRefused:
    with pytest.raises(MoveRefused) as refused:
        check(*args, **kwargs)
    return refused.value


@pytest.mark.parametrize(("source", "target"), list(product(Status, Status)))
def test_every_pair_of_statuses_for_every_role(source, target):
    who = ALLOWED.get((source.value, target.value))
    for role in ROLES:
        if who is None:
            refused = refusal(source, target, role=role, **WELL_SAID)
            assert refused.code == ("status_unchanged" if source is target else "move_not_allowed")
            assert refused.facts["allowed"] == next_from(source)
        elif role not in who:
            refused = refusal(source, target, role=role, **WELL_SAID)
            assert refused.code == "role_not_allowed"
            assert refused.facts == {"role": role, "allowed": sorted(who)}
        else:
            assert check(source, target, role=role, **WELL_SAID) is MOVES[source, target]


@pytest.mark.parametrize(("source", "target"), list(product(Status, Status)))
def test_what_follows_from_another_change_is_in_the_same_table(source, target):
    chosen = (source.value, target.value) in ALLOWED
    follows = target.value in FOLLOWING[source].split()
    assert ((source, target) in MOVES) is (chosen or follows)
    made = {
        "together": chosen or follows,
        "handing": follows and target is Status.SIGNALEE and source in OPEN,
    }
    for role, allowed in made.items():
        if allowed:
            assert listed(source, target, role=role) is MOVES[source, target]
            continue
        with pytest.raises(MoveRefused):
            listed(source, target, role=role)


def test_a_concern_given_to_another_post_waits_there_from_wherever_it_stood():
    for source in OPEN - {Status.SIGNALEE}:
        assert not listed(source, after_rerouting(source), role="handing").public


def test_what_is_merged_goes_wherever_the_other_one_stands():
    """As it is merged, when it follows (its own suspension may have ended sooner), and on its own again."""
    merging = OPEN - {Status.SUSPENDUE}
    for source, target in product(merging, merging):
        assert source is target or listed(source, target, role="together")
    for source, target in product(Status, merging):
        assert source is target or listed(source, target, role="together")
    for begins, ends in ALLOWED:
        sooner = {Status.QUALIFIEE, Status.PRISE_EN_CHARGE} if begins == "suspendue" else set()
        for stands in {Status(begins), *sooner} - {Status(ends)}:
            assert listed(stands, ends, role="together")


@pytest.mark.parametrize(("source", "target", "who", "said"), EXPECTED)
@pytest.mark.parametrize("silence", ["", "   ", "\n\t", "...", "\u200b", "—"])
def test_what_must_be_said_is_said(source, target, who, said, silence):
    role = who.split()[0]
    for what in ("reason", "answer"):
        facts = {**WELL_SAID, what: silence}
        if what == said:
            assert refusal(source, target, role=role, **facts).code == f"{what}_required"
        else:
            assert check(source, target, role=role, **facts) is MOVES[Status(source), Status(target)]


def test_plain_strings_of_the_database_are_understood_and_others_refused():
    assert check("signalee", "qualifiee", role="referent", today=TODAY).public is False
    for pair in (("signalee", "reorientee"), ("ouverte", "qualifiee"), ("", "close"), ("SIGNALEE", "qualifiee")):
        refused = refusal(*pair, role="referent", today=TODAY)
        assert refused.code == "status_unknown"
        assert refused.facts["known"] == tuple(Status)


def test_open_is_all_but_answered_closed_and_rejected():
    assert {"repondue", "close", "non_retenue"} == SETTLED
    assert {"signalee", "qualifiee", "prise_en_charge", "suspendue", "rouverte"} == OPEN
    assert set(Status) == OPEN | SETTLED


@pytest.mark.parametrize("source", ["close", "non_retenue"])
@pytest.mark.parametrize(
    ("closed_on", "allowed"),
    [
        (date(2026, 11, 23), True),  # the same day
        (date(2026, 8, 26), True),  # day 89
        (date(2026, 8, 25), True),  # day 90
        (date(2026, 8, 24), False),  # day 91
        (date(2025, 11, 23), False),
    ],
)
def test_reopening_until_day_90(source, closed_on, allowed):
    facts = {**WELL_SAID, "closed_on": closed_on}
    if allowed:
        assert check(source, "rouverte", role="partner", **facts).needs_reason
        return
    refused = refusal(source, "rouverte", role="partner", **facts)
    assert refused.code == "reopening_too_late"
    assert refused.facts == {"closed_on": closed_on, "last_day": closed_on + timedelta(days=90)}


def test_reopening_needs_to_know_when_it_was_closed():
    assert refusal("close", "rouverte", role="referent", reason="Encore.", today=TODAY).code == "closed_on_missing"
    assert check("repondue", "rouverte", role="partner", reason="Rien n'a changé.", today=TODAY)


def test_a_reopened_concern_goes_back_to_the_one_who_deals_with_it():
    assert next_from("rouverte") == (Status.PRISE_EN_CHARGE,)


@pytest.mark.parametrize("reason", SUSPENSION_REASONS)
def test_a_suspension_takes_a_listed_reason(reason):
    assert check("prise_en_charge", "suspendue", role="referent", reason=reason, today=TODAY).public


def test_a_suspension_takes_no_other_reason():
    refused = refusal("prise_en_charge", "suspendue", role="referent", reason="Trop de travail", today=TODAY)
    assert refused.code == "reason_not_listed"
    assert refused.facts == {"reason": "Trop de travail", "listed": SUSPENSION_REASONS}


@pytest.mark.parametrize(
    ("suspended_days", "allowed"),
    [(0, True), (SUSPENSION_CAP_DAYS - 1, True), (SUSPENSION_CAP_DAYS, False), (SUSPENSION_CAP_DAYS + 5, False)],
)
def test_the_clock_does_not_stand_still_for_ever(suspended_days, allowed):
    facts: dict[str, Any] = {
        "role": "referent",
        "reason": "travaux_en_cours",
        "today": TODAY,
        "suspended_days": suspended_days,
    }
    if allowed:
        assert check("qualifiee", "suspendue", **facts)
        return
    refused = refusal("qualifiee", "suspendue", **facts)
    assert refused.code == "suspension_exhausted"
    assert refused.facts == {"suspended_days": suspended_days, "most": SUSPENSION_CAP_DAYS}


def test_a_suspension_ends_when_its_days_are_used_up():
    assert suspension_ends_on(TODAY) == TODAY + timedelta(days=30)
    assert suspension_ends_on(TODAY, suspended_days=20) == TODAY + timedelta(days=10)
    assert suspension_ends_on(TODAY, suspended_days=45) == TODAY


def test_a_reoriented_concern_is_as_reported_at_its_receiver():
    for status in OPEN:
        assert after_rerouting(status) is Status.SIGNALEE
    for status in SETTLED:
        with pytest.raises(MoveRefused) as refused:
            after_rerouting(status)
        assert refused.value.code == "already_settled"
        assert refused.value.facts == {"from": status}


def test_every_status_is_reached_and_every_open_one_can_be_left():
    reached, edge = {Status.SIGNALEE}, [Status.SIGNALEE]
    while edge:
        new = set(next_from(edge.pop())) - reached
        reached |= new
        edge.extend(new)
    assert reached == set(Status)
    assert all(next_from(status, role="referent") for status in OPEN)


def test_what_a_role_is_offered_is_what_it_may_do():
    assert next_from("close", role="partner") == (Status.ROUVERTE,)
    assert next_from("signalee", role="partner") == ()
    for status, role in product(Status, ROLES):
        assert set(next_from(status, role)) == {
            target for (source, target), who in ALLOWED.items() if source == status and role in who
        }


def test_an_auditor_and_an_administrator_move_nothing():
    assert not any(move.roles & {"administrator", "auditor"} for move in MOVES.values())


def test_the_reporter_is_told_whenever_something_was_said_or_the_clock_stopped():
    """Of what is chosen; what only follows is told by what brought it about (a merge, another post)."""
    for source, target in ALLOWED:
        move = MOVES[Status(source), Status(target)]
        told = move.needs_reason or move.needs_answer or Status.SUSPENDUE in {source, target}
        assert move.public or not told, (source, target)


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        workflow.MOVES[Status.CLOSE, Status.SIGNALEE] = MOVES[Status.SIGNALEE, Status.QUALIFIEE]  # type: ignore[index]
