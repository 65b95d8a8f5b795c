"""One concern on the desk: every move that the table allows is a form, and a refusal keeps what was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from frontend import acting
from incidents import changes
from incidents.changes.standard_answers import write_answer
from incidents.models import Merge, StandardAnswer
from incidents.workflow import Status
from sectors.models import Holding, Territory
from sectors.scope import scope_of


def act(client, incident, action, follow=True, query="", **said):
    data = {f"{action}-{name}": value for name, value in said.items()}
    return client.post(f"/preoccupations/{incident.reference}/agir/{action}/{query}", data, follow=follow)


def codes(answer):
    return [offer.code for offer in answer.context["offers"]]


def open_page(client, incident, query=""):
    return client.get(f"/preoccupations/{incident.reference}/{query}")


@pytest.fixture
def taken(reported, person):
    user = person("referent_a")
    return changes.take(incident=reported(), author=user, scope=scope_of(user, timezone.now()))


def test_from_new_to_closed_by_forms_alone(seen_by, reported):
    incident, client = reported(), seen_by("referent_a")
    page = open_page(client, incident)
    offered = "prendre ecrire noter mener qualifier proposer transmettre regrouper ecarter"
    assert codes(page) == offered.split()
    assert page.context["leading"] == "prendre"
    steps = [
        ("qualifier", {}, Status.QUALIFIEE, "Qualifiée."),
        ("prendre", {}, Status.PRISE_EN_CHARGE, "Prise en charge"),
        ("suspendre", {"reason": "travaux_en_cours", "until": ""}, Status.SUSPENDUE, "Travaux en cours"),
        ("reprendre", {}, Status.PRISE_EN_CHARGE, "court de nouveau"),
        ("repondre", {"answer": "Une ronde passe chaque soir."}, Status.REPONDUE, "Une ronde passe chaque soir."),
        ("clore", {}, Status.CLOSE, "invité à dire"),
        ("rouvrir", {"reason": "Le bruit a repris."}, Status.ROUVERTE, "Le bruit a repris."),
    ]
    for action, said, status, told in steps:
        answer = act(client, incident, action, **said)
        assert answer.redirect_chain[0][0] == f"/preoccupations/{incident.reference}/"
        incident.refresh_from_db()
        assert incident.status == status
        assert told.lower() in answer.content.decode().lower()


def test_its_page_tells_how_long_each_post_and_each_holder_had_it(seen_by, reported, person):
    now = timezone.now()
    incident, director = reported(at=now - timedelta(days=9)), person("director")
    assert "Temps en main" in open_page(seen_by("referent_a"), incident).content.decode()
    changes.assign(
        incident=incident, to_post="gap-economique", author=director, scope=scope_of(director, now),
        reason="Zone", at=now - timedelta(days=3),
    )  # fmt: skip
    Holding.objects.filter(post__code="gap-hyper-centre").update(validity=(None, now - timedelta(days=7)))
    first, second = open_page(seen_by("referent_b"), incident).context["in_hand"]
    assert (first.time, first.persons) == ("6 jours", [(str(person("referent_a")), "2 jours"), ("personne", "4 jours")])
    assert (second.time, second.persons) == ("3 jours", [(str(person("referent_b")), "3 jours")])


def test_what_is_not_said_is_asked_for_and_nothing_changes(seen_by, taken):
    client = seen_by("referent_a")
    for action, said, field in [
        ("repondre", {"answer": " "}, "id_repondre-answer"),
        ("suspendre", {"reason": "", "until": "2026-12-01"}, "id_suspendre-reason"),
        ("ecarter", {"reason": ""}, "id_ecarter-reason"),
        ("proposer", {"to_post": "", "reason": "Voir la zone"}, "id_proposer-to_post"),
        ("transmettre", {"to": "mairie", "recipient": "", "reason": "Éclairage"}, "id_transmettre-recipient"),
    ]:
        answer = act(client, taken, action, **said)
        page = answer.content.decode()
        assert 'id="errors"' in page
        assert f'href="#{field}"' in page
        assert answer.context["leading"] == action
        taken.refresh_from_db()
        assert taken.status == Status.PRISE_EN_CHARGE


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("Bonjour {{nom}}, une ronde passe.", "{{ et }}"),
        ("M. Dupont a été entendu, plaque AB-123-CD.", "plaque"),
        ("a" * 4001, "4000"),
    ],
)
def test_a_refused_answer_is_kept_in_its_field(seen_by, taken, answer, words):
    found = act(seen_by("referent_a"), taken, "repondre", answer=answer)
    page = found.content.decode()
    assert answer in page
    assert words in page
    taken.refresh_from_db()
    assert taken.status == Status.PRISE_EN_CHARGE


def test_a_concern_is_proposed_and_accepted_or_refused(seen_by, reported, person):
    incident = reported()
    mine, other = seen_by("referent_a"), seen_by("referent_b")
    act(mine, incident, "proposer", to_post="gap-economique", reason="Devant la zone commerciale")
    assert "retirer" in codes(open_page(mine, incident))
    assert "proposer" not in codes(open_page(mine, incident))
    page = open_page(other, incident)
    assert page.context["leading"] == "accepter"
    assert "Vous est proposée" in page.content.decode()
    answer = act(other, incident, "refuser", reason="La rue est à vous.", out_of_sector="on")
    assert answer.redirect_chain == [("/bureau/", 302)]
    assert incident.transfers.get().out_of_sector
    act(mine, incident, "proposer", to_post="gap-economique", reason="Je redemande")
    act(other, incident, "accepter")
    incident.refresh_from_db()
    assert incident.post.code == "gap-economique"
    assert open_page(mine, incident).status_code == 404


def test_a_concern_is_handed_over_outside_and_acknowledged(seen_by, taken):
    client = seen_by("referent_a")
    act(client, taken, "transmettre", to="mairie", recipient="Service éclairage public", reason="Lampadaires éteints")
    assert "accuser" in codes(open_page(client, taken))
    page = act(client, taken, "accuser", to="mairie", note="Intervention jeudi").content.decode()
    assert "Service éclairage public" in page
    assert "Intervention jeudi" in page
    assert taken.handovers.get().acknowledgement == "Intervention jeudi"


def test_the_direction_assigns_and_says_first_why_it_reads(seen_by, reported, person):
    incident, client = reported(), seen_by("director")
    asked = act(client, incident, "confier", to_post="gap-economique", reason="Secteur voisin")
    assert "Pourquoi lisez-vous" in asked.content.decode()
    incident.refresh_from_db()
    assert incident.post.code == "gap-hyper-centre"
    client.post(f"/preoccupations/{incident.reference}/motif/", {"motive": "Suivi des retards"})
    assert "confier" in codes(open_page(client, incident))
    assert "proposer" not in codes(open_page(client, incident))
    act(client, incident, "confier", to_post="gap-economique", reason="Secteur voisin")
    incident.refresh_from_db()
    assert incident.post.code == "gap-economique"


def test_what_came_too_late_is_said_and_done_nothing(seen_by, taken):
    answer = act(seen_by("referent_a"), taken, "prendre")
    assert "Rien n’a été fait" in answer.content.decode()
    assert taken.status_changes.count() == 3


def test_two_at_once_the_second_is_told(seen_by, taken, person, monkeypatch):
    """The page offered the move; the change finds that somebody was faster."""
    user = person("referent_a")
    scope = scope_of(user, timezone.now())
    seen = acting.standing(taken, scope)
    changes.change_status(incident=taken, author=user, scope=scope, to="repondue", answer="Une ronde passe.")
    monkeypatch.setattr(acting, "standing", lambda incident, scope: seen)
    answer = act(seen_by("referent_a"), taken, "repondre", answer="Une autre réponse.")
    assert "a déjà ce statut" in answer.content.decode()
    assert taken.status_changes.filter(status_to="repondue").count() == 1


def test_one_who_only_reported_it_acts_on_nothing(seen_by, taken):
    assert act(seen_by("partner_a"), taken, "clore", follow=False).status_code == 403
    page = open_page(seen_by("partner_a"), taken).content.decode()
    assert "/agir/" not in page


def test_a_co_reader_reads_and_is_told_who_answers(seen_by, reported, person):
    incident = reported()
    post = person("referent_b").holdings.get().post
    incident.co_reader_posts = [post.pk]
    incident.save(update_fields=["co_reader_posts"])
    client = seen_by("referent_b")
    page = open_page(client, incident)
    assert codes(page) == ["ecrire", "noter", "mener"]
    assert "Un autre poste répond" in page.content.decode()
    act(client, incident, "prendre")
    incident.refresh_from_db()
    assert incident.status == Status.SIGNALEE


def test_an_action_that_does_not_exist_is_no_address(seen_by, taken):
    assert act(seen_by("referent_a"), taken, "detruire", follow=False).status_code == 404


def test_previous_and_next_are_those_of_the_list(seen_by, reported):
    now = timezone.now()
    made = [reported(category=each, at=now - timedelta(days=days)) for each, days in
            [("tapage", 40), ("tag", 35), ("tapage", 20), ("tapage", 3)]]  # fmt: skip
    client = seen_by("referent_a")
    page = open_page(client, made[2], "?category=tapage")
    assert (page.context["before"], page.context["after"]) == (made[0].reference, made[3].reference)
    assert f'href="/preoccupations/{made[3].reference}/?category=tapage"' in page.content.decode()
    page = open_page(client, made[2])
    assert (page.context["before"], page.context["after"]) == (made[1].reference, made[3].reference)
    assert act(client, made[2], "prendre", query="?category=tapage").redirect_chain == [
        (f"/preoccupations/{made[2].reference}/?category=tapage", 302)
    ]


def test_what_was_reported_near_is_shown(seen_by, reported):
    first, second = reported(), reported(category="tag")
    page = open_page(seen_by("referent_a"), first)
    assert [each["reference"] for each in page.context["near"]] == [second.reference]


def test_a_question_its_answer_and_what_stays_inside(seen_by, taken):
    desk, partner = seen_by("referent_a"), seen_by("partner_a")
    act(desk, taken, "ecrire", text="À quelle heure exactement ?")
    page = act(desk, taken, "noter", text="Voir avec la mairie.").content.decode()
    assert "Interne – jamais montré" in page
    assert "Voir avec la mairie." in page
    theirs = open_page(partner, taken).content.decode()
    assert "Voir avec la mairie." not in theirs
    user = taken.author
    changes.remark(incident=taken, author=user, scope=scope_of(user, timezone.now()), text="Vers 23 h.")
    page = open_page(desk, taken)
    assert "Le signalant a écrit" in page.content.decode()
    assert "lu" in codes(page)
    page = act(desk, taken, "lu")
    assert "lu" not in codes(page)
    assert "<strong>Le signalant a écrit</strong>" not in page.content.decode()


@pytest.mark.parametrize(("action", "text"), [("ecrire", ""), ("noter", " "), ("ecrire", "Bonjour {{nom}}")])
def test_a_message_is_refused_in_its_field(seen_by, taken, action, text):
    answer = act(seen_by("referent_a"), taken, action, text=text)
    assert f'href="#id_{action}-text"' in answer.content.decode()
    assert not taken.remarks.exists()


def test_one_is_dealt_with_in_another_and_is_on_its_own_again(seen_by, reported):
    now = timezone.now()
    first, later = reported(at=now - timedelta(days=5)), reported(at=now - timedelta(days=1))
    client = seen_by("referent_a")
    page = act(client, later, "regrouper", other=first.reference)
    assert page.context["kept"] == first.reference
    assert f'href="/preoccupations/{first.reference}/"' in page.content.decode()
    assert "1 autre organisation" not in page.content.decode()
    assert codes(page) == ["ecrire", "noter", "mener", "separer"], "what the server would refuse is not offered"
    page = act(client, later, "separer", reason="Deux halls différents.")
    assert "regrouper" in codes(page)
    later.refresh_from_db()
    assert later.merged_into is None


@pytest.mark.parametrize("other", ["", "0000-0000", "x"])
def test_only_what_lies_near_may_be_the_same(seen_by, reported, other):
    incident = reported()
    reported()
    answer = act(seen_by("referent_a"), incident, "regrouper", other=other)
    assert 'href="#id_regrouper-other"' in answer.content.decode()
    assert not Merge.objects.exists()


@pytest.fixture
def standard(person):
    territory = Territory.objects.get(code="05")
    given = {"by": person("administrator"), "territory": territory}
    write_answer(**given, title_fr="Ronde", text_fr="Votre signalement {{reference}} est suivi par {{post}}.")
    return StandardAnswer.objects.get()


def test_an_answer_is_begun_from_a_standard_one_and_read_over_before_it_leaves(seen_by, taken, standard):
    client, address = seen_by("referent_a"), f"/preoccupations/{taken.reference}/agir/repondre/"
    typed = {"repondre-standard": str(standard.pk), "repondre-answer": "Bonjour,", "insert": "1"}
    begun = client.post(address, typed)
    filled = f"Bonjour,\n\nVotre signalement {taken.reference} est suivi par Référent Gap hyper-centre."
    offered = next(each for each in begun.context["offers"] if each.code == "repondre")
    assert offered.form["answer"].value() == filled
    read = client.post(address, {"repondre-answer": filled, "preview": "1"})
    assert "Ce que le signalant recevra" in read.content.decode()
    (letter,) = read.context["preview"]["letters"]
    assert (letter.subject.endswith("Réponse apportée"), filled in letter.body) == (True, True)
    taken.refresh_from_db()
    assert taken.status == Status.PRISE_EN_CHARGE


@pytest.mark.parametrize("asked", [{"insert": "1"}, {"insert": "1", "repondre-standard": "x"}, {"preview": "1"}])
def test_nothing_to_begin_from_or_to_read_over_is_said(seen_by, taken, standard, asked):
    answer = seen_by("referent_a").post(f"/preoccupations/{taken.reference}/agir/repondre/", asked)
    assert 'id="errors"' in answer.content.decode()


def test_the_number_of_questions_is_known(seen_by, taken, django_assert_max_num_queries):
    client = seen_by("referent_a")
    open_page(client, taken)
    # session, account, scope, bell; the concern; near; offer, handovers, standard answers; log; two each way; photos;
    # the timeline's thirteen
    with django_assert_max_num_queries(28):
        open_page(client, taken, "?status=open")
