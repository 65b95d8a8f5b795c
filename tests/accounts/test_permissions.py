from __future__ import annotations

import pytest

from accounts import permissions
from accounts.permissions import ROLES, TABLE, may, relations

EVERYBODY = frozenset(ROLES)

# verb: who may at all (DOMAIN's table of who sees what, and the HTTP contract)
WHO = {
    "report": {"referent", "partner", "mayor"},
    "report_for_others": {"referent", "mayor"},
    "list": {"referent", "partner", "mayor", "director"},
    "read": {"referent", "partner", "mayor", "director"},
    "triage": {"director"},
    "keep_places": {"partner"},
    "note": {"referent", "director"},
    "administer": {"administrator"},
    "see_posts": {"director", "administrator"},
    "read_log": {"auditor"},
}


@pytest.mark.parametrize("verb", WHO)
def test_who_has_a_verb(verb):
    assert {role for role in ROLES if may({role}, verb)} == WHO[verb]


@pytest.mark.parametrize("verb", TABLE)
def test_nobody_without_a_role_has_any_verb(verb):
    assert not may((), verb)
    assert not relations((), verb)
    assert not may({"superhero"}, verb)


def test_several_roles_add_up():
    assert may({"auditor", "partner"}, "report")
    assert relations({"referent", "partner"}, "read") == {"own", "held", "co_read", "group"}


def test_text_is_read_where_the_concern_is_seen_and_not_by_the_street():
    for role in ROLES:
        assert relations({role}, "read_text") <= relations({role}, "read")
    assert not relations(EVERYBODY, "read_text") & {"group", "commune"}


def test_what_changes_a_concern_needs_its_text():
    for verb in ("move", "change_status", "comment"):
        for role in ROLES:
            assert relations({role}, verb) <= relations({role}, "read_text")


def test_auditor_and_administrator_see_no_concern():
    for verb in ("list", "read", "read_text", "move", "change_status", "comment", "report"):
        assert not may({"auditor", "administrator"}, verb)


def test_a_verb_that_is_not_in_the_table_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        may(EVERYBODY, "delete_everything")


def test_the_table_uses_the_words_that_it_explains():
    assert permissions.__doc__ is not None
    for row in TABLE.values():
        assert set(row) <= EVERYBODY
        for words in row.values():
            assert words
            assert all(f"\n    {word} " in permissions.__doc__ for word in words)
