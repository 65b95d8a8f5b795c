"""`/api/problems/`: what each reader is told, what each decision does, and nothing that is read loosely."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AccessLog
from partnership import changes
from partnership.models import Problem
from tests.partnership.groups import SQUARE, concerns, does, given, landlord, proposed, retained

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]
ADDRESS = "/api/problems/"
MOTIVE = "?motive=Bilan+du+trimestre"


def post(client: Any, document: Any, address: str = ADDRESS) -> Any:
    return client.post(address, document, content_type="application/json")


def decide(client: Any, problem: Problem, decision: str, **members: Any) -> Any:
    return post(client, {"decision": decision, **members}, f"{ADDRESS}{problem.reference}/")


def polygon() -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(each) for each in ring] for ring in SQUARE]}


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    told = {"title": "Bruit le soir", "family": "tranquillite", **properties}
    return {"type": "Feature", "geometry": geometry, "properties": told}


@pytest.mark.parametrize("who", ["referent_a", "partner_a"])
def test_a_problem_is_proposed_and_read_whole_by_its_group(client_of, monday, who):
    answer = post(client_of(who), feature(polygon(), description="Devant la fontaine."))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert answer["Location"].endswith(f"/api/problems/{told['id']}/")
    assert told["geometry"]["type"] == "MultiPolygon"
    assert (told["properties"]["post"], told["properties"]["description"]) == (
        "gap-hyper-centre", "Devant la fontaine.",
    )  # fmt: skip
    assert [each["to"] for each in told["history"]] == ["signalee"]
    assert client_of("referent_a").get(f"{ADDRESS}{told['id']}/").json()["properties"] == told["properties"]


def test_a_mayor_proposes_and_is_told_state_and_result_alone(client_of, monday):
    answer = post(client_of("mayor_gap"), feature(polygon()))
    assert answer.status_code == 201
    told = answer.json()
    assert {name for name, value in told["properties"].items() if value is not None} == {
        "reference", "status", "family", "post", "commune", "motive_required",
    }  # fmt: skip
    assert told["history"] is told["contributions"] is None


def test_the_direction_is_told_the_words_once_it_has_said_why(client_of, person, monday):
    problem = retained(person("referent_a"), monday)
    client = client_of("director")
    silent = client.get(f"{ADDRESS}{problem.reference}/").json()
    assert (silent["properties"]["title"], silent["properties"]["motive_required"]) == (None, True)
    assert silent["history"] is None
    told = client.get(f"{ADDRESS}{problem.reference}/{MOTIVE}").json()
    assert (told["properties"]["title"], told["properties"]["motive_required"]) == (problem.title, False)
    assert len(told["history"]) == 3
    assert AccessLog.objects.filter(operation="problem.read").latest("pk").motive == "Bilan du trimestre"


@pytest.mark.parametrize(
    ("who", "listed", "read", "decided"),
    [
        ("referent_a", 200, 200, 200),
        ("partner_a", 200, 200, 403),
        ("mayor_gap", 200, 200, 404),
        ("director", 200, 200, 403),
        ("referent_b", 200, 404, 404),
        ("partner_b", 200, 404, 404),
        ("mayor_briancon", 200, 404, 404),
        ("administrator", 403, 404, 404),
        ("auditor", 403, 404, 404),
        ("anonymous", 401, 401, 401),
    ],
)
def test_who_lists_reads_and_decides(client_of, person, monday, who, listed, read, decided):
    problem = proposed(person("referent_a"), monday)
    client = client_of(who)
    found = client.get(ADDRESS)
    assert found.status_code == listed
    if listed == 200:
        assert [each["id"] for each in found.json()["features"]] == ([problem.reference] if read == 200 else [])
    assert client.get(f"{ADDRESS}{problem.reference}/").status_code == read
    assert decide(client, problem, "retain").status_code == decided


def test_the_whole_work_is_done_by_decisions(client_of, person, monday):
    desk, partner = client_of("referent_a"), client_of("partner_a")
    problem = proposed(person("partner_a"), monday)
    found = [each.reference for each in concerns(person("partner_a"), monday, 2)]
    for client, decision, members in (
        (desk, "retain", {"recurrence": "installee", "extent": polygon()}),
        (desk, "join", {"concerns": found}),
        (desk, "remove", {"concern": found[0]}),
        (partner, "contribute", {"phase": "analyse", "text": "La porte ne ferme plus."}),
        (desk, "diagnose", {"text": "La porte du hall ne ferme plus."}),
        (partner, "sign", {"version": 1, "partner": "bailleur"}),
        (desk, "give", {"title": "Réparer la porte", "due_on": "2026-12-11", "owner": "bailleur"}),
        (partner, "decline", {"action": 1, "reason": "Elle est à la ville."}),
        (desk, "give_again", {"action": 1, "owner": None, "due_on": "2026-12-14"}),
        (desk, "turn", {"action": 1, "status": "realisee"}),
        (desk, "suspend", {"reason": "travaux_en_cours", "until": "2026-12-07"}),
        (desk, "move", {"status": "actions_en_cours"}),
        (desk, "move", {"status": "evaluation"}),
    ):
        answer = decide(client, problem, decision, **members)
        assert answer.status_code == 200, (decision, answer.content)
    told = answer.json()
    assert told["properties"]["status"] == "evaluation"
    assert told["concern_references"] == found[1:]
    assert told["diagnoses"][0]["signatures"][0]["partner"] == "bailleur"
    (action,) = told["actions"]
    assert (action["owner"], action["status"], action["due_on"]) == (None, "realisee", "2026-12-14")
    assert [each["turn"] for each in action["turns"]] == ["donnee", "declinee", "redonnee", "realisee"]
    refused = decide(desk, problem, "close", result="resolue")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_evaluated")
    assert decide(desk, problem, "evaluate", text="Moins de bruit.").status_code == 200
    told = decide(desk, problem, "close", result="partiellement_resolue").json()
    assert (told["properties"]["status"], told["properties"]["result"]) == ("close", "partiellement_resolue")


def test_an_evaluation_is_sent_with_its_days_its_criteria_and_what_was_seen(client_of, person, monday):
    problem = retained(person("referent_a"), monday)
    desk = client_of("referent_a")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"criteria": "terrain"}, "400 wrong_type"),
        ({"criteria": [1]}, "400 wrong_type"),
        ({"criteria": ["x"] * 41}, "400 out_of_range"),
        ({"observed": {"terrain": "oui"}}, "400 wrong_type"),
        ({"observed": ["terrain"]}, "400 wrong_type"),
        ({"begun_on": "hier"}, "400 not_a_date"),
        ({"result": "resolue"}, "400 unknown_member"),
        ({"criteria": []}, "422 criteria_required"),
        ({"criteria": ["pluie"]}, "422 unknown_criterion"),
        ({"observed": {"pluie": True}}, "422 unknown_criterion"),
        ({"begun_on": "2026-11-20", "done_on": "2026-11-19"}, "422 wrong_order"),
    ]
    for members, code in wrong:
        answer = decide(desk, problem, "evaluate", **members)
        found = answer.json()
        told = found["errors"][0]["code"] if answer.status_code == 400 else found["code"]
        assert f"{answer.status_code} {told}" == code, members
    sent = {
        "criteria": ["terrain", "actions"],
        "observed": {"terrain": True},
        "begun_on": "2026-10-01",
        "done_on": "2026-10-02",
    }
    (made,) = decide(desk, problem, "evaluate", **sent).json()["evaluations"]
    facts = made["facts"]
    assert [each["code"] for each in facts["criteria"]] == ["actions", "terrain"]
    assert (facts["begun_on"], facts["done_on"], facts["observed"]) == ("2026-10-01", "2026-10-02", {"terrain": True})


def test_given_to_another_post_it_is_gone_from_sight(client_of, person, monday):
    problem = proposed(person("referent_a"), monday)
    answer = decide(client_of("referent_a"), problem, "reorient", to="gap-economique", reason="Dans la zone.")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client_of("referent_a").get(f"{ADDRESS}{problem.reference}/").status_code == 404


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        (feature(polygon(), odd=1), 400, "unknown_member"),
        ({**feature(), "odd": 1}, 400, "unknown_member"),
        ({"type": "Feature", "geometry": None, "properties": {"title": "Bruit"}}, 400, "required"),
        (feature({"type": "Point", "coordinates": [6, 44]}), 400, "wrong_geometry_type"),
        (feature(polygon(), title=" "), 400, "required"),
        (feature(polygon(), family=3), 400, "wrong_type"),
        (feature(polygon(), family="inconnue"), 422, "unknown_family"),
        (feature(polygon(), post="gap-economique"), 422, "unknown_post"),
        (feature(polygon(), description="AB-123-CD y est"), 422, "personal_data"),
        ({"type": "Feature", "geometry": None, "properties": None}, 400, "not_an_object"),
        ([], 400, "not_an_object"),
    ],
)
def test_a_proposal_is_read_strictly(client_of, monday, document, status, code):
    answer = post(client_of("partner_a"), document)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert code in {answer.json().get("code"), *(each["code"] for each in answer.json().get("errors", []))}


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"decision": "dissolve"}, 400, "unknown_decision"),
        ({}, 400, "required"),
        ({"decision": "retain", "odd": 1}, 400, "unknown_member"),
        ({"decision": "retain", "recurrence": "souvent"}, 422, "unknown_recurrence"),
        ({"decision": "suspend", "reason": "saison", "until": "demain"}, 400, "not_a_date"),
        ({"decision": "move", "status": "x" * 81}, 400, "too_long"),
        ({"decision": "move", "status": "finie"}, 400, "status_unknown"),
        ({"decision": "sign", "version": 10**9}, 400, "out_of_range"),
        ({"decision": "sign", "version": 1, "partner": "inconnu"}, 422, "unknown_partner"),
        ({"decision": "join", "concerns": ["0000-0000"]}, 422, "unknown_concern"),
        ({"decision": "join", "concerns": [1]}, 400, "wrong_type"),
        ({"decision": "join", "concerns": "0000-0000"}, 400, "wrong_type"),
        ({"decision": "turn", "action": "1", "status": "acceptee"}, 400, "wrong_type"),
        ({"decision": "retain", "extent": "ici"}, 400, "wrong_type"),
        ({"decision": "turn", "action": 7, "status": "acceptee"}, 422, "unknown_action"),
        ({"decision": "give", "title": "Venir", "due_on": "2026-12-11", "owner": "bus"}, 422, "unknown_owner"),
    ],
)
def test_a_decision_is_read_strictly(client_of, person, monday, members, status, code):
    problem = retained(person("referent_a"), monday)
    answer = post(client_of("referent_a"), members, f"{ADDRESS}{problem.reference}/")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert code in {answer.json().get("code"), *(each["code"] for each in answer.json().get("errors", []))}


@pytest.mark.parametrize(("query", "code"), [("odd=1", 400), ("status=finie", 400), ("limit=0", 400), ("limit=2", 200)])
def test_the_list_knows_its_parameters(client_of, monday, query, code):
    assert client_of("referent_a").get(f"{ADDRESS}?{query}").status_code == code


def test_pages_follow_one_another_and_a_state_is_asked_for(client_of, person, monday):
    client = client_of("referent_a")
    made = sorted(proposed(person("referent_a"), monday).reference for _ in range(3))
    page = client.get(f"{ADDRESS}?limit=2").json()
    (link,) = [each["href"] for each in page["links"] if each["rel"] == "next"]
    rest = client.get(link).json()
    assert [each["id"] for each in (*page["features"], *rest["features"])] == made
    retained(person("referent_a"), monday)
    assert len(client.get(f"{ADDRESS}?status=retenue").json()["features"]) == 1


def test_however_many_there_are_the_queries_are_the_same(client_of, person, monday, django_assert_max_num_queries):
    desk, partner = person("referent_a"), person("partner_a")
    client = client_of("referent_a")
    problem = retained(desk, monday)
    for count in range(2):
        does(changes.contribute, partner, monday, problem=problem, phase="analyse", text=f"Vu {count} fois.")
        does(changes.write_diagnosis, desk, monday, problem=problem, text=f"Version {count}.")
        does(changes.co_sign, partner, monday, problem=problem, version=count + 1)
        action = given(problem, desk, monday, owner=landlord())
        does(changes.turn, partner, monday + timedelta(minutes=count), action=action, to="acceptee")
    client.get(ADDRESS)
    # Two of them count the questions of the person, unless they are counted already.
    with django_assert_max_num_queries(3):
        assert client.get(ADDRESS).status_code == 200
    with django_assert_max_num_queries(13):
        assert client.get(f"{ADDRESS}{problem.reference}/").status_code == 200
