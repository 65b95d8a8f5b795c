"""The administrator's pages of people: who is listed, what is changed, and whom nobody may notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.changes import create_token, create_user
from accounts.models import AccessLog, ApiToken, BrowserSession, User
from sectors import atlas
from sectors.changes import mandate
from sectors.changes.erasing import erase
from sectors.models import Mandate, Partner, Role, Territory
from tests.factories import LONG_AGO, land, since

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
Cast = Callable[[str], User]
LIST = "/administration/comptes/"


@pytest.fixture
def admin(seen_by: Seen) -> Client:
    return seen_by("administrator")


@pytest.fixture
def stranger(db: None) -> User:
    """A partner of another territory."""
    there = land("bzh").territory
    firm = Partner.objects.create(territory=there, code="firm", name="Firme", kind="commerce")
    user = create_user(email="etranger@elsewhere.example", password=None, name="Étrangère")
    mandate(user=user, role=Role.PARTNER, over=firm, start=LONG_AGO)
    return user


def page_of(user: User, name: str = "administration_person") -> str:
    return reverse(name, args=[user.pk])


def last() -> AccessLog:
    return AccessLog.objects.latest("pk")


@pytest.mark.parametrize("who", ["", "partner_a", "referent_a", "mayor_gap", "director", "auditor"])
def test_only_an_administrator_comes_in(seen_by: Seen, person: Cast, who: str) -> None:
    for path in ("/administration/", LIST, page_of(person("partner_a"))):
        assert seen_by(who).get(path).status_code == (403 if who else 302)


def test_the_menu_and_the_home_page_lead_there(seen_by: Seen) -> None:
    for who, path, other in (
        ("administrator", "/administration/", "/audit/"),
        ("auditor", "/audit/", "/administration/"),
    ):
        page = seen_by(who).get("/").content.decode()
        assert page.count(f'href="{path}"') == 2
        assert f'href="{other}"' not in page
    for who in ("", "partner_a", "director"):
        page = seen_by(who).get("/").content.decode()
        assert "/administration/" not in page
        assert "/audit/" not in page


def test_everybody_of_the_territory_is_listed_and_nobody_else(admin: Client, stranger: User) -> None:
    people = [row.user for row in admin.get(LIST).context["rows"]]
    assert len(people) == User.objects.count() - 1
    assert stranger not in people


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=bailleur", 1), ("q=GAP+référent", 3), ("q=nobody", 0), ("q=%00", 15), ("state=suspended", 1), ("state=x", 0),
     ("state=without", 0), ("state=new", 14), ("state=active", 0), ("role=mayor", 2), ("role=referent", 8),
     ("role=auditor", 1), ("role=x", 0), ("page=9", 15)],
)  # fmt: skip
def test_filters(admin: Client, query: str, found: int) -> None:
    User.objects.update(last_login=None)
    answer = admin.get(f"{LIST}?{query}")
    assert len(answer.context["rows"]) == found
    assert ("Effacer les filtres" in answer.content.decode()) == (query != "page=9")


def test_the_log_says_by_what_was_searched_and_not_for_whom(admin: Client) -> None:
    admin.get(f"{LIST}?q=bailleur&state=active")
    assert (last().operation, last().motive) == ("account.list", "name, state")
    admin.get(LIST)
    assert last().motive == ""


def test_a_person_of_elsewhere_is_as_missing_as_a_missing_one(admin: Client, stranger: User) -> None:
    missing = admin.get(f"{LIST}7-0123456789abcdef/")
    assert missing.status_code == 404
    for name in ("person", "edit", "suspend", "reinstate", "give", "tokens", "sessions"):
        for method in ("get", "post"):
            if (name, method) in {("person", "post"), ("tokens", "get"), ("sessions", "get")}:
                continue
            found = getattr(admin, method)(page_of(stranger, f"administration_{name}"))
            assert (found.status_code, found.content) == (404, missing.content), name
    # Nor is a person found by counting: the key alone, or with another's seal, is no address.
    here = page_of(User.objects.get(email="audit@psq.example"))
    key, seal = here.rstrip("/").rsplit("/", 1)[1].split("-")
    for guess in (key, f"{int(key) + 1}-{seal}", f"{key}-{'0' * 16}"):
        assert admin.get(f"{LIST}{guess}/").content == missing.content


def test_one_person(admin: Client, person: Cast) -> None:
    answer = admin.get(page_of(person("referent_a")))
    page = answer.content.decode()
    assert "referent.gap1@psq.example" in page
    assert "hyper-centre" in page
    assert "préoccupation" not in page.split("<main")[1].split("</main")[0]
    assert (last().operation, last().reference) == ("account.read", f"account:{person('referent_a').pk}")


def test_identity_is_changed_and_traced(admin: Client, person: Cast) -> None:
    user = person("partner_a")
    form = {"name": "Nouveau nom", "phone": "04 92 00 00 00", "language": "en"}
    assert admin.post(page_of(user, "administration_edit"), form)["Location"] == page_of(user)
    user.refresh_from_db()
    assert (user.name, user.phone, user.language) == ("Nouveau nom", "04 92 00 00 00", "en")
    assert (last().operation, last().territory) == ("account.edit", "05")
    # Nothing else can be sent along.
    admin.post(page_of(user, "administration_edit"), {**form, "email": "x@y.example", "is_superuser": "1"})
    user.refresh_from_db()
    assert (user.email, user.is_superuser) == ("partenaire.bailleur@psq.example", False)
    wrong = admin.post(page_of(user, "administration_edit"), {"name": "", "phone": "abc", "language": "de"})
    assert wrong.status_code == 200
    assert set(wrong.context["form"].errors) == {"name", "phone", "language"}
    assert 'href="#id_phone"' in wrong.content.decode()


def test_suspending_asks_why_and_ends_everything_at_once(admin: Client, seen_by: Seen, person: Cast) -> None:
    user, theirs = person("partner_a"), seen_by("partner_a")
    clear = create_token(user=user, name="script", ttl=timedelta(days=1))
    assert theirs.get("/preoccupations/").status_code == 200
    assert admin.post(page_of(user, "administration_suspend"), {"motive": " "}).status_code == 200
    assert admin.post(page_of(user, "administration_suspend"), {"motive": "Départ du service"}).status_code == 302
    user.refresh_from_db()
    assert not user.is_active
    assert not ApiToken.objects.filter(user=user).exists()
    assert not BrowserSession.objects.filter(user=user).exists()
    assert theirs.get("/preoccupations/").status_code == 302
    token = Client(SERVER_NAME="localhost", HTTP_AUTHORIZATION=f"Token {clear}")
    assert token.get("/api/incidents/").status_code == 401
    assert (last().operation, last().motive) == ("account.suspend", "Départ du service")
    # Sent a second time it suspends still: it is no switch.
    admin.post(page_of(user, "administration_suspend"), {"motive": "Départ du service"})
    user.refresh_from_db()
    assert not user.is_active
    assert admin.post(page_of(user, "administration_reinstate"), {"motive": "Retour au service"}).status_code == 302
    user.refresh_from_db()
    assert User.objects.get(pk=user.pk).is_active
    assert last().operation == "account.reinstate"
    assert not ApiToken.objects.filter(user=user).exists()


def test_nobody_suspends_themselves(admin: Client, person: Cast) -> None:
    me = person("administrator")
    answer = admin.post(page_of(me, "administration_suspend"), {"motive": "Par erreur"})
    assert answer.status_code == 200
    assert "votre propre compte" in answer.content.decode()
    me.refresh_from_db()
    assert me.is_active


def test_whose_account_serves_elsewhere_too_is_not_closed_from_here(admin: Client, stranger: User) -> None:
    """An administrator who gives a foreign account a role gains no hold over that account."""
    mandate(user=stranger, role=Role.PARTNER, over=Partner.objects.get(code="bailleur"), start=LONG_AGO)
    shown = admin.get(page_of(stranger)).content.decode()
    assert "Firme" not in shown
    for name in ("suspend", "reinstate"):
        refused = admin.post(page_of(stranger, f"administration_{name}"), {"motive": "Prise de contrôle"})
        assert refused.status_code == 200
        assert "hors de votre territoire" in refused.content.decode()
    edited = admin.post(page_of(stranger, "administration_edit"), {"name": "X", "phone": "", "language": "fr"})
    assert edited.status_code == 200
    create_token(user=stranger, name="script", ttl=timedelta(days=1))
    admin.post(page_of(stranger, "administration_tokens"), {"token": "all"})
    assert ApiToken.objects.filter(user=stranger).count() == 1
    stranger.refresh_from_db()
    assert (stranger.is_active, stranger.name) == (True, "Étrangère")


def test_who_has_no_role_here_any_more_is_shown_and_left_alone(admin: Client, person: Cast) -> None:
    user = person("partner_a")
    Mandate.objects.filter(user=user).update(validity=since(end=timezone.now() - timedelta(days=1)))
    assert [row.user for row in admin.get(f"{LIST}?state=without").context["rows"]] == [user]
    assert "n’a plus de rôle ici" in admin.get(page_of(user)).content.decode()
    assert admin.post(page_of(user, "administration_suspend"), {"motive": "Trop tard"}).status_code == 200


def test_who_erased_their_account_is_nobody(admin: Client, person: Cast) -> None:
    user = person("partner_a")
    erase(user=user, at=timezone.now())
    assert user not in [row.user for row in admin.get(LIST).context["rows"]]
    assert admin.get(page_of(user)).status_code == 404


def test_tokens_and_sessions_are_shown_without_their_secret_and_ended(
    admin: Client, seen_by: Seen, person: Cast
) -> None:
    user, theirs = person("partner_a"), seen_by("partner_a")
    for name in ("premier", "second"):
        create_token(user=user, name=name, ttl=timedelta(days=1))
    answer = admin.get(page_of(user))
    page = answer.content.decode()
    for token in ApiToken.objects.filter(user=user):
        assert token.digest not in page
        assert token.name in page
    for session in BrowserSession.objects.filter(user=user):
        assert session.pk not in page
    marks = {token.name: mark for mark, token in answer.context["tokens"]}
    admin.post(page_of(user, "administration_tokens"), {"token": marks["premier"]})
    assert [token.name for token in ApiToken.objects.filter(user=user)] == ["second"]
    admin.post(page_of(user, "administration_tokens"), {"token": "nothing"})
    assert (last().operation, last().count) == ("token.revoke", 0)
    admin.post(page_of(user, "administration_tokens"), {"token": "all"})
    assert not ApiToken.objects.filter(user=user).exists()
    assert theirs.get("/preoccupations/").status_code == 200
    ((mark, _row),) = answer.context["sessions"]
    admin.post(page_of(user, "administration_sessions"), {"session": mark})
    assert (last().operation, last().count) == ("session.end", 1)
    assert theirs.get("/preoccupations/").status_code == 302


def test_two_hundred_people_cost_no_query_more(
    admin: Client, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atlas, "OLDEST_S", 3600.0)
    here = Partner.objects.get(code="bailleur")
    people = [User(email=f"p{n}@many.example", name=f"Personne {n:03}") for n in range(200)]
    User.objects.bulk_create(people)
    Mandate.objects.bulk_create([Mandate(user=user, role="partner", partner=here, validity=since()) for user in people])
    admin.get(LIST)
    # session, account, what the person covers; how many, the page; their mandates, their posts; the access log
    with django_assert_num_queries(9):
        assert len(admin.get(LIST).context["rows"]) == 50
    # session, account, scope, the bell; the counts; mandates, posts held, posts, partners, places; what is dead
    with django_assert_num_queries(10):
        admin.get("/administration/")
    # session, account, scope; the person, their mandates and posts, the log, tokens, sessions, factor, identity
    with django_assert_num_queries(12):
        admin.get(page_of(people[0]))


def test_empty_seats_are_shown(admin: Client, person: Cast) -> None:
    def seats() -> set[tuple[str, bool]]:
        return {(row.place, row.is_now) for row in admin.get("/administration/").context["vacancies"]}

    before = seats()
    soon = timezone.now() + timedelta(days=10)
    person("referent_a").holdings.update(validity=since(end=soon))
    Mandate.objects.filter(user=person("auditor")).update(validity=since(end=timezone.now()))
    User.objects.filter(pk=person("partner_b").pk).update(is_active=False)
    here = Territory.objects.get(code="05")
    bus = Partner.objects.get(code="bus")
    assert seats() - before == {("Référent Gap hyper-centre", False), (here.name_fr, True), (bus.name, True)}


def test_who_administers_two_territories_is_in_the_log_of_both(admin: Client, person: Cast) -> None:
    there = land("bzh", is_demonstration=True).territory
    mandate(user=person("administrator"), role=Role.ADMINISTRATOR, over=there, start=LONG_AGO)
    pages = {
        LIST: "account.list",
        page_of(person("partner_a")): "account.read",
        "/administration/messages/": "message.list",
    }
    for path, operation in pages.items():
        assert admin.get(path).status_code == 200
        rows = AccessLog.objects.order_by("-pk").values_list("operation", "territory")[:2]
        assert sorted(rows) == [(operation, "05"), (operation, "bzh")]
