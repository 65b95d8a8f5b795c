"""The whole work of a group in a browser: from five concerns to a problem that is partly solved, by all who took part.

What lies weeks back was reported weeks back; all that is done is done on the pages, by the person whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.changes import create_user
from accounts.models import User
from partnership import changes
from partnership.models import CoSignature, Evaluation, Meeting, Problem, Suggestion
from sectors.changes import mandate
from sectors.models import Mandate, Membership, Partner, Role, Territory
from tests.browser.conftest import PHONE, Visits
from tests.conftest import CAST, empty_what_was_written
from tests.factories import LONG_AGO
from tests.incidents.sending import reported
from tests.partnership.groups import GROUP, group

MIDDLE, BESIDE = (6.0786, 44.5594), (6.0801, 44.5594)
TITLE = "Regroupements bruyants place Jean Marcellin"
WHY = "Nous n’avons pas les clés de ce local."
# Who is in the group besides the landlord.
MEMBERS = {
    "shops": ("commerces", "Association des commerçants", "commerce"),
    "youth": ("mediation", "Médiation", "mediation_prevention"),
}


@pytest.fixture
def three_partners(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two more organisations in the group, each with somebody who signs in."""
    expect.set_options(timeout=20_000)
    for name, (code, title, kind) in MEMBERS.items():
        partner = Partner.objects.create(territory=Territory.objects.get(code="05"), code=code, name=title, kind=kind)
        Membership.objects.create(group=group(), partner=partner)
        mandate(
            user=create_user(email=f"{code}@psq.example", password=None),
            role=Role.PARTNER,
            over=partner,
            start=LONG_AGO,
        )
        monkeypatch.setitem(CAST, name, code)
    yield
    expect.set_options(timeout=5_000)
    empty_what_was_written()
    codes = [code for code, _title, _kind in MEMBERS.values()]
    Mandate.objects.filter(partner__code__in=codes).delete()
    Partner.objects.filter(code__in=codes).delete()


@pytest.fixture
def noon() -> datetime:
    """Of the day before yesterday: whatever the hour of the test, it is over in Paris and in UTC."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)


def act(page: Page, address: str, **said: str) -> None:
    """Fills the form that is sent there, opening what it is folded into, and sends it."""
    form = page.locator(f"form[action$='{address}']").first
    if not form.is_visible():
        page.locator("details", has=page.locator(f"form[action$='{address}']")).first.locator("summary").first.click()
    for name, value in said.items():
        field = form.locator(f"[name$='{name}']").first
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button").last.click()
    expect(page.locator(".note--good").first).to_be_visible()


def status(page: Page, address: str) -> int:
    return page.request.get(address).status


def test_five_concerns_become_a_problem_that_is_partly_solved(
    visits: Visits, three_partners: None, noon: datetime, picture: Any
) -> None:
    landlord = User.objects.get(email="partenaire.bailleur@psq.example")
    for days in (37, 39, 41, 43, 45):
        reported(landlord, noon - timedelta(days=days), MIDDLE)
    assert changes.suggest(at=timezone.now()) == 1
    desk = visits.page("referent_a")
    partner, shops, youth = visits.page("partner_a", size=PHONE), visits.page("shops"), visits.page("youth")
    outsider, mayor, other = visits.page("partner_b"), visits.page("mayor_gap"), visits.page("referent_b")
    director, clerk = visits.page("director"), visits.page("administrator")
    for page in (desk, partner, shops, youth, outsider, mayor, other, director, clerk):
        page.set_default_timeout(30_000)

    # The desk is told why, and makes it a problem; nobody else hears of what is only suggested.
    suggestion = Suggestion.objects.get()
    asked = f"/problematiques/suggestions/{suggestion.reference}/"
    assert [status(each, asked) for each in (partner, mayor, director, other, clerk)] == [403, 403, 404, 404, 403]
    desk.goto(f"/groupes/{GROUP}/")
    desk.locator(f"a[href='{asked}']").click()
    expect(desk.locator(".why")).to_contain_text("5 préoccupations depuis")
    desk.locator("#id_decision").select_option("accept")
    desk.locator("#id_title").fill(TITLE)
    desk.locator("main form .fr-btn--big").click()
    expect(desk.locator(".note--good")).to_be_visible()
    problem = Problem.objects.get()
    assert problem.concerns.count() == 5
    here = f"/problematiques/{problem.reference}/"

    # What is said of it is for its group; a mayor is told how it stands, and the direction says why it reads.
    for each, code in ((outsider, 404), (other, 404), (clerk, 403), (partner, 200), (shops, 200)):
        assert status(each, here) == code
    mayor.goto(here)
    assert TITLE not in mayor.content()
    director.goto(here)
    expect(director.locator("#id_motive, [name='motive']").first).to_be_visible()
    assert TITLE not in director.content()

    # Retained, told of by a partner, written down by the desk, signed by three.
    desk.goto(here)
    act(desk, "/agir/retenir/")
    shops.goto(here)
    act(shops, "/agir/contribuer/", phase="analyse", text="Le local du fond reste ouvert la nuit.")
    desk.goto(here)
    act(desk, "/agir/rediger/", text="Le local ouvert et l’absence de lumière attirent.")
    for each in (partner, shops, youth):
        each.goto(here)
        expect(each.locator("form[action$='/agir/donner/']")).to_have_count(0)
        act(each, "/agir/signer/")
    assert CoSignature.objects.count() == 3

    # The group meets: two decisions are two actions at once.
    desk.goto(f"/groupes/{GROUP}/reunions/planifier/")
    desk.locator("#id_day").fill((timezone.localdate() + timedelta(days=1)).isoformat())
    desk.locator("#id_place").fill("Mairie de Gap")
    desk.locator("main form .fr-btn--big").click()
    expect(desk.locator(".note--good")).to_be_visible()
    Meeting.objects.update(begins_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now())
    meeting = f"/reunions/{Meeting.objects.get().reference}/"
    assert [status(each, meeting) for each in (outsider, mayor, other, clerk)] == [404, 403, 404, 403]
    assert [status(each, f"{meeting}seance/") for each in (partner, shops)] == [403, 403]
    desk.goto(meeting)
    act(desk, "/agir/tenir/")
    due = (timezone.localdate() + timedelta(days=20)).isoformat()
    for text, owner in (("Fermer le local le soir", "commerces"), ("Réparer l’éclairage", "bailleur")):
        desk.goto(f"{meeting}seance/")
        act(desk, "/decider/", text=text, owner=owner, due_on=due)
    desk.goto(here)
    expect(desk.locator(".action")).to_have_count(2)

    # One is declined with a reason, and given to another; both are accepted and done.
    shops.goto("/engagements/")
    act(shops, "/actions/1/decliner/", reason=WHY)
    desk.goto(here)
    expect(desk.locator("#action-1")).to_contain_text("à redonner")
    expect(desk.locator("#action-1")).to_contain_text(WHY)
    act(desk, "/actions/1/redonner/", owner="mediation")
    for each, number in ((youth, 1), (partner, 2)):
        for turn in ("accepter", "faite"):
            each.goto("/engagements/")
            act(each, f"/actions/{number}/{turn}/")
        assert status(shops, f"{here}evaluer/") == 403

    # The minutes are validated, and are a document for the members.
    desk.goto(f"{meeting}releve/")
    act(desk, "/agir/rediger/", text="Le groupe a vu les lieux.")
    act(desk, "/agir/valider/")
    document = shops.request.get(f"{meeting}releve.pdf")
    assert (document.status, document.headers["content-type"]) == (200, "application/pdf")
    assert document.body().startswith(b"%PDF")
    assert [status(each, f"{meeting}releve.pdf") for each in (outsider, mayor, other)] == [404, 403, 404]

    # It cannot be closed unlooked at. What was counted before and after is told, and of the streets around.
    for days in (36, 38, 40, 42, 44, 46, 47):
        reported(landlord, noon - timedelta(days=days), MIDDLE)
    for days, place in ((10, MIDDLE), (40, BESIDE), (12, BESIDE)):
        reported(landlord, noon - timedelta(days=days), place)
    desk.goto(f"{here}clore/")
    expect(desk.locator(".note--soon")).to_contain_text("avant d’avoir été évaluée")
    desk.goto(f"{here}evaluer/")
    desk.locator("#id_begun_on").fill((noon - timedelta(days=33)).date().isoformat())
    desk.locator("#id_done_on").fill((noon - timedelta(days=19)).date().isoformat())
    desk.get_by_role("button", name="Voir les périodes").click()
    expect(desk.locator("#periods")).to_contain_text("2 semaines entières")
    assert not Evaluation.objects.exists()
    desk.locator("[name='seen-terrain']").select_option("yes")
    desk.get_by_role("button", name="Conserver cette évaluation").click()
    expect(desk.locator("h1")).to_contain_text("Évaluation")
    shops.goto(f"{here}evaluation/")
    expect(shops.locator(".weeks__place")).to_have_count(2)
    expect(shops.locator(".weeks__place").first).to_contain_text("12 avant, 1 après")
    expect(shops.locator(".weeks__place").last).to_contain_text("1 avant, 1 après")
    expect(shops.locator(".lead").first).to_contain_text("Moins, et plus nettement")
    picture(shops, "evaluation")
    assert [status(each, f"{here}evaluation/") for each in (outsider, mayor, other, clerk)] == [404, 403, 404, 403]

    # Closed with the findings in sight; those who worked on it are asked whether it is better.
    desk.goto(f"{here}clore/")
    expect(desk.locator(".work__what")).to_contain_text("Rien ne montre que la problématique se soit déplacée")
    desk.get_by_role("radio", name="Partiellement résolue").check()
    desk.locator("main form .fr-btn").last.click()
    expect(desk.locator(".badges")).to_contain_text("Partiellement résolue")
    youth.goto("/engagements/")
    youth.locator(f"a[href='{here}avis/']").click()
    youth.get_by_role("radio", name="Nettement mieux").check()
    youth.locator("main form .fr-btn--big").click()
    expect(youth.locator(".note--good")).to_be_visible()

    # The mayor is told the result, and not a word of what was said.
    mayor.goto(here)
    expect(mayor.locator("main")).to_contain_text("Partiellement résolue")
    for words in (TITLE, "local", WHY, "éclairage"):
        assert words not in mayor.locator("main").inner_text()
    problem.refresh_from_db()
    assert (problem.state, problem.result) == ("close", "partiellement_resolue")
