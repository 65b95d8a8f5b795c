"""The database and Python say the same of every concern and every person, whatever the person covers."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.permissions import ROLES, TABLE
from incidents.models import Incident
from incidents.models.visibility import RELATIONS, may_on, may_read, reached, relations_to, seen_in_full
from sectors.models import Commune, Partner, Post, Territory
from sectors.scope import NOBODY, Scope
from tests.incidents.sending import BRIANCON, GAP, GAP_DESK, GAP_HOUSING, PARIS, VALLEY, reported

pytestmark = pytest.mark.django_db
BORDER = (6.0755, 44.5568)  # of two sectors of Gap: a neighbour reads too


@pytest.fixture
def concerns(person) -> list[Incident]:
    """Of partners, a référent and a mayor, in sectors, at desks, with the gendarmerie and outside."""
    now = timezone.now()
    for name, point in (
        ("partner_a", GAP), ("partner_a", BORDER), ("partner_a", GAP_DESK), ("partner_b", GAP_HOUSING),
        ("partner_b", BRIANCON), ("partner_b", PARIS), ("referent_a", VALLEY), ("mayor_gap", GAP),
        ("mayor_briancon", BORDER), ("gendarme", BRIANCON),
    ):  # fmt: skip
        reported(person(name), now, point)
    reported(person("referent_a"), now, GAP_HOUSING, partner="bus")
    found = list(Incident.objects.select_related("sector"))
    assert any(row.co_reader_posts for row in found)
    assert any(row.sector is None for row in found)
    assert any(row.commune_id is None for row in found)
    return found


def scopes() -> st.SearchStrategy[Scope]:
    """Whatever a person may cover of what is there."""

    def some(keys: Any) -> st.SearchStrategy[tuple[int, ...]]:
        return st.lists(st.sampled_from(sorted(keys)), unique=True, max_size=3).map(tuple)

    posts = Post.objects.values_list("pk", flat=True)
    territories = some(Territory.objects.values_list("pk", flat=True))
    return st.builds(
        Scope,
        posts=some(posts),
        partners=some(Partner.objects.values_list("pk", flat=True)),
        group_posts=some(posts),
        communes=some(Commune.objects.filter(code__in=["05061", "05023"]).values_list("pk", flat=True)),
        directed=territories,
        administered=territories,
        audited=territories,
        author=st.sampled_from(sorted({(each,) for each in Incident.objects.values_list("author_id", flat=True)})),
    )


def test_each_relation_is_the_same_in_both(concerns):
    @settings(max_examples=60)
    @given(scopes())
    def agree(scope: Scope) -> None:
        for name in RELATIONS:
            by_database = set(Incident.objects.filter(reached(scope, [name])).values_list("pk", flat=True))
            assert by_database == {row.pk for row in concerns if name in relations_to(row, scope)}, name

    agree()


def test_each_right_is_the_same_in_both(concerns):
    @settings(max_examples=60)
    @given(scopes())
    def agree(scope: Scope) -> None:
        for verb, condition in (("read", may_read), ("read_text", seen_in_full)):
            by_database = set(Incident.objects.filter(condition(scope)).values_list("pk", flat=True))
            assert by_database == {row.pk for row in concerns if may_on(row, scope, verb)}, verb
        assert set(Incident.objects.visible_to(scope)) == {row for row in concerns if may_on(row, scope, "read")}

    agree()


def test_every_relation_of_the_rights_is_one_of_these():
    named = {name for row in TABLE.values() for names in row.values() for name in names}
    assert named == set(RELATIONS)


def test_nobody_reaches_anything(concerns):
    for name in RELATIONS:
        assert not Incident.objects.filter(reached(NOBODY, [name])).exists()
    assert not any(relations_to(row, NOBODY) for row in concerns)


def test_one_who_only_administers_or_audits_reaches_nothing_of_it(concerns):
    every = tuple(Territory.objects.values_list("pk", flat=True))
    for row in concerns:
        scope = Scope(administered=every, audited=every, author=(row.author_id,))
        assert not any(may_on(row, scope, verb) for verb in TABLE)
    assert ROLES
