from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from accounts.changes import create_token, create_user
from accounts.models import User
from sectors.account_files import embedded_accounts
from sectors.management.commands.seed_demo import PASSWORD
from sectors.models import Holding, Mandate, Territory
from sectors.scope import NOBODY, scope_of
from tests.sectors import tiny

ACCOUNTS = embedded_accounts()["05"]

pytestmark = pytest.mark.django_db

# address -> roles, posts held, what the mandates cover
CAST = {
    "referent.gap1": ({"referent"}, {"gap-hyper-centre"}, set()),
    "referent.gap2": ({"referent"}, {"gap-economique"}, set()),
    "referent.gap3": ({"referent"}, {"gap-habitat-dense"}, set()),
    "referent.briancon1": ({"referent"}, {"briancon-hyper-centre"}, set()),
    "referent.briancon2": ({"referent"}, {"briancon-economique"}, set()),
    "referent.briancon3": ({"referent"}, {"briancon-habitat-dense"}, set()),
    "gendarme": ({"referent"}, {"gendarmerie-05"}, set()),
    "partenaire.bailleur": ({"partner"}, set(), {"bailleur"}),
    "partenaire.bus": ({"partner"}, set(), {"bus"}),
    "maire.gap": ({"mayor"}, set(), {"05061"}),
    "maire.briancon": ({"mayor"}, set(), {"05023"}),
    "direction": ({"director", "referent"}, {"triage-05"}, {"05"}),
    "admin": ({"administrator"}, set(), {"05"}),
    "audit": ({"auditor"}, set(), {"05"}),
    "suspendu": (set(), set(), {"bailleur"}),
}


@pytest.mark.parametrize("local", CAST)
def test_each_account_covers_what_its_role_says(local):
    roles, posts, places = CAST[local]
    user = User.objects.get(email=f"{local}@psq.example")
    scope = scope_of(user, timezone.now())

    assert scope.roles == roles
    assert {holding.post.code for holding in Holding.objects.filter(user=user)} == posts
    covered = [m.territory or m.commune or m.partner for m in Mandate.objects.filter(user=user)]
    assert {place.code for place in covered} == places
    assert "(démonstration)" in user.name


def test_the_accounts_are_those_of_the_cast_with_one_password_of_16_characters():
    assert {account.local for account in ACCOUNTS} == set(CAST)
    assert len(PASSWORD) == 16
    for account in ACCOUNTS[:3]:
        assert User.objects.get(email=f"{account.local}@psq.example").check_password(PASSWORD)


def test_the_suspended_account_is_a_partner_that_cannot_enter():
    user = User.objects.get(email="suspendu@psq.example")

    assert not user.is_active
    assert scope_of(user, timezone.now()) == NOBODY


def test_the_list_is_printed_with_the_password():
    lines = tiny.run("seed_demo").splitlines()

    assert [line.split()[0] for line in lines[:-1]] == [f"{account.local}@psq.example" for account in ACCOUNTS]
    assert lines[-1].endswith(PASSWORD)


def test_a_second_run_changes_nothing():
    def state():
        return (
            list(User.objects.order_by("pk").values_list("pk", "email", "password", "is_active")),
            list(Holding.objects.order_by("pk").values_list("pk", "post", "user")),
            list(Mandate.objects.order_by("pk").values_list("pk", "user")),
        )

    before = state()
    tiny.run("seed_demo")

    assert state() == before


def test_it_puts_back_what_was_changed_and_leaves_posts_that_others_took():
    gap1 = User.objects.get(email="referent.gap1@psq.example")
    gap1.set_password("another password")
    gap1.save()
    User.objects.filter(email="suspendu@psq.example").update(is_active=True)
    suspended = User.objects.get(email="suspendu@psq.example")
    create_token(user=suspended, name="x", ttl=timedelta(days=1))
    other = create_user(email="autre@psq.example", password=None)
    Holding.objects.filter(post__code="gap-economique").update(user=other)

    tiny.run("seed_demo")

    gap1.refresh_from_db()
    suspended.refresh_from_db()
    assert gap1.check_password(PASSWORD)
    assert not suspended.is_active
    assert not suspended.auth_token_set.exists()
    assert Holding.objects.get(post__code="gap-economique").user == other


def test_it_runs_in_a_demonstration_only(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="not a demonstration"):
        tiny.run("seed_demo")


def test_it_makes_no_known_account_beside_a_real_territory():
    Territory.objects.create(code="90", name_fr="Belfort", name_en="Belfort", policy_version="1")

    with pytest.raises(CommandError, match="real territory"):
        tiny.run("seed_demo")


def test_without_the_territory_it_says_what_to_do_first():
    Holding.objects.all().delete()
    Mandate.objects.all().delete()
    User.objects.filter(email="maire.gap@psq.example").delete()
    from sectors.models import Commune, Edition, Sector

    Edition.objects.update(sealed_at=None)
    Sector.objects.all().delete()
    Commune.objects.filter(code="05061").delete()

    with pytest.raises(CommandError, match="load_territory"):
        tiny.run("seed_demo")
    assert not User.objects.filter(email="maire.gap@psq.example").exists()
