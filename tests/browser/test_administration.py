"""The administrator's and the auditor's pages in a browser: by rule, by journey, on a phone, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from accounts.changes import create_token
from accounts.models import ApiToken, RetentionRun, User
from incidents.deadlines import paris_date
from incidents.models import Announcement, Audience
from sectors import atlas
from sectors.models import Mandate, Partner, Post, Territory
from tests.browser.conftest import PHONE, WIDE, Visits
from tests.browser.test_pages import check, reported
from tests.conftest import CAST
from tests.factories import land, since

Picture = Callable[..., None]


def account(name: str) -> User:
    return User.objects.get(email=f"{CAST[name]}@psq.example")


@pytest.fixture(autouse=True)
def put_back(site: str) -> Iterator[None]:
    """The cast and the partners as they were: the database of these tests is not rolled back."""
    people = list(User.objects.all())
    mandates, partners = list(Mandate.objects.all()), list(Partner.objects.all())
    yield
    Mandate.objects.exclude(pk__in=[row.pk for row in mandates]).delete()
    Partner.objects.exclude(pk__in=[row.pk for row in partners]).delete()
    for row in (*people, *mandates, *partners):
        row.save()
    TOTPDevice.objects.all().delete()
    ApiToken.objects.all().delete()
    Announcement.objects.all().delete()


def announced() -> Announcement:
    """What everybody's first page announces today, besides what is over and what is to come; the first of them."""
    today, territory = paris_date(timezone.now()), Territory.objects.get(code="05")
    days = ((0, 9), (-9, -2), (3, 12))
    rows = [
        Announcement.objects.create(
            territory=territory,
            audience=Audience.EVERYBODY,
            text_fr="Fermeture de l’accueil lundi.\nÉcrivez à la mairie.",
            text_en="" if first else "The front desk is closed on Monday.",
            since=today + timedelta(days=first),
            until=today + timedelta(days=last),
        )
        for first, last in days
    ]
    return rows[0]


def path_of(who: str, name: str) -> str:
    return reverse(f"administration_{name}", args=[account(who).pk])


ADMINISTRATOR = {
    "home": lambda: "/administration/",
    "people": lambda: "/administration/comptes/",
    "nobody found": lambda: "/administration/comptes/?q=personne-de-ce-nom",
    "person": lambda: path_of("partner_a", "person"),
    "role": lambda: path_of("partner_a", "give"),
    "identity": lambda: path_of("partner_a", "edit"),
    "suspension": lambda: path_of("partner_a", "suspend"),
    "partners": lambda: "/administration/partenaires/",
    "partner": lambda: "/administration/partenaires/bailleur/",
    "templates": lambda: "/administration/modeles/",
    "template": lambda: "/administration/modeles/05/status_suspendue/fr/",
    "letters": lambda: "/administration/messages/",
    "answers": lambda: "/administration/reponses/",
    "new answer": lambda: "/administration/nouvelle-reponse/",
    "natures": lambda: "/administration/natures/",
    "nature": lambda: "/administration/natures/tapage/",
    "new nature": lambda: "/administration/nouvelle-nature/",
    "deadlines": lambda: "/administration/delais/",
    "nothing announced": lambda: "/administration/annonces/",
    "announcements": lambda: f"/administration/annonces/#{announced().pk}",
    "new announcement": lambda: "/administration/nouvelle-annonce/",
    "announcement": lambda: reverse("administration_announcement", args=[announced().pk]),
}
AUDITOR = {
    "log": lambda: "/audit/",
    "nothing found": lambda: "/audit/?person=personne-de-ce-nom",
    "error": lambda: "/audit/?since=hier",
    "runs": lambda: "/audit/conservation/",
}


@pytest.mark.parametrize("name", ADMINISTRATOR)
def test_pages_of_the_administrator(visits: Visits, name: str) -> None:
    create_token(user=account("partner_a"), name="carte", ttl=timedelta(days=9))
    TOTPDevice.objects.create(user=account("partner_a"), name="x", confirmed=True)
    page = visits.page("administrator")
    page.goto(ADMINISTRATOR[name]())
    check(page)


@pytest.mark.parametrize(
    ("person", "path"), [("partner_a", "/accueil/"), ("referent_a", "/bureau/"), ("mayor_gap", "/accueil/")]
)
def test_a_first_page_with_an_announcement(visits: Visits, person: str, path: str) -> None:
    announced()
    page = visits.page(person)
    page.goto(path)
    expect(page.locator(".announced .note")).to_have_count(1)
    check(page)


@pytest.mark.parametrize(
    "path", ["modeles/05/received/fr", "nouvelle-reponse", "nouvelle-nature", "delais", "nouvelle-annonce"]
)
def test_what_an_administrator_leaves_empty_is_said_at_its_field(visits: Visits, path: str) -> None:
    page = visits.page("administrator")
    page.goto(f"/administration/{path}/")
    for field in page.locator("main form :is(textarea, input[type=text], input[type=number])").all():
        field.fill("")
    page.locator("main form .fr-btn").first.click()
    expect(page.locator("#errors")).to_be_focused()
    check(page)


def test_a_notice_is_looked_at_before_it_serves(visits: Visits) -> None:
    page = visits.page("administrator", size=PHONE)
    page.goto("/administration/modeles/05/received/fr/")
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator("main")).to_contain_text("1 message (GSM-7)")
    check(page)


@pytest.fixture
def brittany(site: str) -> Iterator[Territory]:
    """A second territory of the administrator's, gone afterwards."""
    made = land("bzh", rank=900, days=12, reminders=[5])
    made.territory.name_fr = made.territory.name_en = "Bretagne"
    made.territory.save()
    Mandate.objects.create(
        user=account("administrator"), role="administrator", territory=made.territory, validity=since()
    )
    yield made.territory
    Mandate.objects.filter(territory=made.territory).delete()
    Territory.objects.filter(pk=made.territory.pk).update(triage_post=None)
    Post.objects.filter(territory=made.territory).delete()
    made.territory.delete()
    atlas.forget()


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)])
def test_of_several_territories_one_is_chosen(
    visits: Visits, picture: Picture, brittany: Territory, size: tuple[int, int], dark: bool
) -> None:
    page = visits.page("administrator", size=size, dark=dark)
    page.goto("/administration/delais/")
    expect(page.get_by_label("Jours pour répondre")).to_have_value("30")
    chosen = page.get_by_role("navigation", name="Territoire")
    chosen.get_by_role("link", name="Bretagne").click()
    expect(page.get_by_label("Jours pour répondre")).to_have_value("12")
    expect(chosen.locator("[aria-current=page]")).to_have_text("Bretagne")
    check(page)
    picture(page, f"administration-territoires-{size[0]}")
    page.get_by_label("Jours pour répondre").fill("14")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("Les délais sont fixés")
    expect(page.get_by_label("Jours pour répondre")).to_have_value("14")
    brittany.refresh_from_db()
    assert (brittany.days, Territory.objects.get(code="05").days) == (14, 30)


@pytest.mark.parametrize("name", AUDITOR)
def test_pages_of_the_auditor(visits: Visits, name: str) -> None:
    reported()
    now = timezone.now()
    RetentionRun.objects.create(
        started_at=now, finished_at=now, at=now, by="worker", dry_run=True, counts={"concern": {"05": 2}}
    )
    page = visits.page("auditor")
    page.goto(AUDITOR[name]())
    check(page)


def send(page: Page) -> None:
    page.locator("main form .fr-btn--big").click()


def test_an_administrator_finds_changes_and_suspends(visits: Visits, picture: Picture) -> None:
    page = visits.page("administrator")
    page.goto("/")
    page.get_by_role("link", name="Personnes, rôles et partenaires").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Administration")
    picture(page, "administration")
    page.locator(".subnav").get_by_role("link", name="Personnes").click()
    page.get_by_label("Nom ou adresse").fill("bailleur")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("1 personne")
    page.get_by_role("link", name="Partenaire bailleur").click()
    # A role, refused first at its field, then given.
    page.get_by_role("link", name="Donner un rôle").click()
    page.locator("#id_role").select_option("partner:bailleur")
    send(page)
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors a").click()
    expect(page.locator("#id_role")).to_be_focused()
    page.locator("#id_role").select_option("partner:bus")
    send(page)
    expect(page.locator(".note--good")).to_contain_text("Le rôle a été donné")
    expect(page.locator("main")).to_contain_text("en vigueur")
    picture(page, "administration-personne")
    # Suspended, by keyboard alone, with a motive.
    page.get_by_role("link", name="Suspendre le compte").focus()
    page.keyboard.press("Enter")
    page.locator("#id_motive").fill("Départ du service")
    page.keyboard.press("Enter")
    expect(page.locator(".note--good")).to_contain_text("suspendu")
    expect(page.get_by_role("link", name="Rétablir le compte")).to_be_visible()
    assert not account("partner_a").is_active


def test_on_a_phone_without_javascript(visits: Visits) -> None:
    page = visits.page("administrator", size=PHONE, scripts=False)
    page.goto("/administration/partenaires/")
    page.get_by_role("link", name="Ajouter un partenaire").first.click()
    page.locator("#id_name").fill("Régie de quartier <b>")
    page.locator("#id_kind").select_option("association")
    page.get_by_role("checkbox").first.check()
    send(page)
    expect(page.locator("main")).to_contain_text("Régie de quartier <b>")
    made = Partner.objects.get(name="Régie de quartier <b>")
    assert made.groups.count() == 1


def test_an_auditor_finds_who_read_and_exports(visits: Visits, picture: Picture, tmp_path: Path) -> None:
    incident = reported()
    reader = visits.page("referent_a")
    reader.goto(f"/preoccupations/{incident.reference}/")
    page = visits.page("auditor")
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Journal des accès").click()
    page.get_by_label("Référence").fill(incident.reference)
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("Préoccupation lue")
    expect(page.locator("main")).not_to_contain_text(incident.description)
    picture(page, "journal-des-acces")
    page.get_by_text("Exporter le résultat (CSV)").click()
    page.get_by_role("button", name="Exporter").click()
    expect(page.locator("#errors")).to_contain_text("Dites pourquoi")
    page.get_by_label("Pourquoi cet export ?").fill("Contrôle annuel de la DPO")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Exporter").click()
    saved = tmp_path / "log.csv"
    waiting.value.save_as(saved)
    text = saved.read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 3
    assert re.search(rf'"incident:{incident.reference}"', text)


def test_in_english(visits: Visits) -> None:
    for who, path, heading in (
        ("administrator", "/administration/comptes/", "People"),
        ("auditor", "/audit/conservation/", "Retention runs"),
    ):
        page = visits.page(who)
        page.goto(path)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("administrator", "/postes/"),
        ("director", "/postes/?unit=csp-gap&month=2027-01"),
        ("administrator", "/postes/gap-hyper-centre/confier/"),
        ("referent_a", "/passations/"),
        ("referent_a", "/passations/gap-hyper-centre/mot/"),
        ("director", "/competences/"),
    ],
)
def test_pages_of_posts(visits: Visits, person: str, path: str, size: tuple[int, int]) -> None:
    page = visits.page(person)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(path)
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
