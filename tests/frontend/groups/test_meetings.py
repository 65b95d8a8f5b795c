"""Meetings on their pages: called, held and noted at the table; each person sees what is theirs to see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.changes import choose_notifications
from accounts.models import AccessLog
from frontend.sealed import hidden
from messaging.changes import sort_due
from messaging.letters import written
from messaging.models import Message
from partnership import changes
from partnership.models import AgendaItem, Decision, Meeting, Minutes
from tests.frontend.groups.test_pages import text
from tests.partnership.evaluated import suggested
from tests.partnership.groups import GROUP, does, given, group, landlord, retained

pytestmark = pytest.mark.django_db


@pytest.fixture
def referent(person: Any) -> Any:
    return person("referent_a")


def called(who: Any, **more: Any) -> Meeting:
    now = timezone.now()
    facts = {"group": group(), "begins_at": now, "ends_at": now + timedelta(hours=2), "place": "Mairie", **more}
    meeting: Meeting = does(changes.plan, who, now, **facts)
    return meeting


@pytest.fixture
def opened(referent: Any) -> Meeting:
    """A meeting that has begun, with one open problem on its agenda."""
    retained(referent, timezone.now())
    found: Meeting = does(changes.hold, referent, timezone.now(), meeting=called(referent))
    return found


def at(meeting: Meeting, *more: object) -> str:
    return "/".join(["/reunions", meeting.reference, *(str(each) for each in more), ""])


def on(meeting: Meeting, point: AgendaItem, action: str) -> str:
    from django.urls import reverse

    return reverse("meeting_point", args=[meeting.reference, point.pk, action])


def test_a_meeting_is_called_from_the_group_with_who_is_invited(seen_by: Any, referent: Any) -> None:
    problem = retained(referent, timezone.now())
    row = suggested("SSSS-0001", timezone.now())
    desk = seen_by("referent_a")
    assert f"/groupes/{GROUP}/reunions/planifier/" in text(desk, f"/groupes/{GROUP}/")
    url = f"/groupes/{GROUP}/reunions/planifier/"
    assert "Qui est invité" in text(desk, url)
    said = {"day": (timezone.localdate() + timedelta(days=7)).isoformat(), "begins": "14:00", "ends": "16:00",
            "place": "Mairie, salle 2", "invited": ["bailleur"]}  # fmt: skip
    for wrong, why in (
        ({"ends": "13:00"}, "dans les douze heures"),
        ({"invited": []}, "Invitez au moins un organisme."),
        ({"day": "2020-01-01"}, "Choisissez un jour à venir."),
    ):
        answer = desk.post(url, {**said, **wrong})
        assert answer.status_code == 200
        assert why in answer.content.decode()
    assert not Meeting.objects.exists()
    answer = desk.post(url, said)
    meeting = Meeting.objects.get()
    assert answer["Location"] == at(meeting)
    assert timezone.localtime(meeting.begins_at).hour == 14
    told = Message.objects.filter(dedupe_key__startswith="group.planned:").values_list("recipient", flat=True)
    assert list(told) == ["partenaire.bailleur@psq.example"]
    page = text(desk, at(meeting))
    for shown in (problem.title, "Problématique suggérée", row.reference, "Mairie, salle 2"):
        assert shown in page, shown
    for who in ("referent_a", "partner_a"):
        assert at(meeting) in text(seen_by(who), f"/groupes/{GROUP}/")
    assert "Planifier une réunion" not in text(seen_by("partner_a"), f"/groupes/{GROUP}/")


def test_who_is_not_invited_is_not_written_to_and_reads_it_all_the_same(referent: Any, person: Any) -> None:
    from sectors.models import Membership, Partner

    Membership.objects.create(group=group(), partner=Partner.objects.get(code="bus"))
    meeting = called(referent, invited=[landlord()])
    told = Message.objects.filter(dedupe_key__startswith="group.planned:").values_list("recipient", flat=True)
    assert list(told) == ["partenaire.bailleur@psq.example"]
    assert meeting.invited.get() == landlord()
    everybody = called(referent, invited=list(Partner.objects.filter(groups=group())))
    assert not everybody.invited.exists()


def test_the_agenda_is_completed_and_put_in_order(seen_by: Any, referent: Any) -> None:
    first = retained(referent, timezone.now(), title="Bruit rue Carnot")
    second = retained(referent, timezone.now(), title="Rodéos place Alsace")
    meeting, desk = called(referent), seen_by("referent_a")
    answer = desk.post(at(meeting, "agir", "ajouter"), {"ajouter-title": "Agenda de 2027"})
    assert answer["Location"] == at(meeting)
    points = list(meeting.agenda.all())
    assert [row.title for row in points] == [first.title, second.title, "Agenda de 2027"]
    desk.post(on(meeting, points[2], "monter"), {"agenda": "1"})
    desk.post(on(meeting, points[0], "descendre"), {"agenda": "1"})
    desk.post(on(meeting, points[0], "descendre"), {"agenda": "1"})
    assert [row.title for row in meeting.agenda.all()] == ["Agenda de 2027", second.title, first.title]
    page = text(desk, at(meeting))
    assert page.index("Agenda de 2027") < page.index(second.title) < page.index(first.title)
    desk.post(on(meeting, points[1], "retirer"), {"agenda": "1"})
    assert second.title not in [row.title for row in meeting.agenda.all()]
    desk.post(at(meeting, "agir", "refaire"))
    assert [row.title for row in meeting.agenda.all()] == [first.title, second.title, "Agenda de 2027"]


def test_a_meeting_is_moved_and_called_off_and_everybody_is_told(seen_by: Any, referent: Any) -> None:
    meeting, desk = called(referent), seen_by("referent_a")
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    said = {"deplacer-day": day, "deplacer-begins": "9:00", "deplacer-ends": "8:00", "deplacer-place": "Mairie"}
    refused = desk.post(at(meeting, "agir", "deplacer"), said)
    assert 'href="#id_deplacer-ends"' in refused.content.decode()
    assert desk.post(at(meeting, "agir", "deplacer"), {**said, "deplacer-ends": "11:00"}).status_code == 302
    meeting.refresh_from_db()
    assert (timezone.localtime(meeting.begins_at).hour, meeting.sequence) == (9, 1)
    calendar = desk.get(at(meeting, "invitation.ics")[:-1])
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"SEQUENCE:1" in calendar.content
    assert "Donnez un motif." in desk.post(at(meeting, "agir", "annuler"), {"annuler-reason": ""}).content.decode()
    assert desk.post(at(meeting, "agir", "annuler"), {"annuler-reason": "Grève."}).status_code == 302
    assert "Grève." in text(seen_by("partner_a"), at(meeting))
    kinds = {key.partition(":")[0] for key in Message.objects.values_list("dedupe_key", flat=True)}
    assert {"group.planned", "group.changed", "group.called_off"} <= kinds
    assert desk.get(at(meeting, "seance"))["Location"] == at(meeting)


def test_at_the_table_who_is_there_is_noted_and_what_nobody_changed_is_not_written(
    seen_by: Any, referent: Any, person: Any, opened: Meeting
) -> None:
    desk = seen_by("referent_a")
    page = text(desk, at(opened, "seance"))
    assert "en retard" in page
    partner = hidden(person("partner_a").pk)
    begun = {"initial-presences-police-presence": "", "initial-presences-bailleur-presence": ""}
    said = {**begun, "presences-bailleur-presence": "retard", "presences-bailleur-people": "2",
            "presences-bailleur-came": [partner]}  # fmt: skip
    assert desk.post(at(opened, "agir", "presences"), said).status_code == 302
    row = opened.attendances.get()
    assert (row.partner, row.presence, row.people, row.came.get()) == (landlord(), "retard", 2, person("partner_a"))
    # A second tablet, begun before: it notes the police, and says nothing new of the landlord.
    assert (
        desk.post(at(opened, "agir", "presences"), {**begun, "presences-police-presence": "present"}).status_code == 302
    )
    assert sorted(row.presence for row in opened.attendances.all()) == ["present", "retard"]
    shown = text(seen_by("partner_a"), at(opened))
    assert "2 personnes" in shown
    assert str(person("partner_a")) in shown
    wrong = desk.post(at(opened, "agir", "presences"), {**begun, "presences-police-people": "99"})
    assert "Entre 1 et 50" in wrong.content.decode()


def test_a_decision_is_an_action_at_once_however_often_it_is_sent(seen_by: Any, referent: Any, opened: Meeting) -> None:
    desk, point = seen_by("referent_a"), opened.agenda.get()
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    said = {"decider-text": "Changer la serrure du hall.", "decider-owner": "bailleur", "decider-due_on": day,
            "decider-key": "k3y"}  # fmt: skip
    missing = desk.post(on(opened, point, "decider"), {**said, "decider-owner": ""})
    assert f'href="#id_{point.pk}_decider-owner"' in missing.content.decode()
    assert "Changer la serrure du hall." in missing.content.decode()
    for _again in range(2):
        answer = desk.post(on(opened, point, "decider"), said)
        assert answer["Location"] == f"{at(opened, 'seance')}#point-1"
    made = Decision.objects.get()
    assert made.action is not None
    assert (made.action.title, made.action.owner, made.action.state) == (made.text, landlord(), "proposee")
    desk.post(on(opened, point, "decider"), {**said, "decider-text": "Changer aussi la lampe."})
    assert Decision.objects.count() == 2
    assert "Changer la serrure du hall." in text(seen_by("partner_a"), at(opened))
    assert "Changer la serrure du hall." in text(seen_by("partner_a"), "/engagements/")


def test_two_who_note_at_once_do_not_replace_each_other(seen_by: Any, opened: Meeting) -> None:
    from partnership.marks import mark

    desk, point = seen_by("referent_a"), opened.agenda.get()
    said = {"noter-seen": mark("")}
    assert desk.post(on(opened, point, "noter"), {**said, "noter-text": "Le hall reste ouvert."}).status_code == 302
    late = desk.post(on(opened, point, "noter"), {**said, "noter-text": "La lampe est cassée."}).content.decode()
    point.refresh_from_db()
    assert point.note == "Le hall reste ouvert."
    for shown in ("La lampe est cassée.", "Le hall reste ouvert.", "entre-temps"):
        assert shown in late, shown
    assert f'value="{mark(point.note)}"' in late
    both = {"noter-seen": mark(point.note), "noter-text": "Le hall reste ouvert. La lampe est cassée."}
    assert desk.post(on(opened, point, "noter"), both).status_code == 302
    point.refresh_from_db()
    assert "lampe" in point.note
    # Members read notes with the minutes and not before.
    assert "lampe" not in text(seen_by("partner_a"), at(opened))
    desk.post(at(opened, "agir", "refaire"))
    assert "lampe" in opened.agenda.get().note


def test_minutes_are_drafted_validated_and_completed(seen_by: Any, opened: Meeting) -> None:
    desk, member = seen_by("referent_a"), seen_by("partner_a")
    url = at(opened, "releve")
    assert member.get(url).status_code == 404
    assert "Brouillon" in text(desk, url)
    assert desk.post(at(opened, "agir", "rediger"), {"rediger-text": "Le groupe a parlé du hall."}).status_code == 302
    assert member.get(url).status_code == 404
    stale = desk.post(at(opened, "agir", "rediger"), {"rediger-text": "Autre texte.", "rediger-seen": "x"})
    assert "entre-temps" in stale.content.decode()
    assert Minutes.objects.get().text == "Le groupe a parlé du hall."
    assert desk.post(at(opened, "agir", "valider")).status_code == 302
    assert Message.objects.filter(dedupe_key__startswith="minutes.minutes:").exists()
    page = text(member, url)
    assert "Le groupe a parlé du hall." in page
    assert "Rédiger" not in page
    # What is corrected is not what is written.
    assert text(desk, url).count("Le groupe a parlé du hall.") == 1
    assert url in text(member, f"/groupes/{GROUP}/")
    after = desk.post(at(opened, "agir", "rediger"), {"rediger-text": "Récrit."})
    assert after["Location"] == at(opened)
    assert desk.post(at(opened, "agir", "completer"), {"completer-text": "Lire 20 h et non 22 h."}).status_code == 302
    assert "Lire 20 h et non 22 h." in text(member, url)
    assert Minutes.objects.get().text == "Le groupe a parlé du hall."


@pytest.mark.parametrize(
    ("who", "answer"),
    [("partner_a", 200), ("partner_b", 404), ("referent_b", 404), ("mayor_gap", 403), ("administrator", 403)],
)
def test_who_reads_of_a_meeting(seen_by: Any, opened: Meeting, who: str, answer: int) -> None:
    assert seen_by(who).get(at(opened)).status_code == answer
    assert seen_by(who).get(at(opened, "seance")).status_code == (403 if answer == 200 else answer)
    assert seen_by(who).post(at(opened, "agir", "valider")).status_code == (403 if answer == 200 else answer)


def test_the_direction_says_why_before_it_reads(seen_by: Any, opened: Meeting) -> None:
    client, title = seen_by("director"), opened.agenda.get().title
    assert title not in text(client, at(opened))
    assert client.get(at(opened, "releve"))["Location"] == at(opened)
    assert client.post(at(opened), {"motive": "Suivi des groupes du mois."}).status_code == 302
    assert title in text(client, at(opened))
    row = AccessLog.objects.filter(operation="meeting.read").latest("pk")
    assert (row.reference, row.motive) == (f"meeting:{opened.reference}", "Suivi des groupes du mois.")


def test_a_meeting_with_nothing_on_its_agenda_says_what_to_do(seen_by: Any, referent: Any) -> None:
    page = text(seen_by("referent_a"), at(called(referent)))
    assert "L’ordre du jour est vide" in page
    assert "Commencer la réunion" in page


def test_the_page_asks_as_much_of_the_database_for_many_points(
    seen_by: Any, referent: Any, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    problems = [retained(referent, now, title=f"Bruit {n}") for n in range(8)]
    for each in problems:
        given(each, referent, now, due_on=timezone.localdate(), owner=landlord())
    meeting = does(changes.hold, referent, now, meeting=called(referent))
    desk = seen_by("referent_a")
    desk.get(at(meeting))
    with django_assert_max_num_queries(30):
        desk.get(at(meeting))
    with django_assert_max_num_queries(36):
        desk.get(at(meeting, "seance"))


def test_letters_lead_to_the_meeting_and_news_of_minutes_follows_wishes(
    seen_by: Any, person: Any, opened: Meeting, settings: Any
) -> None:
    settings.SITE = {**settings.SITE, "url": "https://psq.example"}
    called_by = Message.objects.get(dedupe_key__startswith="group.planned:")
    plain, html = written(called_by)
    assert f"https://psq.example{at(opened)}" in plain
    assert f'href="https://psq.example{at(opened)}"' in html
    assert "Choisir comment" not in plain
    choose_notifications(
        user=person("partner_a"), language="fr", mail="daily", bell=True, sms=False, quiet_from=None, quiet_until=None
    )
    desk = seen_by("referent_a")
    desk.post(at(opened, "agir", "rediger"), {"rediger-text": "Vu."})
    desk.post(at(opened, "agir", "valider"))
    news = Message.objects.get(dedupe_key__startswith="minutes.minutes:")
    plain, _html = written(news)
    assert f"https://psq.example{at(opened, 'releve')}" in plain
    assert "https://psq.example/" in plain.partition("-- ")[2]
    sort_due()
    news.refresh_from_db()
    called_by.refresh_from_db()
    # The calendar file is not held for the morning.
    assert (news.state, called_by.state) == ("held", "owed")
    assert at(opened, "releve") in text(seen_by("partner_a"), "/notifications/")
