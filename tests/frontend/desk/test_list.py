"""One query string drives the list, its map, its count and its table."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import orjson
import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import AccessLog
from frontend.views import concerns
from incidents import changes
from incidents.deadlines import paris_date
from incidents.models import Incident
from sectors import atlas
from sectors.models import Partner
from sectors.scope import scope_of

LIST, POINTS, TABLE = "/preoccupations/", "/preoccupations/points/", "/preoccupations/exporter/"


def references(client, query):
    """What each of the outputs of this query string holds: the list, the map, the table."""
    listed = [row.reference for row in client.get(LIST, query).context["rows"]]
    drawn = [each["id"] for each in orjson.loads(client.get(POINTS, query).content)["features"]]
    answer = client.post(
        f"{TABLE}?{'&'.join(f'{name}={value}' for name, value in query.items())}", {"motive": "Réunion"}
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    return listed, drawn, [row[0] for row in rows[1:]]


@pytest.fixture
def some(reported, person):
    """name -> reference: late, soon, calm, answered, another nature, another organisation."""
    now, user = timezone.now(), person("referent_a")
    scope = scope_of(user, now)
    made = {
        "late": reported(at=now - timedelta(days=40)),
        "soon": reported(at=now - timedelta(days=27), category="tag", description="Inscription sur le mur nord."),
        "calm": reported("partner_b", description="Attroupement à l’arrêt de bus."),
        "answered": reported(at=now - timedelta(days=2)),
    }
    changes.take(incident=made["answered"], author=user, scope=scope)
    changes.change_status(incident=made["answered"], author=user, scope=scope, to="repondue", answer="Une ronde passe.")
    return {name: incident.reference for name, incident in made.items()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"late", "soon", "calm", "answered"}),
        ({"status": "open"}, {"late", "soon", "calm"}),
        ({"status": "settled"}, {"answered"}),
        ({"status": "repondue"}, {"answered"}),
        ({"status": "inconnu"}, set()),
        ({"due": "late"}, {"late"}),
        ({"overdue": "1"}, {"late"}),
        ({"due": "week"}, {"soon"}),
        ({"due": "later"}, {"calm"}),
        ({"due": "jamais"}, set()),
        ({"category": "tag"}, {"soon"}),
        ({"sector": "gap-hyper-centre"}, {"late", "soon", "calm", "answered"}),
        ({"sector": "gap-economique"}, set()),
        ({"post": "gap-hyper-centre"}, {"late", "soon", "calm", "answered"}),
        ({"post": "gap-economique"}, set()),
        ({"post": "inconnu"}, set()),
        ({"partner": "bus"}, {"calm"}),
        ({"q": "mur nord"}, {"soon"}),
        ({"q": "MUR NORD"}, {"soon"}),
        ({"q": "rien de tel"}, set()),
        ({"desk": "1", "status": "open"}, {"late", "soon", "calm"}),
        ({"offered": "1"}, set()),
        ({"offered": "late"}, set()),
        ({"status": "open", "category": "tapage", "due": "late"}, {"late"}),
    ],
)
def test_list_map_and_table_tell_the_same(seen_by, some, query, expected):
    found = references(seen_by("referent_a"), query)
    assert [set(each) for each in found] == [{some[name] for name in expected}] * 3
    assert [len(each) for each in found] == [len(expected)] * 3


def test_a_reference_is_found_however_it_is_typed(seen_by, some):
    typed = some["soon"].lower().replace("-", "")
    assert [row.reference for row in seen_by("referent_a").get(LIST, {"q": typed}).context["rows"]] == [some["soon"]]


def test_a_period_is_of_days_in_paris(seen_by, some):
    day = (timezone.localtime() - timedelta(days=27)).date().isoformat()
    client = seen_by("referent_a")
    found = references(client, {"since": day, "until": day})
    assert [set(each) for each in found] == [{some["soon"]}] * 3
    for wrong in ("hier", "2026-02-30", "9999-12-31", "0001-01-01"):
        assert client.get(LIST, {"until": wrong}).context["count"] == 0


@pytest.mark.parametrize(
    "query",
    [{"q": "hall"}, {"partner": "bailleur"}, {"post": "gap-hyper-centre"}, {"since": "2020-01-01"}, {"due": "later"}],
)
@pytest.mark.parametrize("name", ["mayor_gap"])
def test_filters_tell_nobody_what_they_may_not_read(seen_by, reported, name, query):
    reported()
    assert seen_by(name).get(LIST).context["count"] == 1
    assert seen_by(name).get(LIST, query).context["count"] == 0


def test_what_a_counter_asked_for_stays_when_something_is_chosen_besides(seen_by, some):
    page = seen_by("referent_a").get("/preoccupations/?desk=1&replied=1&offered=late").content.decode()
    assert '<input type="hidden" name="replied" value="1">' in page
    assert '<input type="hidden" name="offered" value="late">' in page


def test_each_filter_in_force_is_named_and_can_be_taken_off(seen_by, some):
    assert Partner.objects.filter(code="bus").exists()
    page = seen_by("referent_a").get(LIST, {"status": "open", "partner": "bus", "q": "arrêt"}).content.decode()
    assert "Statut : <strong>Toutes les ouvertes</strong>" in page
    assert 'href="/preoccupations/?q=arr%C3%AAt&amp;status=open"' in page


def test_a_row_leads_to_its_concern_within_the_list(seen_by, some):
    page = seen_by("referent_a").get(LIST, {"status": "open"}).content.decode()
    assert f'href="/preoccupations/{some["soon"]}/?status=open"' in page


def test_the_map_draws_the_most_urgent_and_says_how_many_there_are(seen_by, reported, monkeypatch):
    monkeypatch.setattr(concerns, "MOST_POINTS", 2)
    late = reported(at=timezone.now() - timedelta(days=40))
    for _ in range(3):
        reported()
    body = orjson.loads(seen_by("referent_a").get(POINTS).content)
    assert (body["numberMatched"], body["numberReturned"]) == (4, 2)
    assert body["features"][0]["id"] == late.reference
    assert body["features"][0]["properties"]["tone"] == "late"
    assert body["features"][0]["geometry"]["coordinates"] == [late.location.x, late.location.y]


def test_the_map_of_a_mayor_shows_the_street_alone(seen_by, reported):
    incident = reported()
    (feature,) = orjson.loads(seen_by("mayor_gap").get(POINTS).content)["features"]
    assert feature["geometry"]["coordinates"] == [
        round(incident.street_location.x, 7),
        round(incident.street_location.y, 7),
    ]
    assert feature["properties"]["tone"] == "none"
    assert not feature["properties"]["full"]


def test_the_log_keeps_the_filters_but_not_the_words(seen_by, some):
    client = seen_by("referent_a")
    client.get(LIST, {"q": "mur nord", "status": "open"})
    client.get(POINTS, {"status": "open"})
    entry = AccessLog.objects.get(operation="incident.list")
    assert entry.reference == "q=%E2%80%A6&status=open"
    assert entry.count == 1
    drawn = AccessLog.objects.get(operation="incident.map")
    assert (drawn.reference, drawn.count, len(drawn.references)) == ("status=open", 3, 3)


@pytest.mark.parametrize("number", [1, 8])
def test_the_number_of_questions_does_not_grow_with_the_rows(seen_by, reported, django_assert_num_queries, number):
    for _ in range(number):
        reported()
    client = seen_by("referent_a")
    client.get(LIST)
    # session, account, scope, bell; due first, then the rest; log; organisations, kept filters
    with django_assert_num_queries(9):
        client.get(LIST, {"status": "open"})
    # session, account, scope; due first, then the rest; log
    with django_assert_num_queries(6):
        client.get(POINTS, {"status": "open"})


def test_a_row_says_with_whom_the_concern_is_to_those_who_work_on_it(seen_by, some, person):
    card = next(each for each in atlas.current().directory.posts.values() if each.code == "gap-hyper-centre")
    assert card.holder_name
    assert f"{card.label} – {card.holder_name}</p>" in seen_by("referent_a").get(LIST).content.decode()
    # On a desk where one post has them all the name on each row would tell nothing.
    assert f"{card.label} – {card.holder_name}</p>" not in seen_by("referent_a").get("/bureau/").content.decode()
    other = Incident.objects.get(reference=some["calm"])
    director = person("director")
    scope = scope_of(director, timezone.now())
    changes.assign(incident=other, to_post="gap-economique", reason="Zone", author=director, scope=scope)
    assert f"{card.label} – {card.holder_name}</p>" in seen_by("director").get("/bureau/").content.decode()
    page = seen_by("referent_a").get(LIST, {"post": "gap-hyper-centre"})
    assert f"Confiée au poste : <strong>{card.label}</strong>" in page.content.decode()
    for name in ("partner_a", "mayor_gap"):
        page = seen_by(name).get(LIST).content.decode()
        assert card.holder_name not in page
        assert 'name="post"' not in page


def test_a_suspended_concern_counts_no_days(seen_by, reported, person, some):
    now, user = timezone.now(), person("referent_a")
    scope = scope_of(user, now)
    late = Incident.objects.get(reference=some["late"])
    for incident in (Incident.objects.get(reference=some["soon"]), late):
        changes.take(incident=incident, author=user, scope=scope)
        changes.change_status(
            incident=incident, author=user, scope=scope, to="suspendue", reason="travaux_en_cours",
            until=paris_date(now) + timedelta(days=9),
        )  # fmt: skip
    client = seen_by("referent_a")
    rows = {row.reference: row for row in client.get("/bureau/").context["rows"]}
    day = date_format(paris_date(now) + timedelta(days=9), "j F")
    assert rows[some["soon"]].due["text"] == f"suspendue, jusqu’au {day}"
    assert rows[some["soon"]].due["tone"] == "calm"
    assert rows[some["late"]].due["text"] == f"en retard, suspendue jusqu’au {day}", "it was late before"
    page = client.get(f"{LIST}{some['soon']}/").content.decode()
    badges = page[page.index('class="badges"') :][:600]
    assert f"suspendue, jusqu’au {day}" in badges
    assert "jours restants" not in badges
