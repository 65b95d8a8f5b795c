"""Where a partner's day begins: what waits, by which day, what is new, and who answers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from accounts.models import AccessLog
from frontend import entry
from frontend.views import concerns, partner
from incidents import changes
from messaging.models import Notice
from sectors import atlas
from sectors.changes.places import load_places
from sectors.models import PartnershipGroup, Territory
from sectors.place_lists import PlaceRow
from sectors.scope import scope_of

pytestmark = pytest.mark.django_db
MINE = "/accueil/"


def told(client, language="fr"):
    answer = client.get(MINE, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def day(row, language="fr"):
    with override(language):
        return date_format(row.due_on, "j F Y")


def test_own_open_concerns_come_with_their_status_and_the_day_of_the_answer(seen_by, reported):
    ago = timezone.now() - timedelta(days=40)
    fresh, late, foreign = reported(), reported(at=ago), reported("partner_b")
    page = told(seen_by("partner_a"))
    assert page.index(late.reference) < page.index(fresh.reference)
    assert foreign.reference not in page
    assert f"Réponse attendue au plus tard le {day(fresh)}" in page
    assert f"Une réponse était attendue le {day(late)}" in page
    assert "Signalée" in page
    assert "Answer expected by " + day(fresh, "en") in told(seen_by("partner_a"), "en")


def test_what_is_settled_is_no_longer_open(seen_by, reported, person):
    row = reported()
    author = person("referent_a")
    by = {"incident": row, "author": author, "scope": scope_of(author, timezone.now())}
    changes.change_status(to="non_retenue", reason="Hors du champ du dispositif.", **by)
    page = told(seen_by("partner_a"))
    assert f'href="/preoccupations/{row.reference}/"><span' not in page
    assert "Vous n’avez aucune préoccupation en cours" in page


def test_nothing_reported_yet_is_said_and_the_way_is_shown(seen_by):
    page = told(seen_by("partner_b"))
    assert "Vous n’avez aucune préoccupation en cours" in page
    assert 'href="/signaler/ou/"' in page
    assert "composez le 17" in page
    assert "Pas encore lu" not in page


def test_unread_lines_stand_first_until_they_are_read(seen_by, reported, person):
    row = reported()
    Notice.objects.create(
        user=person("partner_a"), dedupe_key="a", reference=row.reference, text="Une <réponse> est là"
    )
    page = told(seen_by("partner_a"))
    assert "Une &lt;réponse&gt; est là" in page
    assert page.index("Pas encore lu") < page.index("Mes préoccupations en cours")
    assert "row--unread" in page
    assert "est là" not in told(seen_by("partner_b"))
    seen_by("partner_a").post(reverse("notices_read"))
    page = told(seen_by("partner_a"))
    assert "Pas encore lu" not in page
    assert "row--unread" not in page


@pytest.mark.parametrize("who", ["partner_a", "mayor_gap"])
def test_the_posts_that_answer_are_named_by_their_public_contact(seen_by, who, person):
    scope = scope_of(person(who), timezone.now())
    directory = atlas.current().directory
    keys = scope.group_posts or {c.post_id for c in directory.sectors.values() if c.commune_id in scope.communes}
    page = told(seen_by(who))
    assert keys
    for key in keys:
        assert directory.posts[key].label_fr in page
        assert directory.posts[key].email in page


def test_a_holder_is_named_only_where_names_are_published(seen_by, person):
    key = scope_of(person("partner_a"), timezone.now()).group_posts[0]
    name = atlas.current().directory.posts[key].holder_name
    assert name
    Territory.objects.update(publish_names=False)
    atlas.forget()
    assert name not in told(seen_by("partner_a"))
    Territory.objects.update(publish_names=True)
    atlas.forget()
    assert name in told(seen_by("partner_a"))


def test_of_no_group_one_still_learns_who_answers(seen_by):
    PartnershipGroup.objects.all().delete()
    page = told(seen_by("partner_a"))
    assert "aucun groupe de partenariat" in page
    assert 'href="/qui-repond/"' in page


def test_the_reading_is_logged_and_asks_little(seen_by, reported, django_assert_num_queries):
    rows = [reported() for _ in range(22)]
    client = seen_by("partner_a")
    page = told(client)
    entered = AccessLog.objects.get(operation="incident.mine")
    assert entered.count == 20
    assert f"incident:{rows[0].reference}" in entered.references
    assert page.count('class="row ') == 20
    assert "Les plus urgentes sont affichées" in page
    # session, account, scope, concerns, news, hours, reports begun, announcements, access log, the bell
    with django_assert_num_queries(10):
        client.get(MINE)


@pytest.mark.parametrize(
    ("who", "page"),
    [("partner_a", "mine"), ("mayor_gap", "mine"), ("referent_a", "desk"), ("auditor", "audit")],
)
def test_each_day_begins_where_the_work_is(person, who, page):
    assert entry.landing(person(who)) == reverse(page)


def test_ones_sectors_are_told_in_words_beside_the_map(seen_by, person, django_assert_num_queries):
    client = seen_by("mayor_gap")
    page = client.get("/mon-secteur/").content.decode()
    directory = atlas.current().directory
    cards = [
        c for c in directory.sectors.values() if c.commune_id in scope_of(person("mayor_gap"), timezone.now()).communes
    ]
    assert cards
    for card in cards:
        assert card.name in page
        assert directory.posts[card.post_id].email in page
    assert page.count("Mairie de Gap") == 1
    assert "Gare de Briançon" not in page
    assert "data-map" in page
    with django_assert_num_queries(6):  # session, account, scope, the map's corners, hours, the bell
        client.get("/mon-secteur/")


def test_the_places_of_a_list_stand_under_their_sector_and_the_rest_is_counted(seen_by, person, monkeypatch):
    monkeypatch.setattr(partner, "MOST_PLACES", 3)
    rows = [PlaceRow(i, f"s{i}", f"Arrêt {i}", "", "", 6.0786, 44.5594 + i / 1e6) for i in range(5)]
    load_places(territory=Territory.objects.get(code="05"), source="arrets", rows=rows, commit=False)
    atlas.forget()
    page = seen_by("mayor_gap").get("/mon-secteur/").content.decode()
    assert page.count("<li>Arrêt") == 3
    assert re.search(r"[34] lieux de plus se trouvent par leur nom", page)  # the territory's file has one there


def test_who_has_no_sector_reads_why(seen_by):
    PartnershipGroup.objects.all().delete()
    answer = seen_by("partner_a").get("/mon-secteur/", headers={"accept-language": "en"})
    assert "No référent is yours yet" in answer.content.decode()


def test_ones_own_are_listed_apart_from_the_groups_with_their_day(seen_by, reported, person):
    mine, theirs = reported(), reported("referent_a")
    client = seen_by("partner_a")
    every = client.get("/preoccupations/")
    assert {row.reference for row in every.context["rows"]} == {mine.reference, theirs.reference}
    page = client.get("/preoccupations/", {"own": "1"})
    assert [row.reference for row in page.context["rows"]] == [mine.reference]
    text = page.content.decode()
    assert "Les nôtres seulement" in text
    assert f"({date_format(mine.due_on, 'j F')})" in text
    # Its map, its count and its table are of the same.
    assert client.get("/preoccupations/points/", {"own": "1"}).json()["numberMatched"] == 1
    assert 'href="/preoccupations/exporter/?own=1"' in text
    assert '<a href="/preoccupations/?own=1">' in told(client)
    # Of a mayor they are those that the mayor wrote down.
    assert seen_by("mayor_gap").get("/preoccupations/", {"own": "1"}).context["count"] == 0
    assert 'name="own"' not in seen_by("referent_a").get("/preoccupations/").content.decode()


def test_a_place_is_a_commune_to_choose(seen_by, reported, monkeypatch):
    reported()
    client = seen_by("partner_a")
    assert client.get("/preoccupations/", {"commune": "05061"}).context["count"] == 1
    page = client.get("/preoccupations/", {"commune": "05023"})
    assert page.context["count"] == 0
    assert "Commune : <strong>Briançon</strong>" in page.content.decode()
    assert '<option value="05061">Gap</option>' in page.content.decode()
    monkeypatch.setattr(concerns, "MOST_OFFERED", 3)
    typed = client.get("/preoccupations/", {"commune": "05061"}).content.decode()
    assert 'id="f-commune" name="commune" maxlength="5"' in typed
