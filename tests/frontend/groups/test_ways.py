"""From each page of a group's work one reaches the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from partnership import changes
from partnership.models import Problem
from tests.incidents.sending import reported
from tests.partnership.evaluated import evaluated, suggested
from tests.partnership.groups import GROUP, does, given, group, proposed, retained

pytestmark = pytest.mark.django_db
MIDDLE = (6.079, 44.56)


def text(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    found: str = answer.content.decode()
    return found


def test_the_desk_leads_to_the_group_to_suggestions_and_to_problems(seen_by: Any) -> None:
    page = text(seen_by("referent_a"), "/bureau/")
    nav = page.partition('class="desk-nav"')[2].partition("</nav>")[0]
    for url in ("/groupes/", "/problematiques/suggestions/", "/problematiques/"):
        assert f'href="{url}"' in nav


def test_the_group_leads_to_its_figures_its_suggestions_and_the_evaluations(seen_by: Any, person: Any) -> None:
    now = timezone.now()
    problem = evaluated(person("referent_a"), "EEEE-0001", now)
    does(changes.close, person("referent_a"), now, problem=problem, result="resolue")
    suggested("SSSS-0001", now)
    page = text(seen_by("referent_a"), f"/groupes/{GROUP}/")
    for url in (f"/groupes/{GROUP}/chiffres/", "/problematiques/suggestions/", "/problematiques/EEEE-0001/evaluation/"):
        assert f'href="{url}"' in page
    assert "/problematiques/EEEE-0001/evaluation/" in text(seen_by("partner_a"), f"/groupes/{GROUP}/")
    # A mayor is told the result, and is led to no page that is not theirs.
    assert "evaluation/" not in text(seen_by("mayor_gap"), "/problematiques/")


def test_a_concern_leads_to_its_problem_and_back(seen_by: Any, person: Any) -> None:
    now = timezone.now()
    concern = reported(person("partner_a"), now, MIDDLE)
    address = f"/preoccupations/{concern.reference}/"
    desk = seen_by("referent_a")
    assert f'href="/problematiques/proposer/?concerns={concern.reference}"' in text(desk, address)
    assert f'value="{concern.reference}"' in text(desk, f"/problematiques/proposer/?concerns={concern.reference}")
    assert "proposer/?concerns" not in text(seen_by("partner_a"), address)
    problem = retained(person("referent_a"), now, incidents=[concern])
    for who in ("referent_a", "partner_a"):
        page = text(seen_by(who), address)
        assert f'href="/problematiques/{problem.reference}/"' in page
        assert problem.title in page
        assert address in text(seen_by(who), f"/problematiques/{problem.reference}/")
    mayor = text(seen_by("mayor_gap"), address)
    assert f'href="/problematiques/{problem.reference}/"' in mayor
    assert problem.title not in mayor
    does(changes.remove, person("referent_a"), now, problem=problem, incident=concern)
    assert problem.reference not in text(seen_by("partner_a"), address)


def test_a_mayor_begins_the_day_with_the_problems_of_the_commune(
    seen_by: Any, person: Any, django_assert_max_num_queries: Any
) -> None:
    mayor = seen_by("mayor_gap")
    assert "Aucun groupe ne travaille" in text(mayor, "/accueil/")
    problems = [proposed(person("referent_a"), timezone.now(), title=f"Hall {number}") for number in range(3)]
    page = text(mayor, "/accueil/")
    for problem in problems:
        assert f'href="/problematiques/{problem.reference}/"' in page
        assert problem.title not in page
    assert 'href="/problematiques/proposer/"' in page
    with django_assert_max_num_queries(13):
        text(mayor, "/accueil/")
    assert Problem.objects.count() == 3
    assert "Problématiques de ma commune" not in text(seen_by("partner_a"), "/accueil/")
    assert problems[0].reference not in text(seen_by("mayor_briancon"), "/accueil/")


def test_the_course_of_a_problem_is_whole_and_the_latest_comes_first(seen_by: Any, person: Any) -> None:
    """Every kind of thing that happens to a problem is a line of it, also of what happened at one moment."""
    now = timezone.now()
    desk, partner = person("referent_a"), person("partner_a")
    concern = reported(partner, now, MIDDLE)
    problem = retained(desk, now, incidents=[concern])
    action = given(problem, desk, now, title="Passer le soir")
    does(changes.contribute, partner, now, problem=problem, phase="analyse", text="Le hall.")
    does(changes.write_diagnosis, desk, now, problem=problem, text="Le hall attire.")
    does(changes.co_sign, partner, now, problem=problem, version=1)
    ends = now + timedelta(hours=1)
    meeting = does(changes.plan, desk, now, group=group(), begins_at=now, ends_at=ends, place="Mairie")
    does(changes.hold, desk, now, meeting=meeting)
    does(changes.turn, desk, now, action=action, to="realisee")
    does(changes.evaluate, desk, now, problem=problem)
    does(changes.close, desk, now, problem=problem, result="resolue")
    does(changes.rate, partner, now, problem=problem, grade=4, comment="Plus un bruit.")
    page = text(seen_by("referent_a"), f"/problematiques/{problem.reference}/")
    line = page.partition('class="timeline"')[2].partition("</ol>")[0]
    said = (
        "Close – Résolue", "Évaluation, version 1", "Diagnostic signé, version 1", "Diagnostic, version 1",
        "Contribution au diagnostic", "Action 1 réalisée", "Action 1 confiée", "Retenue", "Signalée",
        f"Préoccupation {concern.reference}", "Plus un bruit.", "Abordée en réunion",
    )  # fmt: skip
    assert [each for each in said if each not in line] == []
    assert line.index("Close – Résolue") < line.index("En évaluation") < line.index("Retenue") < line.index("Signalée")
