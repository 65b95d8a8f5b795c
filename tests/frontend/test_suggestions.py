"""Suggested problems on the screen: why, for whom, and the three things that the référent may decide."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from partnership import changes
from partnership.models import Fate, Problem, ProblemConcern, Suggestion
from tests.incidents.sending import reported
from tests.partnership.evaluated import evaluated, suggested

pytestmark = pytest.mark.django_db
LIST = "/problematiques/suggestions/"
PAGE = "/problematiques/suggestions/SSSS-0001/"


@pytest.fixture
def made(person, monday) -> Suggestion:
    keys = [reported(person("partner_a"), monday - timedelta(days=n)).pk for n in range(3)]
    return suggested("SSSS-0001", monday, tuple(keys))


def text_of(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def test_the_list_says_why(seen_by, made):
    page = text_of(seen_by("referent_a").get(LIST))
    assert "6 préoccupations depuis le 6 novembre 2026, la dernière du 20 novembre 2026" in page
    assert "au plus 60 m entre elles, la moitié à moins de 25 m de leur milieu" in page
    assert "vendredi (6)" in page
    assert "entre 17 h et 23 h : 6 des 6 qui disent quand" in page
    assert "SSSS-0001" not in text_of(seen_by("referent_b").get(LIST))


def test_it_becomes_a_problem(seen_by, made):
    client = seen_by("referent_a")
    assert text_of(client.get(PAGE)).count("/preoccupations/") >= 3
    answer = client.post(PAGE, {"decision": "accept", "title": " "})
    assert "C’est nécessaire à ce que vous avez choisi." in text_of(answer)
    assert client.post(PAGE, {"decision": "accept", "title": "Bruit le vendredi"}).status_code == 302
    problem = Problem.objects.get(title="Bruit le vendredi")
    assert ProblemConcern.objects.filter(problem=problem).count() == 3
    assert client.get(PAGE).status_code == 404
    assert "Rien n’est suggéré" in text_of(client.get(LIST))


def test_one_that_the_clock_takes_back_meanwhile_is_told_of(seen_by, made, monkeypatch):
    client, dismiss = seen_by("referent_a"), changes.dismiss

    def too_late(**given):
        Suggestion.objects.filter(pk=made.pk).delete()
        return dismiss(**given)

    monkeypatch.setattr(changes, "dismiss", too_late)
    answer = client.post(PAGE, {"decision": "dismiss", "reason": "Travaux en cours"})
    assert answer.status_code == 200
    assert "Cette suggestion ne tient plus" in text_of(answer)
    assert "Travaux en cours" in text_of(answer)


def test_it_joins_a_problem_of_the_group(seen_by, made, person, monday):
    evaluated(person("referent_a"), "EEEE-0001", monday)
    client = seen_by("referent_a")
    assert client.post(PAGE, {"decision": "merge", "problem": "ZZZZ-0001"}).status_code == 200
    assert client.post(PAGE, {"decision": "merge", "problem": "EEEE-0001"}).status_code == 302
    made.refresh_from_db()
    assert (made.fate, made.problem.reference) == (Fate.MERGED, "EEEE-0001")


def test_it_is_set_aside_with_a_reason(seen_by, made):
    client = seen_by("referent_a")
    assert client.post(PAGE, {"decision": "dismiss", "reason": ""}).status_code == 200
    assert "Error" not in text_of(client.post(PAGE, {"decision": "dismiss", "reason": "Voir AB-123-CD"}))
    made.refresh_from_db()
    assert made.fate == Fate.WAITING
    assert client.post(PAGE, {"decision": "dismiss", "reason": "Travaux finis"}).status_code == 302
    made.refresh_from_db()
    assert (made.fate, made.reason) == (Fate.DISMISSED, "Travaux finis")


def test_nobody_else_decides(seen_by, made):
    for who, status in (("referent_b", 404), ("partner_a", 403), ("director", 404), ("mayor_gap", 403)):
        assert seen_by(who).get(PAGE).status_code == status
        assert seen_by(who).post(PAGE, {"decision": "dismiss", "reason": "Non"}).status_code == status
    assert Suggestion.objects.waiting().count() == 1
    assert reverse("problem_suggestion", args=["SSSS-0001"]) == PAGE
