"""`/api/meetings/`: a meeting by its decisions, and what each reader is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AccessLog
from partnership.models import Meeting
from sectors.models import Membership, Partner
from tests.partnership.groups import GROUP, group, retained
from tests.partnership.test_api import post
from tests.partnership.test_problems import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]
ADDRESS = "/api/meetings/"


def planned(client: Any, monday: Any, **more: Any) -> Any:
    hours = {"begins_at": monday.isoformat(), "ends_at": (monday + timedelta(hours=2)).isoformat()}
    return post(client, {"group": GROUP, "place": "Mairie", **hours, **more}, ADDRESS)


def decide(client: Any, reference: str, decision: str, **members: Any) -> Any:
    return post(client, {"decision": decision, **members}, f"{ADDRESS}{reference}/")


def test_a_meeting_from_its_invitation_to_its_minutes(client_of, person, monday):
    desk, partner = client_of("referent_a"), client_of("partner_a")
    problem = retained(person("referent_a"), monday)
    answer = planned(desk, monday)
    assert answer.status_code == 201, answer.content
    reference = answer.json()["reference"]
    assert [each["problem"] for each in answer.json()["agenda"]] == [problem.reference]
    for decision, members in (
        ("change", {"begins_at": monday.isoformat(), "ends_at": (monday + timedelta(hours=1)).isoformat(),
                    "place": "Préfecture"}),
        ("add_point", {"title": "Calendrier", "confidential": True}),
        ("build_agenda", {}),
        ("hold", {}),
        ("attend", {"presence": "present", "partner": "bailleur", "people": 2}),
        ("attend", {"presence": "present"}),
        ("decide", {"text": "Changer la serrure.", "problem": problem.reference, "owner": "bailleur",
                    "due_on": "2026-12-11"}),
        ("decide", {"text": "Ne rien publier.", "confidential": True}),
        ("draft", {"text": "Le groupe a parlé du hall."}),
    ):  # fmt: skip
        answer = decide(desk, reference, decision, **members)
        assert answer.status_code == 200, (decision, answer.content)
    # A draft is for who runs the group.
    assert answer.json()["minutes"]["text"] == "Le groupe a parlé du hall."
    assert partner.get(f"{ADDRESS}{reference}/").json()["minutes"] is None
    assert decide(desk, reference, "validate").status_code == 200
    assert decide(desk, reference, "addendum", text="Lire 20 h.").status_code == 200
    told = partner.get(f"{ADDRESS}{reference}/").json()
    assert (told["place"], told["status"], told["minutes"]["addenda"][0]["text"]) == (
        "Préfecture", "tenue", "Lire 20 h.",
    )  # fmt: skip
    assert [each["partner"] for each in told["attendance"]] == ["bailleur", None]
    assert len(told["decisions"]) == len(told["agenda"]) == 2
    public = partner.get(f"{ADDRESS}{reference}/?confidential=false").json()
    assert [each["text"] for each in public["decisions"]] == ["Changer la serrure."]
    assert [each["problem"] for each in public["agenda"]] == [problem.reference]
    refused = decide(desk, reference, "draft", text="Autre.")
    assert (refused.status_code, refused.json()["code"]) == (409, "validated")


def test_the_direction_says_why_before_it_reads_what_was_written(client_of, monday):
    reference = planned(client_of("referent_a"), monday).json()["reference"]
    client = client_of("director")
    silent = client.get(f"{ADDRESS}{reference}/").json()
    assert (silent["motive_required"], silent["agenda"], silent["minutes"]) == (True, None, None)
    told = client.get(f"{ADDRESS}{reference}/?motive=Bilan+du+trimestre").json()
    assert (told["motive_required"], told["agenda"]) == (False, [])
    assert AccessLog.objects.filter(operation="meeting.read").latest("pk").motive == "Bilan du trimestre"


@pytest.mark.parametrize(
    ("who", "listed", "read"),
    [
        ("referent_a", 200, 200), ("partner_a", 200, 200), ("director", 200, 200), ("referent_b", 200, 404),
        ("partner_b", 200, 404), ("mayor_gap", 403, 404), ("administrator", 403, 404), ("anonymous", 401, 401),
    ],
)  # fmt: skip
def test_who_lists_and_reads(client_of, monday, who, listed, read):
    reference = planned(client_of("referent_a"), monday).json()["reference"]
    client = client_of(who)
    found = client.get(ADDRESS)
    assert found.status_code == listed
    if listed == 200:
        assert [each["reference"] for each in found.json()["meetings"]] == ([reference] if read == 200 else [])
    assert client.get(f"{ADDRESS}{reference}/").status_code == read


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"decision": "dance"}, 400, "unknown_decision"),
        ({"decision": "retain"}, 400, "unknown_decision"),
        ({"decision": "hold", "odd": 1}, 400, "unknown_member"),
        ({"decision": "attend", "presence": "present", "partner": "bus"}, 422, "unknown_partner"),
        ({"decision": "attend", "presence": "present", "people": 10**9}, 400, "out_of_range"),
        ({"decision": "decide", "text": "Oui.", "problem": "0000-0000", "due_on": "2026-12-11"}, 422,
         "unknown_problem"),
        ({"decision": "change", "begins_at": "demain", "ends_at": "demain", "place": "Mairie"}, 400, ""),
    ],
)  # fmt: skip
def test_a_decision_is_read_strictly(client_of, monday, members, status, code):
    reference = planned(client_of("referent_a"), monday).json()["reference"]
    answer = post(client_of("referent_a"), members, f"{ADDRESS}{reference}/")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert not code or code in {answer.json().get("code"), *(each["code"] for each in answer.json().get("errors", []))}


@pytest.mark.parametrize(
    ("who", "more", "status", "code"),
    [
        ("referent_b", {}, 422, "unknown_group"),
        ("referent_a", {"group": "gpo-gap-economique"}, 422, "unknown_group"),
        ("partner_a", {}, 403, "permission_denied"),
        ("referent_a", {"place": " "}, 400, "required"),
        ("referent_a", {"odd": 1}, 400, "unknown_member"),
        ("referent_a", {"invited": "bailleur"}, 400, "wrong_type"),
        ("referent_a", {"invited": [1]}, 400, "wrong_type"),
        ("referent_a", {"invited": ["bus"]}, 422, "unknown_partner"),
        ("referent_a", {"invited": ["bailleur", "bailleur", "bus"]}, 422, "unknown_partner"),
    ],
)
def test_a_meeting_is_planned_by_who_runs_its_group(client_of, monday, who, more, status, code):
    answer = planned(client_of(who), monday, **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Meeting.objects.exists()


def test_who_is_invited_is_said_when_it_is_planned(client_of, monday):
    Membership.objects.create(group=group(), partner=Partner.objects.get(code="bus"))
    desk = client_of("referent_a")
    some = planned(desk, monday, invited=["bailleur", "bailleur"])
    assert (some.status_code, some.json()["invited"]) == (201, ["bailleur"])
    assert told("planned") == ["partenaire.bailleur@psq.example"]
    # All of them, or nobody named: whoever joins the group later is meant too.
    everybody: tuple[dict[str, Any], ...] = ({"invited": ["bus", "bailleur"]}, {"invited": []}, {})
    for more in everybody:
        assert planned(desk, monday, **more).json()["invited"] == []
    silent = client_of("director").get(f"{ADDRESS}{some.json()['reference']}/").json()
    assert silent["invited"] is None


def test_a_confidential_text_of_the_minutes_stays_in_the_group(client_of, monday):
    desk, partner = client_of("referent_a"), client_of("partner_a")
    reference = planned(desk, monday).json()["reference"]
    decide(desk, reference, "hold")
    answer = decide(desk, reference, "draft", text="Le squat est occupé.", confidential=True)
    assert (answer.status_code, answer.json()["minutes"]["confidential"]) == (200, True)
    # Written on without a word about it, it stays what it was.
    answer = decide(desk, reference, "draft", text="Le squat est occupé depuis lundi.")
    assert answer.json()["minutes"]["confidential"] is True
    assert decide(desk, reference, "validate").status_code == 200
    whole = partner.get(f"{ADDRESS}{reference}/").json()["minutes"]
    public = partner.get(f"{ADDRESS}{reference}/?confidential=false").json()["minutes"]
    assert (whole["text"], public["text"]) == ("Le squat est occupé depuis lundi.", "")


def test_however_many_there_are_the_queries_are_the_same(client_of, monday, django_assert_num_queries):
    client = client_of("referent_a")
    reference = planned(client, monday).json()["reference"]
    for _ in range(3):
        decide(client, planned(client, monday).json()["reference"], "add_point", title="Calendrier")
    with django_assert_num_queries(3):
        assert len(client.get(ADDRESS).json()["meetings"]) == 4
    with django_assert_num_queries(8):
        assert client.get(f"{ADDRESS}{reference}/").status_code == 200


def test_points_are_put_in_order_noted_and_taken_off(client_of, person, monday):
    desk, partner = client_of("referent_a"), client_of("partner_a")
    problem = retained(person("referent_a"), monday)
    reference = planned(desk, monday).json()["reference"]
    decide(desk, reference, "add_point", title="Calendrier")
    decide(desk, reference, "add_point", title="Divers")
    answer = decide(desk, reference, "move_point", point=3, rank=1)
    assert [each["title"] for each in answer.json()["agenda"]] == ["Divers", problem.title, "Calendrier"]
    answer = decide(desk, reference, "remove_point", point=3)
    assert [each["title"] for each in answer.json()["agenda"]] == ["Divers", problem.title]
    answer = decide(desk, reference, "note", point=2, text="Le hall reste ouvert.")
    assert [each["note"] for each in answer.json()["agenda"]] == ["", "Le hall reste ouvert."]
    assert decide(desk, reference, "remove_point", point=2).json()["code"] == "noted"
    assert decide(desk, reference, "note", point=9, text="Rien.").json()["code"] == "unknown_point"
    assert "reste ouvert" not in partner.get(f"{ADDRESS}{reference}/").content.decode()
    for decision, members in (
        ("hold", {}), ("draft", {"text": "Vu."}), ("validate", {}),
        ("addendum", {"text": "Entre nous.", "confidential": True}),
    ):  # fmt: skip
        assert decide(desk, reference, decision, **members).status_code == 200, decision
    whole = partner.get(f"{ADDRESS}{reference}/").json()
    assert whole["agenda"][1]["note"] == "Le hall reste ouvert."
    assert [each["text"] for each in whole["minutes"]["addenda"]] == ["Entre nous."]
    assert partner.get(f"{ADDRESS}{reference}/?confidential=false").json()["minutes"]["addenda"] == []
