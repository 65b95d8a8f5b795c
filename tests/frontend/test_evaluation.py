"""The page of an evaluation: a sentence, a picture and the numbers, and for whom."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from partnership.models import Evaluation, ProblemChange, Rating
from sectors.models import Partner
from tests.incidents.sending import reported
from tests.partnership.evaluated import evaluated

pytestmark = pytest.mark.django_db
MIDDLE = (6.079, 44.56)


@pytest.fixture
def problem(person, monday):
    """Twenty concerns before the work, four after, and one more around after than before."""
    for week in range(20):
        reported(person("partner_a"), monday - timedelta(weeks=11, days=2 + week % 50), MIDDLE)
    for week in range(4):
        reported(person("partner_a"), monday - timedelta(weeks=2 + week), MIDDLE)
    reported(person("partner_a"), monday - timedelta(weeks=2), (6.0806, 44.56))
    return evaluated(person("referent_a"), "EEEE-0001", monday)


def page_of(client, problem, **asked) -> str:
    found = client.get(reverse("problem_evaluation", args=[problem.reference]), asked)
    assert found.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", found.content.decode()))


def test_it_says_it_in_a_sentence_and_in_numbers(seen_by, problem, django_assert_max_num_queries):
    client = seen_by("partner_a")
    with django_assert_max_num_queries(12):
        page = page_of(client, problem)
    assert "4 préoccupations dans les 8 semaines qui ont suivi les actions, contre 20 dans autant" in page
    assert "Moins, et plus nettement que le hasard ne l’explique" in page
    assert "La problématique s’est peut-être déplacée" in page
    assert "Le hall est calme depuis la ronde." in page
    assert "Au moins 30 % de préoccupations en moins" in page
    assert AccessLog.objects.filter(operation="problem.evaluation", reference="problem:EEEE-0001").count() == 1


def test_the_picture_draws_every_week_and_its_numbers_stand_in_the_table(seen_by, problem):
    page = page_of(seen_by("referent_a"), problem)
    drawings = re.findall(r"<svg class=\"weeks__drawing\".*?</svg>", page)
    assert len(drawings) == 2
    assert [each.count("<rect") for each in drawings] == [16, 16]
    counts = [int(count) for count in re.findall(r'text-anchor="middle">(\d+)<', drawings[0])]
    assert sum(counts) == 24
    assert re.search(r"Signalée</dt>.*Retenue</dt>.*En évaluation</dt>", page)
    assert "style=" not in page.split("<main")[1].split("</main>")[0]


def test_the_direction_reads_numbers_and_nothing_that_was_written(seen_by, problem):
    page = page_of(seen_by("director"), problem)
    assert "contre 20 dans autant de semaines" in page
    assert "Le hall est calme" not in page
    assert problem.title not in page


def test_too_early_it_says_from_when_on(seen_by, problem, person, monday):
    facts = {**problem.evaluations.get().facts, "extent": None, "ring": None, "before": None, "after": None,
             "weeks": None, "readable_on": "2026-12-07"}  # fmt: skip
    Evaluation.objects.create(
        problem=problem, version=2, at=monday, author=person("referent_a"), facts=facts, displacement="cannot_tell"
    )
    page = page_of(seen_by("referent_a"), problem)
    assert "à partir du 7 décembre 2026" in page
    assert '<svg class="weeks__drawing"' not in page
    assert "contre 20 dans" in page_of(seen_by("referent_a"), problem, version=1)
    for wrong in ("3", "1'", "x" * 300, ""):
        found = seen_by("referent_a").get(reverse("problem_evaluation", args=[problem.reference]), {"version": wrong})
        assert found.status_code == 404


def test_what_the_partners_say_is_told_with_how_many_were_asked(seen_by, problem, person, monday):
    closing = ProblemChange.objects.create(
        problem=problem, at=monday, state_to="close", author=person("referent_a"), post=problem.post
    )
    for code, grade in (("bailleur", 4), ("bus", None)):
        Rating.objects.create(
            problem=problem, closing=closing, partner=Partner.objects.get(code=code), stage="closing", asked_at=monday,
            grade=grade, answered_at=monday if grade else None,
        )  # fmt: skip
    page = page_of(seen_by("referent_a"), problem)
    assert "Interrogés à la clôture ; réponses : 1 sur 2." in page
    assert re.search(r"Réglé – <strong class=\"num\">1</strong>", page)


def test_a_foreign_problem_is_as_one_that_does_not_exist(seen_by, problem):
    for reference in ("EEEE-0001", "ZZZZ-9999", "nothing"):
        assert seen_by("referent_b").get(reverse("problem_evaluation", args=[reference])).status_code == 404
    assert seen_by("mayor_gap").get(reverse("problem_evaluation", args=["EEEE-0001"])).status_code == 403


def test_it_is_read_in_english_too(seen_by, problem):
    client = seen_by("referent_a")
    client.cookies["django_language"] = "en"
    assert "4 concerns in the 8 weeks after the actions, against 20 in as many weeks before." in page_of(
        client, problem
    )
