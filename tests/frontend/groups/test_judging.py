"""A problem is evaluated, closed with a result and rated, from the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLog
from incidents.deadlines import paris_date
from partnership import changes
from partnership.models import Evaluation, Problem, Rating
from sectors.models import Membership, Partner
from tests.partnership.groups import does, given, group, landlord, proposed, retained

pytestmark = pytest.mark.django_db
ALL = ["signalements", "deplacement", "premiere-action", "actions", "partenaires", "terrain"]
DAY = timedelta(days=1)


def page(client: Client, problem: Problem, name: str, **posted: Any) -> str:
    url = f"/problematiques/{problem.reference}/{name}/"
    answer = client.post(url, posted) if posted else client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def referent(person: Any) -> Any:
    return person("referent_a")


@pytest.fixture
def worked(referent: Any, person: Any) -> Problem:
    """Retained sixty days ago; the landlord has done its action within twenty days."""
    begun = timezone.now() - 60 * DAY
    problem = retained(referent, begun)
    action = given(problem, referent, begun + DAY, owner=landlord(), due_on=paris_date(begun) + 25 * DAY)
    for days, to in ((2, "acceptee"), (20, "realisee")):
        does(changes.turn, person("partner_a"), begun + days * DAY, action=action, to=to)
    problem.refresh_from_db()
    return problem


def evaluated(client: Client, problem: Problem, **more: Any) -> None:
    answer = client.post(f"/problematiques/{problem.reference}/evaluer/", {"criteria": ALL, **more})
    assert answer["Location"] == f"/problematiques/{problem.reference}/evaluation/"


def test_the_page_explains_what_is_compared_and_offers_the_criteria(seen_by: Any, worked: Problem) -> None:
    desk = seen_by("referent_a")
    said = page(desk, worked, "evaluer")
    first, last = paris_date(worked.proposed_at) + 2 * DAY, paris_date(worked.proposed_at) + 20 * DAY
    assert f'value="{first.isoformat()}"' in said
    assert f'value="{last.isoformat()}"' in said
    assert "5 semaines entières" in said
    assert "Au moins 30 % de préoccupations en moins dans le périmètre" in said
    assert said.count('name="criteria"') == said.count("checked") == 6
    assert "Personne n’a encore regardé" in said
    # Looked at with other days, nothing is kept: too late a day has nothing to be compared with.
    late = page(desk, worked, "evaluer", look="1", done_on=paris_date(timezone.now()).isoformat(), criteria=["terrain"])
    assert "trop tôt pour comparer" in late
    assert late.count("checked") == 1
    days = {"begun_on": last.isoformat(), "done_on": first.isoformat()}
    turned = page(desk, worked, "evaluer", look="1", criteria=["terrain"], **days)
    assert "Ce qui a été fait ne s’est pas terminé avant d’avoir commencé." in turned
    assert "semaines entières sont comparées" not in turned
    assert not Evaluation.objects.exists()
    assert AccessLog.objects.filter(operation="problem.read", reference=f"problem:{worked.reference}").count() == 3


def test_what_is_sent_is_kept_with_the_criteria_chosen(seen_by: Any, worked: Problem) -> None:
    desk = seen_by("referent_a")
    none = page(desk, worked, "evaluer", text="Plus calme.")
    assert "Choisissez au moins un critère" in none
    assert 'href="#id_criteria"' in none
    assert 'id="id_criteria"' in none
    assert "Choisissez aujourd" in page(desk, worked, "evaluer", criteria=["terrain"], done_on="2199-01-01")
    assert not Evaluation.objects.exists()
    evaluated(desk, worked, criteria=["terrain", "signalements"], text="Plus calme.", **{"seen-terrain": "yes"})
    made = Evaluation.objects.get()
    assert [each["code"] for each in made.facts["criteria"]] == ["signalements", "terrain"]
    assert (made.facts["observed"], made.text) == ({"terrain": True}, "Plus calme.")
    worked.refresh_from_db()
    assert worked.state == "evaluation"
    shown = desk.get(f"/problematiques/{worked.reference}/evaluation/").content.decode()
    assert f'href="/problematiques/{worked.reference}/clore/"' in shown
    assert "Quatre actions sur cinq" not in shown
    assert "clore/" not in seen_by("partner_a").get(f"/problematiques/{worked.reference}/evaluation/").content.decode()


def test_it_is_closed_only_after_an_evaluation_and_with_the_findings_before_ones_eyes(
    seen_by: Any, worked: Problem, referent: Any
) -> None:
    desk = seen_by("referent_a")
    early = page(desk, worked, "clore")
    assert "avant d’avoir été évaluée" in early
    assert f'href="/problematiques/{worked.reference}/evaluer/"' in early
    assert 'name="result"' not in early
    assert "avant d’avoir été évaluée" in page(desk, worked, "clore", result="resolue")
    evaluated(desk, worked)
    open_one = given(worked, referent, timezone.now(), title="Éclairer", due_on=timezone.localdate() + DAY)
    waits = page(desk, worked, "clore")
    assert "Éclairer" in waits
    assert 'name="result"' not in waits
    assert "Des actions ne sont pas terminées" in page(desk, worked, "clore", result="resolue")
    does(changes.turn, referent, timezone.now(), action=open_one, to="annulee", reason="Sans objet")
    ready = page(desk, worked, "clore")
    assert "Trop peu pour en dire quoi que ce soit" in ready
    assert "On ne peut pas dire" in ready
    assert ready.count('name="result"') == 4
    assert "Choisissez le résultat" in page(desk, worked, "clore", reason="Bien")
    assert "motif" in page(desk, worked, "clore", result="abandonnee")
    answer = desk.post(f"/problematiques/{worked.reference}/clore/", {"result": "partiellement_resolue"})
    assert answer["Location"] == f"/problematiques/{worked.reference}/"
    worked.refresh_from_db()
    assert (worked.state, worked.result) == ("close", "partiellement_resolue")
    assert "déjà réglée" in page(desk, worked, "clore")


def test_the_partners_are_asked_from_their_promises_and_answer_once(
    seen_by: Any, worked: Problem, person: Any, django_assert_max_num_queries: Any
) -> None:
    desk, partner = seen_by("referent_a"), seen_by("partner_a")
    link = f'href="/problematiques/{worked.reference}/avis/"'
    assert link not in partner.get("/engagements/").content.decode()
    assert "Rien n’est demandé" in page(partner, worked, "avis")
    evaluated(desk, worked)
    does(changes.close, person("referent_a"), timezone.now(), problem=worked, result="resolue")
    assert link in partner.get("/engagements/").content.decode()
    assert link in partner.get(f"/problematiques/{worked.reference}/").content.decode()
    asked = page(partner, worked, "avis")
    assert asked.count('name="grade"') == 4
    assert "Dites si cela va mieux" in page(partner, worked, "avis", comment="Oui")
    assert "Dites si cela va mieux" in page(partner, worked, "avis", grade="5")
    with django_assert_max_num_queries(12):
        page(partner, worked, "avis")
    answer = partner.post(f"/problematiques/{worked.reference}/avis/", {"grade": "3", "comment": "Plus calme"})
    assert answer["Location"] == "/engagements/"
    made = Rating.objects.get()
    assert (made.grade, made.comment, made.partner) == (3, "Plus calme", landlord())
    again = page(partner, worked, "avis")
    assert "Plus calme" in again
    assert 'name="grade"' not in again
    assert link not in partner.get("/engagements/").content.decode()
    assert changes.ask_again(at=timezone.now().replace(hour=10) + 61 * DAY) in {0, 1}


def test_who_speaks_for_two_organisations_says_for_which(seen_by: Any, worked: Problem, person: Any) -> None:
    other = Partner.objects.get(code="bus")
    Membership.objects.get_or_create(group=group(), partner=other)
    first = person("partner_a").mandates.first()
    first.pk = None
    first.partner = other
    first.save()
    evaluated(seen_by("referent_a"), worked)
    does(changes.close, person("referent_a"), timezone.now(), problem=worked, result="resolue")
    (asked,) = Rating.objects.all()
    asked.pk, asked.partner = None, other
    asked.save(force_insert=True)
    partner = seen_by("partner_a")
    said = page(partner, worked, "avis")
    assert "Au nom de" in said
    assert (
        partner.post(f"/problematiques/{worked.reference}/avis/", {"grade": "2", "partner": str(other.pk)}).status_code
        == 302
    )
    assert Rating.objects.get(grade=2).partner == other
    assert "Au nom de" not in page(partner, worked, "avis")


def test_what_is_not_worked_on_is_not_evaluated(seen_by: Any, referent: Any) -> None:
    problem = proposed(referent, timezone.now())
    desk = seen_by("referent_a")
    said = page(desk, problem, "evaluer")
    assert "n’est pas retenue" in said
    assert "<fieldset" not in said
    assert "Évaluer ce que cela a donné" not in desk.get(f"/problematiques/{problem.reference}/").content.decode()
    assert desk.post(f"/problematiques/{problem.reference}/evaluer/", {"criteria": ALL}).status_code == 200
    assert not Evaluation.objects.exists()
    assert desk.post(f"/problematiques/{problem.reference}/agir/clore/", {}).status_code == 404
