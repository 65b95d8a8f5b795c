"""Forms of roles, of the second factor and of partners: what is asked, what is refused, and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.changes import create_token
from accounts.models import AccessLog, User
from messaging.models import Message
from sectors import atlas
from sectors.models import Holding, Mandate, Partner, PartnershipGroup
from sectors.moments import PARIS
from tests.factories import land

pytestmark = pytest.mark.django_db
Cast = Callable[[str], User]
# Monday 23 November 2026 is today.
TODAY, TOMORROW, YESTERDAY = "2026-11-23", "24/11/2026", "2026-11-22"


@pytest.fixture
def admin(monday: datetime, seen_by: Callable[[str], Client]) -> Client:
    return seen_by("administrator")


def to_give(user: User) -> str:
    return reverse("administration_give", args=[user.pk])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "role"),
        ({"role": "partner:nothing"}, "role"),
        ({"role": "superuser:05"}, "role"),
        ({"role": "partner:bailleur"}, "role"),  # has it already
        ({"role": "referent:gap-hyper-centre"}, "role"),  # somebody else holds it
        ({"role": "partner:bus", "start": "hier"}, "start"),
        ({"role": "partner:bus", "start": YESTERDAY}, "start"),
        ({"role": "partner:bus", "start": TOMORROW, "end": TODAY}, "end"),
        ({"role": "partner:bus", "end": YESTERDAY}, "end"),
        ({"role": "partner:bus", "stand_in": "1"}, "stand_in"),
    ],
)
def test_a_role_refused_says_why_at_its_field(admin: Client, person: Cast, sent: dict[str, str], field: str) -> None:
    before = Mandate.objects.count(), Holding.objects.count()
    answer = admin.post(to_give(person("partner_a")), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert f'href="#id_{field}"' in answer.content.decode()
    assert (Mandate.objects.count(), Holding.objects.count()) == before


def test_a_role_is_given_on_whole_days_of_paris(admin: Client, person: Cast) -> None:
    user = person("partner_a")
    sent = {"role": "partner:bus", "start": TOMORROW, "end": "2026-11-30"}
    assert admin.post(to_give(user), sent)["Location"] == reverse("administration_person", args=[user.pk])
    dates = Mandate.objects.get(user=user, partner__code="bus").validity
    assert dates.lower == datetime(2026, 11, 24, tzinfo=PARIS)
    assert dates.upper == datetime(2026, 12, 1, tzinfo=PARIS)
    page = admin.get(reverse("administration_person", args=[user.pk])).content.decode()
    assert "du 24 novembre 2026 au 30 novembre 2026" in page
    assert "à venir" in page


def test_a_stand_in_holds_the_post_with_its_holder(admin: Client, person: Cast) -> None:
    user = person("referent_b")
    sent = {"role": "referent:gap-hyper-centre", "stand_in": "1", "end": "2026-12-04"}
    assert admin.post(to_give(user), sent).status_code == 302
    assert Holding.objects.filter(post__code="gap-hyper-centre").count() == 2
    assert "(suppléance)" in admin.get(reverse("administration_person", args=[user.pk])).content.decode()


def test_only_places_of_the_territory_are_offered(admin: Client, person: Cast) -> None:
    there = land("bzh")
    Partner.objects.create(territory=there.territory, code="firm", name="Firme", kind="commerce")
    page = admin.get(to_give(person("partner_a"))).content.decode()
    assert "Firme" not in page
    assert page.count("<optgroup") == 6
    for value in ("partner:firm", "director:bzh", "referent:triage-bzh"):
        assert admin.post(to_give(person("partner_a")), {"role": value}).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [("director:05", 401), ("referent:gap-hyper-centre", 401), ("partner:bus", 200)]
)
def test_a_token_ends_with_a_role_that_asks_for_a_factor(admin: Client, person: Cast, role: str, status: int) -> None:
    user = person("partner_a")
    clear = create_token(user=user, name="QGIS", ttl=timedelta(days=1))
    program = Client(SERVER_NAME="localhost", headers={"Authorization": f"Token {clear}"})
    assert program.get("/api/incidents/").status_code == 200
    assert "met fin aux jetons" in admin.get(to_give(user)).content.decode()
    stand_in = "1" if role.startswith("referent") else ""
    assert admin.post(to_give(user), {"role": role, "stand_in": stand_in}).status_code == 302
    assert program.get("/api/incidents/").status_code == status
    revoked = AccessLog.objects.filter(operation="token.revoke", reference=f"account:{user.pk}")
    told = [(each.user, each.count, each.territory) for each in revoked]
    assert told == ([(person("administrator"), 1, "05")] if status == 401 else [])


def test_nobody_gives_themselves_a_role(admin: Client, person: Cast) -> None:
    own, before = person("administrator"), Mandate.objects.count()
    answer = admin.post(to_give(own), {"role": "auditor:05"})
    assert "Pas sur votre propre compte" in answer.context["form"].errors["role"][0]
    assert "Pas sur votre propre compte" in answer.content.decode()
    assert Mandate.objects.count() == before
    assert to_give(own) not in admin.get(reverse("administration_person", args=[own.pk])).content.decode()
    assert (
        to_give(person("partner_a"))
        in admin.get(reverse("administration_person", args=[person("partner_a").pk])).content.decode()
    )


@pytest.mark.parametrize("kind", ["mandate", "holding"])
def test_a_role_ends_from_its_own_page(admin: Client, person: Cast, monday: datetime, kind: str) -> None:
    user = person("partner_a" if kind == "mandate" else "referent_a")
    row: Any = (Mandate if kind == "mandate" else Holding).objects.get(user=user)
    path = reverse(f"administration_{kind}", args=[row.pk])
    assert path in admin.get(reverse("administration_person", args=[user.pk])).content.decode()
    assert list(admin.post(path, {"end": YESTERDAY}).context["form"].errors) == ["end"]
    assert admin.post(path, {"end": ""}).status_code == 302
    row.refresh_from_db()
    assert row.validity.upper == monday
    assert list(admin.post(path, {"end": ""}).context["form"].errors) == ["end"]


def test_a_role_of_elsewhere_is_no_page(admin: Client, person: Cast) -> None:
    there = land("bzh")
    holding = there.held("p", person("partner_a"))
    assert admin.get(reverse("administration_holding", args=[holding.pk])).status_code == 404
    assert admin.get(reverse("administration_mandate", args=[10**9])).status_code == 404
    assert "Poste p" not in admin.get(reverse("administration_person", args=[person("partner_a").pk])).content.decode()


def test_the_own_last_mandate_stays(admin: Client, person: Cast) -> None:
    own = Mandate.objects.get(user=person("administrator"))
    answer = admin.post(reverse("administration_mandate", args=[own.pk]), {"end": ""})
    assert answer.status_code == 200
    assert "dernier rôle d’administrateur" in answer.context["form"].errors["end"][0]


def test_a_second_factor_is_reset_after_a_motive(admin: Client, person: Cast) -> None:
    user = person("referent_a")
    path = reverse("administration_factor", args=[user.pk])
    shown = reverse("administration_person", args=[user.pk])
    assert path not in admin.get(shown).content.decode()
    TOTPDevice.objects.create(user=user, name="x", confirmed=True)
    assert path in admin.get(shown).content.decode()
    assert list(admin.post(path, {"motive": ""}).context["form"].errors) == ["motive"]
    assert TOTPDevice.objects.filter(user=user).exists()
    assert admin.post(path, {"motive": "Téléphone perdu"}).status_code == 302
    assert not TOTPDevice.objects.filter(user=user).exists()
    assert Message.objects.filter(recipient=user.email).exists()
    assert AccessLog.objects.filter(operation="second_factor.reset", motive="Téléphone perdu").exists()


def test_partners_are_listed_added_and_changed(admin: Client) -> None:
    page = admin.get("/administration/partenaires/")
    assert {partner.code: partner.people for partner in page.context["partners"]}["bailleur"] == 1  # one is suspended
    group = PartnershipGroup.objects.get(post__code="gap-hyper-centre")
    sent = {"name": "Régie de quartier", "kind": "association", "groups": [group.code]}
    assert admin.post("/administration/nouveau-partenaire/", sent).status_code == 302
    made = Partner.objects.get(name="Régie de quartier")
    assert (made.territory.code, list(made.groups.all())) == ("05", [group])
    path = reverse("administration_partner", args=[made.code])
    assert "checked" in admin.get(path).content.decode()
    admin.post(path, {"name": "Régie", "kind": "association", "code": "other", "territory": "7"})
    made.refresh_from_db()
    assert (made.name, made.code.startswith("regie-de-quartier-"), made.groups.count()) == ("Régie", True, 0)
    wrong = admin.post(path, {"name": "", "kind": "x", "groups": ["nothing"]})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (200, {"name", "kind", "groups"})


def test_a_partner_of_elsewhere_is_as_missing_as_a_missing_one(admin: Client) -> None:
    there = land("bzh")
    Partner.objects.create(territory=there.territory, code="firm", name="Firme", kind="commerce")
    foreign, missing = (admin.get(f"/administration/partenaires/{code}/") for code in ("firm", "nothing"))
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert "Firme" not in admin.get("/administration/partenaires/").content.decode()


def test_partners_cost_the_same_however_many(
    admin: Client, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atlas, "OLDEST_S", 3600.0)
    group = PartnershipGroup.objects.get(post__code="gap-hyper-centre")
    made = [Partner(territory=group.territory, code=f"p-{n}", name=f"P {n}", kind="autre") for n in range(50)]
    group.partners.add(*Partner.objects.bulk_create(made))
    admin.get("/administration/partenaires/")
    # session, account, scope; partners, their groups; groups, their partners
    with django_assert_num_queries(8):
        admin.get("/administration/partenaires/")


def test_nothing_of_it_is_asked_by_a_link(admin: Client, person: Cast) -> None:
    """A page that is only opened changes nothing."""
    before = AccessLog.objects.exclude(operation__endswith=".read").count()
    row = Mandate.objects.get(user=person("partner_a"))
    for name, key in (("suspend", row.user_id), ("give", row.user_id), ("mandate", row.pk), ("edit", row.user_id)):
        assert admin.get(reverse(f"administration_{name}", args=[key]), {"motive": "Par un lien"}).status_code == 200
    assert AccessLog.objects.exclude(operation__endswith=".read").count() == before


def test_the_day_begins_at_the_page_of_the_role(monday: datetime, person: Cast) -> None:
    for who, page in (("administrator", "/administration/"), ("auditor", "/audit/"), ("partner_a", "/accueil/")):
        client = Client(SERVER_NAME="localhost")
        sent = {"username": person(who).email, "password": "Demonstration-05"}
        assert client.post("/connexion/", sent)["Location"] == page
        client.logout()
