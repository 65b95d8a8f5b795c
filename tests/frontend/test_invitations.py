"""Invitations: who invites whom to what, the letter, the link, and what it can no longer open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.changes import create_user, suspend
from accounts.models import AccessLog, User
from sectors import inviting
from sectors.models import Holding, Invitation, Mandate, Partner, Role
from sectors.scope import scope_of
from tests.factories import land
from tests.frontend.inviting import ACCOUNT, GUEST, NEW, acted, last_link, sent
from tests.frontend.mail import letters, link_in

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
Person = Callable[[str], User]


def keys(client: Client) -> set[str]:
    choices = client.get(reverse("invite")).context["form"].fields["what"].choices
    return {key for group in choices if isinstance(group[1], list) for key, _ in group[1]}


def test_the_whole_way(seen_by: Seen, person: Person) -> None:
    referent = person("referent_a")
    assert sent(seen_by("referent_a"), email="Invitee@PSQ.example")["Location"] == reverse("invitations")
    [letter] = letters(GUEST)
    assert letter.subject == f"{referent.name} vous invite dans psq_geo"
    assert "partenaire" in letter.body
    assert Partner.objects.get(code="bailleur").name in letter.body
    guest = seen_by("")
    page = guest.get(link_in(letter)).content.decode()
    assert referent.name in page
    assert GUEST in page
    answer = guest.post(link_in(letter), ACCOUNT)
    assert (answer.status_code, answer["Location"]) == (302, reverse("login"))
    user = User.objects.get(email=GUEST)
    assert (user.name, user.language, user.is_active) == ("Ana Invitée", "fr", True)
    mandate = Mandate.objects.get(user=user)
    assert (mandate.role, mandate.partner.code) == (Role.PARTNER, "bailleur")  # type: ignore[union-attr]
    assert "report" not in AccessLog.objects.values_list("operation", flat=True)
    log = AccessLog.objects.filter(operation__startswith="invitation.").order_by("pk")
    assert [(each.user, each.operation, each.territory) for each in log] == [
        (referent, "invitation.send", "05"),
        (user, "invitation.accept", "05"),
    ]
    assert GUEST not in str([each.reference for each in log]), "the reference and not the address"
    assert guest.post(reverse("login"), {"username": GUEST, "password": NEW}).status_code == 302
    assert guest.get(reverse("report_where")).status_code == 200
    used = seen_by("").get(link_in(letter))
    assert used.status_code == 410
    assert "déjà été acceptée" in used.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("referent_a", 200),
        ("gendarme", 200),
        ("administrator", 200),
        ("partner_a", 403),
        ("mayor_gap", 403),
        ("auditor", 403),
    ],
)
def test_who_may_invite(seen_by: Seen, who: str, status: int) -> None:
    for name in ("invitations", "invite"):
        assert seen_by(who).get(reverse(name)).status_code == status
    shown = reverse("invitations") in seen_by(who).get(reverse("account")).content.decode()
    assert shown is (status == 200)


def test_a_referent_invites_the_people_of_the_groups_they_run(seen_by: Seen, person: Person) -> None:
    assert keys(seen_by("referent_a")) == {"partner:bailleur"}
    assert keys(seen_by("referent_briancon")) == {"partner:bus"}
    for foreign in ("partner:bus", "administrator:05", "referent:gap-economique", "partner:x", "x", ""):
        answer = sent(seen_by("referent_a"), foreign)
        assert answer.status_code == 200
        assert "what" in answer.context["form"].errors
    assert not Invitation.objects.exists()


def test_a_group_without_organisations_is_told(seen_by: Seen) -> None:
    assert "Aucune organisation" in seen_by("gendarme").get(reverse("invite")).content.decode()


def test_an_administrator_invites_to_every_role_of_the_territory(seen_by: Seen) -> None:
    other = land("bzh")
    Partner.objects.create(territory=other.territory, code="firm", name="Firme", kind="commerce")
    offered = keys(seen_by("administrator"))
    assert {"partner:bailleur", "partner:bus", "mayor:05061", "director:05", "auditor:05", "administrator:05",
            "referent:gap-hyper-centre"} <= offered  # fmt: skip
    assert not {"partner:firm", "director:bzh", "referent:triage-bzh"} & offered


@pytest.mark.parametrize(
    ("what", "place"),
    [("mayor:05061", "commune"), ("director:05", "territory"), ("auditor:05", "territory"), ("partner:bus", "partner")],
)
def test_each_role_is_given(seen_by: Seen, what: str, place: str) -> None:
    sent(seen_by("administrator"), what)
    assert seen_by("").post(last_link(), ACCOUNT).status_code == 302
    mandate = Mandate.objects.get(user__email=GUEST)
    assert f"{mandate.role}:{getattr(mandate, place).code}" == what


def test_a_free_post_is_given_and_a_held_one_waits(seen_by: Seen, person: Person) -> None:
    sent(seen_by("administrator"), "referent:gap-economique")
    held = seen_by("").post(last_link(), ACCOUNT)
    assert held.status_code == 410
    assert "tient désormais ce poste" in held.content.decode()
    assert not User.objects.filter(email=GUEST).exists()
    Holding.objects.filter(post__code="gap-economique").delete()
    assert seen_by("").post(last_link(), ACCOUNT).status_code == 302
    user = User.objects.get(email=GUEST)
    assert "referent" in scope_of(user, timezone.now()).roles


def test_an_administrator_needs_sixteen_characters(seen_by: Seen) -> None:
    sent(seen_by("administrator"), "administrator:05")
    short = "zqxjvkbwpfgmycd"
    answer = seen_by("").post(last_link(), {"name": "Ana", "new_password": short, "again": short})
    assert "new_password" in answer.context["form"].errors
    assert "16 caractères" in answer.content.decode()
    long = f"{short}z"
    assert seen_by("").post(last_link(), {"name": "Ana", "new_password": long, "again": long}).status_code == 302


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " . "}, "name"),
        ({"name": "a" * 121}, "name"),
        ({"again": "another one"}, "again"),
        ({"new_password": "ana invitée zz", "again": "ana invitée zz"}, "new_password"),
    ],
)
def test_what_is_refused(seen_by: Seen, changed: dict[str, str], field: str) -> None:
    sent(seen_by("referent_a"))
    answer = seen_by("").post(last_link(), {**ACCOUNT, **changed})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.filter(email=GUEST).exists()


def test_an_address_with_an_account_accepts_signed_in(seen_by: Seen, person: Person) -> None:
    user = person("partner_b")
    same = sent(seen_by("referent_a"), email=user.email)
    assert same["Location"] == reverse("invitations"), "who invites is not told that there is an account"
    link = last_link(user.email)
    visitor = seen_by("")
    assert "connectez-vous pour accepter" in visitor.get(link).content.decode()
    assert visitor.post(link, ACCOUNT).status_code == 200
    other = seen_by("partner_a")
    assert "pour une autre adresse" in other.get(link).content.decode()
    other.post(link)
    assert Mandate.objects.filter(user=user).count() == 1, "neither a stranger nor another account"
    owner = seen_by("partner_b")
    assert owner.get(link).status_code == 200
    assert Mandate.objects.filter(user=user).count() == 1, "following the link is not accepting"
    assert owner.post(link)["Location"] == reverse("account")
    assert set(Mandate.objects.filter(user=user).values_list("partner__code", flat=True)) == {"bus", "bailleur"}
    assert owner.post(link).status_code == 410


def test_a_suspended_account_gets_in_by_no_invitation(seen_by: Seen, person: Person) -> None:
    user = create_user(email=GUEST, password=NEW)
    suspend(user=user)
    sent(seen_by("referent_a"))
    visitor = seen_by("")
    assert visitor.post(last_link(), ACCOUNT).status_code == 200
    assert visitor.post(reverse("login"), {"username": GUEST, "password": NEW}).status_code == 200
    assert not Mandate.objects.filter(user=user).exists()


def test_who_sees_which(seen_by: Seen) -> None:
    sent(seen_by("referent_a"))
    sent(seen_by("administrator"), "director:05", "directeur@psq.example")
    for who, count in (("referent_a", 1), ("administrator", 2), ("referent_briancon", 0)):
        assert len(seen_by(who).get(reverse("invitations")).context["shown"]) == count
    assert "Personne n’a encore été invité" in seen_by("referent_briancon").get(reverse("invitations")).content.decode()
    foreign = acted(seen_by("referent_briancon"), "revoke")
    missing = seen_by("referent_briancon").post(reverse("invitation_act", args=["0" * 16]), {"do": "revoke"})
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
    assert not Invitation.objects.exclude(revoked_at=None).exists()


@pytest.mark.parametrize("token", ["x", "WyJhIiwxXQ:1abc:xyz", "%00", "é" * 10, "a" * 3000])
def test_a_token_that_is_not_ours(seen_by: Seen, token: str) -> None:
    answer = seen_by("").get(f"/invitation/{token}/")
    assert answer.status_code == 410
    assert "pas complet" in answer.content.decode()


def test_a_token_names_no_key(seen_by: Seen) -> None:
    sent(seen_by("referent_a"))
    row = Invitation.objects.get()
    assert inviting.read(inviting.token(row)) == (row.code, 1)
    assert str(row.pk) != row.code


def test_the_letter_is_in_the_language_chosen(seen_by: Seen) -> None:
    sent(seen_by("referent_a"), language="en")
    assert "invites you to" in letters(GUEST)[0].subject
    seen_by("").post(last_link(), ACCOUNT)
    assert User.objects.get(email=GUEST).language == "en"


def test_sixty_an_hour(seen_by: Seen, settings: Any) -> None:
    client = seen_by("referent_a")
    settings.THROTTLES = True
    for n in range(60):
        assert sent(client, email=f"a{n}@psq.example").status_code == 302
    answer = sent(client)
    assert answer.status_code == 429
    assert acted(client, "resend", "a0@psq.example").status_code == 429


def test_query_counts(seen_by: Seen, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sectors.atlas.OLDEST_S", 3600.0)
    client = seen_by("administrator")
    for n in range(30):
        sent(client, email=f"a{n}@psq.example")
    client.get(reverse("invitations"))
    # session, account, what they cover, the bell; how many, the page, the groups of the partners, the log
    with django_assert_num_queries(8):
        assert len(client.get(reverse("invitations")).context["shown"]) == 25
    with django_assert_num_queries(
        8
    ):  # session, account, what they cover, the bell; partners, posts, territories, communes
        client.get(reverse("invite"))
