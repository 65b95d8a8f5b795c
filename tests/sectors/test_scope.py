"""What each of the cast covers, and on which dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from accounts.authentication import authenticated
from accounts.changes import create_token
from sectors.models import Commune, Mandate, Partner, Post, Role, Territory
from sectors.scope import NOBODY, Scope, scope_of
from tests.factories import land, person, since

pytestmark = pytest.mark.django_db
FIRST_DAY = datetime(2025, 12, 31, 23, tzinfo=UTC)


def named(scope: Scope) -> dict[str, set[str]]:
    """The codes behind the keys, without the empty ones."""
    tables: dict[str, Any] = {
        "posts": Post, "partners": Partner, "group_posts": Post, "communes": Commune,
        "directed": Territory, "administered": Territory, "audited": Territory,
    }  # fmt: skip
    found = {
        name: set(model.objects.filter(pk__in=getattr(scope, name)).values_list("code", flat=True))
        for name, model in tables.items()
    }
    return {name: codes for name, codes in found.items() if codes}


@pytest.mark.parametrize(
    ("who", "covers", "roles"),
    [
        ("referent_a", {"posts": {"gap-hyper-centre"}}, {"referent"}),
        ("referent_briancon", {"posts": {"briancon-hyper-centre"}}, {"referent"}),
        ("gendarme", {"posts": {"gendarmerie-05"}}, {"referent"}),
        (
            "partner_a",
            {"partners": {"bailleur"}, "group_posts": {"gap-hyper-centre", "gap-habitat-dense"}},
            {"partner"},
        ),
        ("partner_b", {"partners": {"bus"}, "group_posts": {"briancon-hyper-centre"}}, {"partner"}),
        ("mayor_gap", {"communes": {"05061"}}, {"mayor"}),
        ("director", {"posts": {"triage-05"}, "directed": {"05"}}, {"referent", "director"}),
        ("administrator", {"administered": {"05"}}, {"administrator"}),
        ("auditor", {"audited": {"05"}}, {"auditor"}),
    ],
)
def test_the_cast(person, who, covers, roles):
    scope = scope_of(person(who), timezone.now())
    assert named(scope) == covers
    assert scope.roles == roles
    assert scope.author == (person(who).pk,)
    assert scope.home == Territory.objects.get(code="05").pk


def test_nobody_covers_nothing(person):
    for user in (AnonymousUser(), person("suspended")):
        assert scope_of(user, timezone.now()) == NOBODY
    assert NOBODY.roles == frozenset()


def test_one_query(person, django_assert_num_queries):
    user = person("partner_a")
    with django_assert_num_queries(1):
        scope_of(user, timezone.now())


@pytest.mark.parametrize("who", ["referent_a", "partner_a", "partner_b", "mayor_gap", "director", "auditor"])
def test_a_token_tells_its_scope_once(person, django_assert_num_queries, who):
    user, now = person(who), timezone.now()
    clear = create_token(user=user, name="scope", ttl=timedelta(days=1))
    request = RequestFactory().get("/", headers={"Authorization": f"Token {clear}"})
    covered = scope_of(user, now)
    authenticated(request)  # notes the first use
    with django_assert_num_queries(1):
        by_token = authenticated(request)
        told = scope_of(by_token, now)
    # The second time it is asked of the tables.
    with django_assert_num_queries(1):
        again = scope_of(by_token, now)
    assert again == told == covered != NOBODY


def test_a_token_tells_what_is_covered_now(person):
    user = person("partner_a")
    clear = create_token(user=user, name="scope", ttl=timedelta(days=1))
    request = RequestFactory().get("/", headers={"Authorization": f"Token {clear}"})
    assert scope_of(authenticated(request), timezone.now()).partners
    Mandate.objects.filter(user=user).update(validity=(FIRST_DAY, FIRST_DAY + timedelta(days=1)))
    assert scope_of(authenticated(request), timezone.now()).roles == frozenset()
    with time_machine.travel(FIRST_DAY + timedelta(hours=1)):
        assert scope_of(authenticated(request), timezone.now()).roles == {"partner"}


def test_an_account_without_a_role():
    user = person("nobody@bzh.example")
    assert scope_of(user, timezone.now()) == Scope(author=(user.pk,))


def test_roles_hold_on_their_dates(person):
    user = person("partner_a")
    tick = timedelta(microseconds=1)
    assert scope_of(user, FIRST_DAY - tick).roles == frozenset()
    assert scope_of(user, FIRST_DAY).roles == {"partner"}
    end = timezone.now()
    Mandate.objects.filter(user=user).update(validity=since(FIRST_DAY, end))
    assert scope_of(user, end - tick).partners
    gone = scope_of(user, end)
    assert (gone.partners, gone.group_posts, gone.home) == ((), (), None)


def test_holder_and_stand_in_both_cover_the_post(person):
    made = land()
    holder, guest = person("referent_a"), person("referent_b")
    start = timezone.now()
    made.held("a", holder)
    made.held("a", guest, stand_in=True, start=start, end=start + timedelta(days=3))
    key = made.posts["a"].pk
    assert key in scope_of(holder, start).posts
    assert key in scope_of(guest, start).posts
    assert key not in scope_of(guest, start + timedelta(days=3)).posts


def test_several_roles_add_up_and_the_home_is_the_first_territory(person):
    user = person("partner_a")
    made = land()
    Mandate.objects.create(user=user, role=Role.MAYOR, commune=made.commune("22001", shape()), validity=since())
    Mandate.objects.create(user=user, role=Role.AUDITOR, territory=made.territory, validity=since())
    scope = scope_of(user, timezone.now())
    assert scope.roles == {"partner", "mayor", "auditor"}
    assert scope.home == min(made.territory.pk, Territory.objects.get(code="05").pk)


def test_a_commune_of_no_territory_gives_no_home(person):
    user = person_of_nowhere()
    commune = land().commune("22001", shape(), served=False)
    Mandate.objects.create(user=user, role=Role.MAYOR, commune=commune, validity=since())
    scope = scope_of(user, timezone.now())
    assert (scope.communes, scope.home) == ((commune.pk,), None)


def test_a_partner_in_two_groups_of_one_post_counts_it_once(person):
    scope = scope_of(person("partner_a"), timezone.now())
    assert len(scope.group_posts) == len(set(scope.group_posts))
    assert list(scope.group_posts) == sorted(scope.group_posts)


def person_of_nowhere():
    return person("mayor@bzh.example")


def shape():
    from tests.factories import square

    return square(0, 0)
