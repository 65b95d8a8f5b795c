"""A group's pages: its problems, its promises, its suggestions; each person sees what is theirs to see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLog
from partnership import changes
from partnership.models import Action, CoSignature, Problem
from sectors.models import Membership, PartnershipGroup
from tests.partnership.evaluated import suggested
from tests.partnership.groups import GROUP, concerns, does, given, group, landlord, proposed, retained

pytestmark = pytest.mark.django_db
TITLE = "Bruit le soir place Jean Marcellin"


def text(client: Client, url: str, **options: Any) -> str:
    answer = client.get(url, **options)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def at(problem: Problem, *more: object) -> str:
    return "/".join(["/problematiques", problem.reference, *(str(each) for each in more), ""])


@pytest.fixture
def referent(person: Any) -> Any:
    return person("referent_a")


def test_the_group_is_on_one_page_with_who_promised_what(seen_by: Any, referent: Any, person: Any) -> None:
    now = timezone.now()
    problem = retained(referent, now)
    action = given(problem, referent, now, owner=landlord(), due_on=timezone.localdate() + timedelta(days=9))
    waiting = proposed(referent, now, title="Rodéos rue Carnot")
    page = text(seen_by("partner_a"), f"/groupes/{GROUP}/")
    for said in (TITLE, waiting.title, action.title, landlord().name, "Proposée", "Rodéos rue Carnot"):
        assert said in page, said
    assert page.index("Proposées, pas encore retenues") < page.index("Problématiques en cours")
    assert "Planifier" not in page
    with pytest.raises(AssertionError):
        text(seen_by("partner_b"), f"/groupes/{GROUP}/")


def test_the_only_group_is_opened_at_once_and_a_mayor_sees_problems(seen_by: Any) -> None:
    assert seen_by("referent_a").get("/groupes/")["Location"] == f"/groupes/{GROUP}/"
    assert f'href="/groupes/{GROUP}/"' in text(seen_by("partner_a"), "/groupes/")
    assert seen_by("mayor_gap").get("/groupes/")["Location"] == "/problematiques/"
    page = text(seen_by("director"), "/groupes/")
    assert page.count('href="/groupes/') > PartnershipGroup.objects.filter(territory__code="05").count()


def test_a_mayor_reads_state_and_result_and_no_text(seen_by: Any, referent: Any) -> None:
    now = timezone.now()
    problem = retained(referent, now, description="Des attroupements le soir.")
    given(problem, referent, now, owner=landlord(), due_on=timezone.localdate())
    for url in ("/problematiques/", at(problem)):
        page = text(seen_by("mayor_gap"), url)
        assert problem.reference in page
        assert TITLE not in page
        assert "attroupements" not in page
        assert "Fermer le hall" not in page
    assert "Actions en cours" in text(seen_by("mayor_gap"), at(problem))
    assert seen_by("mayor_briancon").get(at(problem)).status_code == 404


def test_a_mayor_finds_again_what_they_proposed(seen_by: Any, person: Any, referent: Any) -> None:
    now = timezone.now()
    own, other = proposed(person("mayor_gap"), now), proposed(referent, now)
    page = text(seen_by("mayor_gap"), "/problematiques/")
    assert page.count("proposée par vous le") == 1
    assert page.count("proposée le") == 1
    assert "proposée par vous le" in text(seen_by("mayor_gap"), at(own))
    assert "proposée par vous le" not in text(seen_by("mayor_gap"), at(other))


def test_a_note_of_a_meeting_is_in_the_course_once_its_minutes_are_validated(seen_by: Any, referent: Any) -> None:
    now = timezone.now()
    problem = retained(referent, now)
    hours = {"begins_at": now, "ends_at": now + timedelta(hours=1), "place": "Mairie"}
    meeting = does(changes.plan, referent, now, group=group(), **hours)
    does(changes.hold, referent, now, meeting=meeting)
    point = meeting.agenda.get()
    does(changes.note_point, referent, now, meeting=meeting, point=point.pk, text="Le hall reste ouvert.")
    for who in ("partner_a", "referent_a"):
        page = text(seen_by(who), at(problem))
        assert "Abordée en réunion" in page
        assert "Le hall reste ouvert." not in page
    does(changes.draft_minutes, referent, now, meeting=meeting, text="Vu.")
    does(changes.validate_minutes, referent, now, meeting=meeting)
    assert "Le hall reste ouvert." in text(seen_by("partner_a"), at(problem))


def test_the_direction_says_why_before_it_reads_and_the_log_keeps_it(seen_by: Any, referent: Any) -> None:
    problem = retained(referent, timezone.now())
    action = given(problem, referent, timezone.now(), owner=landlord(), due_on=timezone.localdate())
    client, home = seen_by("director"), f"/groupes/{GROUP}/"
    assert TITLE not in text(client, at(problem))
    assert TITLE not in text(client, "/problematiques/")
    # Who promised how much is told; what, once the direction has said why it reads.
    assert action.title not in text(client, home)
    assert landlord().name in text(client, home)
    assert client.post(at(problem), {"motive": "Suivi des groupes du mois."}).status_code == 302
    assert TITLE in text(client, at(problem))
    assert action.title in text(client, home)
    row = AccessLog.objects.filter(operation="problem.read").latest("pk")
    assert (row.reference, row.motive) == (f"problem:{problem.reference}", "Suivi des groupes du mois.")


def test_the_page_draws_the_extent_and_lists_the_concerns(seen_by: Any, referent: Any) -> None:
    now = timezone.now()
    problem = proposed(referent, now, polygons=(), post="gap-hyper-centre", incidents=concerns(referent, now, 3))
    does(changes.retain, referent, now, problem=problem)
    page = text(seen_by("referent_a"), at(problem))
    assert "data-extent=" in page
    assert page.count("data-point ") == 3
    assert "Préoccupation" in page


def test_a_diagnosis_is_written_contributed_to_and_signed_once(seen_by: Any, referent: Any) -> None:
    problem = retained(referent, timezone.now())
    desk, partner = seen_by("referent_a"), seen_by("partner_a")
    said = {"contribuer-phase": "analyse", "contribuer-text": "Le hall reste ouvert la nuit."}
    assert partner.post(at(problem, "agir", "contribuer"), said).status_code == 302
    assert desk.post(at(problem, "agir", "rediger"), {"rediger-text": "Le hall attire."}).status_code == 302
    page = text(partner, at(problem))
    assert "Le hall reste ouvert la nuit." in page
    assert "Signer cette version" in page
    assert partner.post(at(problem, "agir", "signer"), {"signer-version": "1"}).status_code == 302
    assert CoSignature.objects.get().partner == landlord()
    assert "Signer cette version" not in text(partner, at(problem))


def test_an_action_whose_owner_left_the_group_is_told_and_given_to_another(seen_by: Any, referent: Any) -> None:
    problem = retained(referent, timezone.now())
    given(problem, referent, timezone.now(), owner=landlord(), due_on=timezone.localdate() + timedelta(days=9))
    desk, left, home = seen_by("referent_a"), "a quitté le groupe", f"/groupes/{GROUP}/"
    assert left not in text(desk, at(problem)) + text(desk, home)
    Membership.objects.filter(group=group(), partner=landlord()).delete()
    assert left in text(desk, at(problem))
    assert left in text(desk, home)
    turned = seen_by("partner_a").post(at(problem, "actions", 1, "accepter"))
    assert turned.status_code == 404
    assert desk.post(at(problem, "actions", 1, "redonner"), {"redonner-owner": "police"}).status_code == 302
    assert Action.objects.get().owner is None
    assert left not in text(desk, at(problem)) + text(desk, home)


def test_an_action_is_declined_with_a_reason_given_again_and_done(seen_by: Any, referent: Any) -> None:
    problem = retained(referent, timezone.now())
    desk, partner = seen_by("referent_a"), seen_by("partner_a")
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    given_ = {"donner-title": "Fermer le hall", "donner-owner": "bailleur", "donner-due_on": day}
    assert desk.post(at(problem, "agir", "donner"), given_).status_code == 302
    assert "Fermer le hall" in text(partner, "/engagements/")
    refused = partner.post(at(problem, "actions", 1, "decliner"), {"decliner-reason": ""})
    assert refused.status_code == 200
    assert "Donnez un motif." in refused.content.decode()
    assert 'href="#id_1_decliner-reason"' in refused.content.decode()
    declined = partner.post(at(problem, "actions", 1, "decliner"), {"decliner-reason": "Travaux.", "promises": "1"})
    assert declined["Location"] == "/engagements/"
    assert "Fermer le hall" not in text(partner, "/engagements/")
    again = {"redonner-owner": "police"}
    assert desk.post(at(problem, "actions", 1, "redonner"), again).status_code == 302
    assert desk.post(at(problem, "actions", 1, "faite"), {}).status_code == 302
    action = Action.objects.get()
    assert (action.state, action.owner) == ("realisee", None)
    page = text(desk, at(problem))
    course = page.partition('id="course-title"')[2]
    turns = ("réalisée", "confiée à un autre", "déclinée")
    places = [course.index(f"Action 1 {turn}") for turn in turns]
    assert places == sorted(places)


def test_who_has_an_action_accepts_it_begins_it_and_says_that_it_is_done(seen_by: Any, referent: Any) -> None:
    problem = retained(referent, timezone.now())
    given(problem, referent, timezone.now(), owner=landlord(), due_on=timezone.localdate() + timedelta(days=9))
    partner = seen_by("partner_a")
    for deed, state in (("accepter", "acceptee"), ("commencer", "en_cours"), ("faite", "realisee")):
        address = at(problem, "actions", 1, deed)
        for url in ("/engagements/", at(problem)):
            assert f'action="{address}"' in text(partner, url), (deed, url)
        assert partner.post(address, {}).status_code == 302
        assert Action.objects.get().state == state


def test_what_one_may_not_do_is_not_offered_and_not_done(seen_by: Any, referent: Any) -> None:
    problem = retained(referent, timezone.now())
    partner = seen_by("partner_a")
    page = text(partner, at(problem))
    assert "Donner une action" not in page
    answer = partner.post(at(problem, "agir", "donner"), {"donner-title": "X"}, follow=True)
    assert "Rien n’a été fait" in answer.content.decode()
    assert not Action.objects.exists()
    assert partner.post(at(problem, "agir", "nothing"), {}).status_code == 404


def test_a_mayor_proposes_around_a_point_of_the_commune(seen_by: Any) -> None:
    mayor = seen_by("mayor_gap")
    text(mayor, "/problematiques/proposer/")
    said = {
        "title": "Dépôts sauvages",
        "family": "incivilites",
        "recurrence": "recurrente",
        "lat": "44,5594",
        "lon": "6,0786",
        "radius": "80",
    }
    far = mayor.post("/problematiques/proposer/", {**said, "lat": "44,9", "lon": "6,64"})
    assert far.status_code == 200
    assert "votre commune" in far.content.decode()
    answer = mayor.post("/problematiques/proposer/", said)
    made = Problem.objects.get()
    assert answer["Location"] == at(made)
    assert made.commune is not None
    assert (made.origin, made.post.code, made.commune.code) == ("maire", "gap-hyper-centre", "05061")
    assert 15_000 < made.extent_m.area < 20_200


def test_a_partner_proposes_what_was_drawn(seen_by: Any) -> None:
    said = {"title": "Dépôts sauvages", "family": "incivilites", "recurrence": "isolee"}
    drawn = "6.078 44.559,6.080 44.559,6.080 44.561"
    partner = seen_by("partner_a")
    for wrong in ("6.078 44.559,6.080 44.559", "x", "1e999 4,2 2,3 3"):
        assert partner.post("/problematiques/proposer/", {**said, "drawn": wrong}).status_code == 200
    assert partner.post("/problematiques/proposer/", {**said, "drawn": drawn}).status_code == 302
    extent = Problem.objects.get().extent
    assert extent is not None
    assert extent.num_coords == 4


def test_what_is_suggested_is_told_to_the_referent_alone(seen_by: Any) -> None:
    suggested("SSSS-0002", timezone.now())
    assert "/problematiques/suggestions/SSSS-0002/" in text(seen_by("referent_a"), f"/groupes/{GROUP}/")
    assert "SSSS-0002" not in text(seen_by("partner_a"), f"/groupes/{GROUP}/")


def test_the_pages_ask_as_much_however_many_there_are(
    seen_by: Any, referent: Any, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    problem = retained(referent, now)
    for number in range(6):
        given(problem, referent, now, title=f"Action {number}", due_on=timezone.localdate())
        retained(referent, now, title=f"Problème {number}")
    desk = seen_by("referent_a")
    for url, most in ((f"/groupes/{GROUP}/", 16), (at(problem), 20), ("/engagements/", 10), ("/problematiques/", 10)):
        with django_assert_max_num_queries(most):
            text(desk, url)


def test_concerns_that_came_in_together_are_one_thing_that_happened(seen_by: Any, referent: Any) -> None:
    now = timezone.now()
    *several, last = concerns(referent, now, 3)
    problem = proposed(referent, now, polygons=(), post="gap-hyper-centre", incidents=several)
    does(changes.join, referent, now + timedelta(minutes=1), problem=problem, incidents=[last])
    course = text(seen_by("referent_a"), at(problem)).partition('id="course-title"')[2]
    assert "2 préoccupations ajoutées" in course
    assert ", ".join(each.reference for each in several) in course
    assert f"Préoccupation {last.reference} ajoutée" in course
