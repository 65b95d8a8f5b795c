"""A meeting from its invitation to its minutes: who is told, what becomes an action, and what nobody changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from icalendar import Calendar

from messaging import channels
from messaging.changes import forget_texts
from messaging.models import Enclosure, Message
from partnership import changes
from partnership.models import AgendaItem, Meeting
from sectors.models import Partner
from sectors.scope import scope_of
from tests.partnership.evaluated import suggested
from tests.partnership.groups import does, given, group, landlord, proposed, refused, retained
from tests.partnership.test_problems import told

pytestmark = pytest.mark.django_db
MEMBERS = ["partenaire.bailleur@psq.example"]


def planned(person, monday, **more) -> Meeting:
    facts = {
        "group": group(),
        "begins_at": monday + timedelta(days=7),
        "ends_at": monday + timedelta(days=7, hours=2),
        "place": "Commissariat de Gap, salle 2",
        **more,
    }
    meeting: Meeting = does(changes.plan, person("referent_a"), monday, **facts)
    return meeting


@pytest.fixture
def held(person, monday) -> Meeting:
    meeting = planned(person, monday, begins_at=monday, ends_at=monday + timedelta(hours=2))
    found: Meeting = does(changes.hold, person("referent_a"), monday, meeting=meeting)
    return found


def test_the_agenda_is_made_of_open_problems_and_of_the_promises_due(person, monday):
    desk = person("referent_a")
    late, early = retained(desk, monday), retained(desk, monday)
    settled = does(
        changes.change_status, desk, monday, problem=proposed(desk, monday), to="non_retenue", reason="Réglé."
    )
    due = given(late, desk, monday, due_on=date(2026, 11, 30), title="Couper la haie")
    given(late, desk, monday, due_on=date(2026, 12, 11), title="Poser un banc")
    meeting = planned(person, monday)
    found = [(row.rank, row.kind, row.problem, row.action) for row in meeting.agenda.all()]
    assert found == [
        (1, "probleme", late, None),
        (2, "probleme", early, None),
        (3, "promesse", late, due),
    ]
    assert settled not in [row.problem for row in meeting.agenda.all()]
    point = does(changes.add_point, desk, monday, meeting=meeting, title="Agenda de 2027")
    does(changes.build_agenda, desk, monday, meeting=meeting)
    assert [row.rank for row in meeting.agenda.all()] == [1, 2, 3, 4]
    assert AgendaItem.objects.get(pk=point.pk).rank == 4


def test_what_is_only_suggested_is_spoken_of_in_the_group_and_kept_from_the_council(person, monday):
    suggested("SSSS-0001", monday)
    point = planned(person, monday).agenda.get()
    assert (point.kind, "SSSS-0001" in point.title, point.confidential) == ("suggestion", True, True)


def test_everybody_is_invited_with_a_calendar_file_that_says_no_more_than_the_day(person, monday):
    meeting = planned(person, monday)
    assert told("planned") == MEMBERS
    letter = Message.objects.get(dedupe_key__startswith="group.planned:")
    channels.send(letter)
    ((name, text, kind),) = mail.outbox[-1].attachments
    assert (name, kind) == ("invitation.ics", "text/calendar")
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == meeting.begins_at
    assert event.decoded("dtend") == meeting.ends_at
    assert (str(event["location"]), str(event["summary"])) == (meeting.place, meeting.group.name)
    assert (event["sequence"], str(event["status"]), str(calendar["method"])) == (0, "CONFIRMED", "PUBLISH")
    forget_texts(keys=[letter.pk])
    assert not Enclosure.objects.exists()


def test_a_changed_meeting_replaces_the_calendar_entry_and_one_called_off_removes_it(person, monday):
    desk = person("referent_a")
    meeting = planned(person, monday)
    begins = monday + timedelta(days=8)
    facts = {"begins_at": begins, "ends_at": begins + timedelta(hours=1), "place": "Mairie"}
    does(changes.change_meeting, desk, monday, meeting=meeting, **facts)
    assert refused(changes.call_off, desk, monday, meeting=meeting, reason="") == "422 reason_required"
    does(changes.call_off, desk, monday, meeting=meeting, reason="Grève.")
    assert told("changed") == told("called_off") == MEMBERS
    events: list[Any] = []
    for kind in ("planned", "changed", "called_off"):
        text = Enclosure.objects.get(dedupe_key__startswith=f"group.{kind}:").text
        events.append((str(Calendar.from_ical(text)["method"]), *Calendar.from_ical(text).walk("VEVENT")))
    assert len({str(event["uid"]) for _, event in events}) == 1
    assert [(method, event["sequence"]) for method, event in events] == [("PUBLISH", 0), ("PUBLISH", 1), ("CANCEL", 2)]
    assert refused(changes.change_meeting, desk, monday, meeting=meeting, **facts) == "409 move_not_allowed"


def test_a_place_is_one_line_of_a_calendar_whatever_is_typed(person, monday):
    place = "Mairie\r\nATTACH:http://evil.example\u2028X:1\x0bX:2\x0cX:3\x85X:4\x1b 👩‍👧"
    meeting = planned(person, monday, place=place)
    assert meeting.place == "Mairie ATTACH:http://evil.example X:1 X:2 X:3 X:4 👩‍👧"
    text = Enclosure.objects.get(dedupe_key__startswith="group.planned:").text
    lines = "".join(text.split("\r\n ")).splitlines()
    assert [line for line in lines if "evil" in line] == [f"LOCATION:{meeting.place}"]
    assert not [line for line in lines if line.startswith(("X:", "ATTACH"))]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((-48, -47), "422 in_past"),
        ((24 * 800, 24 * 800 + 1), "422 too_far"),
        ((24, 24), "422 hours"),
        ((24, 48), "422 hours"),
    ],
)
def test_a_meeting_has_hours_that_people_can_come_at(person, monday, hours, expected):
    begins, ends = (monday + timedelta(hours=each) for each in hours)
    facts = {"group": group(), "begins_at": begins, "ends_at": ends, "place": "Mairie"}
    assert refused(changes.plan, person("referent_a"), monday, **facts) == expected


@pytest.mark.parametrize("who", ["partner_a", "referent_b", "director", "mayor_gap"])
def test_only_who_runs_the_group_calls_and_holds_its_meetings(person, monday, who):
    meeting = planned(person, monday)
    hours = {"begins_at": monday + timedelta(hours=1), "ends_at": monday + timedelta(hours=2), "place": "Mairie"}
    for change, facts in (
        (changes.plan, {"group": group(), **hours}),
        (changes.change_meeting, {"meeting": meeting, **hours}),
        (changes.call_off, {"meeting": meeting, "reason": "Non."}),
        (changes.hold, {"meeting": meeting}),
        (changes.attend, {"meeting": meeting, "presence": "present"}),
        (changes.decide, {"meeting": meeting, "text": "Oui."}),
        (changes.draft_minutes, {"meeting": meeting, "text": "Oui."}),
        (changes.validate_minutes, {"meeting": meeting}),
    ):
        with pytest.raises(PermissionDenied):
            does(change, person(who), monday, **facts)


def test_a_meeting_is_not_held_before_its_day(person, monday):
    assert refused(changes.hold, person("referent_a"), monday, meeting=planned(person, monday)) == "409 not_begun"


def test_a_decision_on_a_problem_is_an_action_at_once(held, person, monday):
    desk = person("referent_a")
    problem = retained(desk, monday)
    facts = {"meeting": held, "problem": problem, "owner": landlord(), "due_on": date(2026, 12, 7)}
    decision = does(changes.decide, desk, monday, text="Le bailleur change la serrure.", **facts)
    action = decision.action
    assert (action.title, action.owner, action.due_on) == (decision.text, landlord(), date(2026, 12, 7))
    assert action.state == "proposee"
    assert told("given") == MEMBERS
    assert does(changes.decide, desk, monday, meeting=held, text="Prochaine réunion en janvier.").action is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"due_on": date(2026, 12, 7)}, "422 problem_required"),
        ({"problem": True}, "422 due_on_required"),
        ({"text": ""}, "422 required"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(held, person, monday, facts, expected):
    desk = person("referent_a")
    if "problem" in facts:
        facts = {"problem": retained(desk, monday)}
    assert refused(changes.decide, desk, monday, **{"meeting": held, "text": "Fermer.", **facts}) == expected


def test_a_problem_of_another_group_is_not_decided_on(held, person, monday):
    other = proposed(person("referent_b"), monday, post="gap-economique")
    facts = {"meeting": held, "text": "Fermer.", "problem": other, "due_on": date(2026, 12, 7)}
    assert refused(changes.decide, person("referent_a"), monday, **facts) == "422 other_group"


def test_who_came_is_noted_and_the_last_word_counts(held, person, monday):
    desk = person("referent_a")
    does(changes.attend, desk, monday, meeting=held, partner=landlord(), presence="present", people=2)
    row = does(changes.attend, desk, monday, meeting=held, partner=landlord(), presence="excuse")
    assert (row.presence, row.people, held.attendances.count()) == ("excuse", 0, 1)
    does(changes.attend, desk, monday, meeting=held, presence="present")
    bus = Partner.objects.get(code="bus")
    facts = {"meeting": held, "partner": bus, "presence": "present"}
    assert refused(changes.attend, desk, monday, **facts) == "422 unknown_partner"
    assert refused(changes.attend, desk, monday, meeting=held, presence="peut-être") == "422 unknown_presence"
    assert refused(changes.attend, desk, monday, meeting=held, presence="present", people=0) == "422 people"


def test_minutes_are_a_draft_then_validated_then_only_completed(held, person, monday):
    desk = person("referent_a")
    problem = retained(desk, monday)
    does(changes.attend, desk, monday, meeting=held, partner=landlord(), presence="present", people=2)
    does(
        changes.decide, desk, monday, meeting=held, text="Changer la serrure.", problem=problem, owner=landlord(),
        due_on=date(2026, 12, 7), confidential=True,
    )  # fmt: skip
    assert refused(changes.validate_minutes, desk, monday, meeting=held) == "409 no_minutes"
    does(changes.draft_minutes, desk, monday, meeting=held, text="Premier jet.")
    does(changes.draft_minutes, desk, monday, meeting=held, text="Le groupe a parlé du hall.")
    assert refused(changes.add_addendum, desk, monday, meeting=held, text="Lire 20 h.") == "409 not_validated"
    assert told("minutes") == []
    minutes = does(changes.validate_minutes, desk, monday, meeting=held)
    assert minutes.text == "Le groupe a parlé du hall."
    assert minutes.facts["attendance"] == [
        {"partner": "bailleur", "name": landlord().name, "presence": "present", "people": 2}
    ]
    (decision,) = minutes.facts["decisions"]
    assert (decision["owner"], decision["due_on"], decision["confidential"]) == (landlord().name, "2026-12-07", True)
    assert told("minutes") == MEMBERS
    for change, facts in (
        (changes.draft_minutes, {"text": "Autre."}),
        (changes.validate_minutes, {}),
    ):
        assert refused(change, desk, monday, meeting=held, **facts) == "409 validated"
    for written, facts in (
        (changes.decide, {"text": "Autre."}),
        (changes.attend, {"presence": "present"}),
        (changes.build_agenda, {}),
        (changes.add_point, {"title": "Autre"}),
    ):
        assert refused(written, desk, monday, meeting=held, **facts) == "409 over"
    does(changes.add_addendum, desk, monday, meeting=held, text="Lire 20 h et non 22 h.")
    assert told("addendum") == MEMBERS


def test_minutes_are_of_a_meeting_that_was_held(person, monday):
    meeting = planned(person, monday)
    assert refused(changes.draft_minutes, person("referent_a"), monday, meeting=meeting, text="Vu.") == "409 not_held"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("referent_a", True), ("partner_a", True), ("director", True), ("referent_b", False), ("partner_b", False),
        ("mayor_gap", False), ("administrator", False), ("auditor", False),
    ],
)  # fmt: skip
def test_meetings_are_seen_by_their_group_and_the_direction(person, monday, who, sees):
    planned(person, monday)
    assert Meeting.objects.visible_to(scope_of(person(who), monday)).exists() == sees
