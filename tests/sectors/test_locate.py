"""`GET /api/locate/`: the whole answer, its languages, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from sectors import atlas
from sectors.models import Holding, Territory
from tests.factories import corner, land, square

pytestmark = pytest.mark.django_db
CENTRE: dict[str, Any] = {"lon": 6.0786, "lat": 44.5594}
OUTCOMES = {"agreement", "category_rule", "inside", "tie", "nearest", "commune_desk", "gendarmerie", "outside"}
MEMBERS = [
    "outcome", "rule", "at", "edition", "sector", "post", "referent", "unit", "commune", "reason", "border",
    "co_readers", "candidates",
]  # fmt: skip


@pytest.fixture
def client(db) -> Client:
    return Client(SERVER_NAME="localhost")


def ask(client: Client, headers: dict[str, str] | None = None, **query: Any) -> Any:
    response = client.get("/api/locate/", query, headers=headers or {"Accept-Language": "fr"})
    assert response.status_code == 200, response.content
    return response.json()


def test_the_whole_answer(client: Client, monday: datetime):
    answer = ask(client, **CENTRE, accuracy=12)
    assert set(MEMBERS) <= set(answer)
    near = answer.pop("candidates")
    assert answer == {
        "outcome": "inside",
        "rule": "inside",
        "at": "2026-11-23T09:00:00+01:00",
        "territory": "05",
        "edition": {"code": "05-2026-01", "in_force_from": "2026-01-01"},
        "sector": {"code": "gap-hyper-centre", "name": "Gap – Hyper-centre", "kind": "city_centre"},
        "post": {"code": "gap-hyper-centre", "label": "Référent Gap hyper-centre"},
        "referent": {
            "name": None,
            "phone": "06 39 98 05 11",
            "email": "referent-gap-hyper-centre@psq.example",
            "stand_in": False,
        },
        "unit": {"code": "csp-gap", "name": "CSP Gap"},
        "commune": {"code": "05061", "name": "Gap", "competence": "PN"},
        "reason": answer["reason"],
        "border": False,
        "co_readers": [],
    }
    assert [each["sector"] for each in near] == ["gap-hyper-centre", "gap-habitat-dense", "gap-economique"]
    assert [each["share"] for each in near] == [1.0, 0.0, 0.0]
    assert near[0]["distance_m"] < 0 < near[1]["distance_m"] < near[2]["distance_m"]
    assert all(each["distance_m"] == round(each["distance_m"], 3) for each in near)


def test_the_share_is_null_without_an_accuracy(client: Client):
    assert {each["share"] for each in ask(client, **CENTRE)["candidates"]} == {None}


@pytest.mark.parametrize(
    ("point", "outcome", "nulls"),
    [
        ((6.11, 44.57), "commune_desk", {"sector"}),
        ((6.2, 44.7), "gendarmerie", {"sector"}),
        ((2.35, 48.85), "outside", {"sector", "commune"}),
        ((180, 90), "outside", {"sector", "commune"}),
    ],
)
def test_what_may_be_null_and_what_never_is(client: Client, point, outcome, nulls):
    answer = ask(client, lon=point[0], lat=point[1])
    assert answer["outcome"] == outcome
    assert {name for name, value in answer.items() if value is None} == nulls
    assert answer["post"]["code"]
    assert answer["post"]["label"]
    assert answer["reason"]


def test_the_words_follow_the_language_asked(client: Client):
    french = client.get("/api/locate/", CENTRE, headers={"Accept-Language": "fr"})
    english = client.get("/api/locate/", CENTRE, headers={"Accept-Language": "en;q=0.9, fr;q=0.1"})
    other = client.get("/api/locate/", CENTRE, headers={"Accept-Language": "br"})
    assert "Accept-Language" in french["Vary"]
    assert "Accept-Language" in english["Vary"]
    assert french["Content-Language"] == other["Content-Language"] == "fr"
    assert english.json()["post"]["label"] == "Gap city-centre référent"
    assert english.json()["reason"].startswith("The point is in the sector Gap – Hyper-centre, ")
    assert french.json()["post"]["label"] == other.json()["post"]["label"] == "Référent Gap hyper-centre"


def test_the_reason_is_the_contract_s_sentence(client: Client):
    answer = ask(client, **CENTRE)
    metres = round(-answer["candidates"][0]["distance_m"])
    assert answer["reason"] == f"Le point est dans le secteur Gap – Hyper-centre, à {metres}\u00a0m de sa limite." or (
        answer["reason"] == f"Le point est dans le secteur Gap – Hyper-centre, à {metres} m de sa limite."
    )


def test_the_holder_s_name_is_for_accounts_or_where_it_is_published(client: Client, client_of: Callable[..., Client]):
    assert ask(client, **CENTRE)["referent"]["name"] is None
    for name in ("partner_a", "mayor_briancon", "auditor"):
        assert ask(client_of(name), **CENTRE)["referent"]["name"] == "Référent Gap 1 (démonstration)"
    Territory.objects.update(publish_names=True)
    atlas.forget()
    assert ask(client, **CENTRE)["referent"]["name"] == "Référent Gap 1 (démonstration)"


def test_a_stand_in_is_named_as_one(client_of: Callable[..., Client], person):
    holding = Holding.objects.get(post__code="gap-hyper-centre")
    Holding.objects.create(post=holding.post, user=person("referent_b"), validity=holding.validity, stand_in=True)
    assert ask(client_of("partner_a"), **CENTRE)["referent"] == {
        "name": "Référent Gap 2 (démonstration)",
        "phone": "06 39 98 05 11",
        "email": "referent-gap-hyper-centre@psq.example",
        "stand_in": True,
    }


@pytest.mark.parametrize("name", ["suspended", "nobody"])
def test_a_bad_token_is_told(client: Client, client_of, person, name):
    headers = {"Authorization": "Token " + "x" * 40} if name == "nobody" else {}
    response = (client if name == "nobody" else client_of(name)).get("/api/locate/", CENTRE, headers=headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("lat=44.5", "lon", "required"),
        ("lon=6", "lat", "required"),
        ("lon=&lat=44.5", "lon", "required"),
        ("lon=six&lat=44.5", "lon", "not_a_number"),
        ("lon=6,07&lat=44.5", "lon", "not_a_number"),
        ("lon=nan&lat=44.5", "lon", "not_a_number"),
        ("lon=1e999&lat=44.5", "lon", "not_finite"),
        ("lon=180.0000001&lat=44.5", "lon", "out_of_range"),
        ("lon=6&lat=-90.0000001", "lat", "out_of_range"),
        ("lon=6&lat=44.5&accuracy=-1", "accuracy", "out_of_range"),
        ("lon=6&lat=44.5&accuracy=100001", "accuracy", "out_of_range"),
        ("lon=6&lat=44.5&accuracy=", "accuracy", "required"),
        ("lon=6&lat=44.5&accuracy=big", "accuracy", "not_a_number"),
        ("lon=6&lat=44.5&category=nope", "category", "unknown_category"),
        ("lon=6&lat=44.5&category=", "category", "unknown_category"),
        ("lon=6&lat=44.5&at=", "at", "invalid_moment"),
        ("lon=6&lat=44.5&at=yesterday", "at", "invalid_moment"),
        ("lon=6&lat=44.5&at=2026-02-30", "at", "invalid_moment"),
        ("lon=6&lat=44.5&at=2026-03-01T10:00:00", "at", "invalid_moment"),
        ("lon=6&lat=44.5&at=2026-03-01T10:00:00%2B25:00", "at", "invalid_moment"),
        ("lon=6&lat=44.5&at=%D9%A2026-03-01", "at", "invalid_moment"),
        ("lon=6&lat=44.5&at=0001-01-01", "at", "out_of_range"),
        ("lon=6&lat=44.5&at=9999-12-31T23:59:59-23:59", "at", "out_of_range"),
        ("lon=6&lat=44.5&lon=7", "lon", "repeated_parameter"),
        ("lon=6&lat=44.5&Accuracy=3", "Accuracy", "unknown_parameter"),
        ("lon=6&lat=44.5&format=json", "format", "unknown_parameter"),
        ("lon=6&lat=44.5%00", "lat", "null_character"),
        ("lon=6&lat=44.5&at=%FF", "at", "invalid_encoding"),
    ],
)
def test_a_bad_parameter_is_named(client: Client, query, field, code):
    response = client.get(f"/api/locate/?{query}", headers={"Accept-Language": "en"})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (400, code)
    assert problem["errors"][0] == {"field": field, "code": code, "message": problem["errors"][0]["message"]}
    assert problem["detail"]
    assert problem["title"]


@pytest.mark.parametrize(
    ("at", "answered"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00:00+02:00"),
        ("2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00"),
        ("2026-03-01T12:00:00+01:00", "2026-03-01T12:00:00+01:00"),
        ("2026-03-01T12:00:00 01:00", "2026-03-01T12:00:00+01:00"),  # a plus that nobody escaped
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),  # the hour that comes twice
        ("2199-12-31", "2199-12-31T00:00:00+01:00"),
    ],
)
def test_moments_as_they_may_be_written(client: Client, at, answered):
    assert ask(client, **CENTRE, at=at)["at"] == answered


def test_before_the_first_edition_the_commune_answers(client: Client):
    answer = ask(client, **CENTRE, at="2025-12-31T23:59:59+01:00")
    assert (answer["outcome"], answer["edition"], answer["sector"]) == ("commune_desk", None, None)
    assert answer["post"]["code"] == "desk-gap"
    assert ask(client, **CENTRE, at="2026-01-01")["sector"]["code"] == "gap-hyper-centre"


def test_a_category_rule_of_the_territory(client: Client):
    answer = ask(client, **CENTRE, category="abords_scolaires")
    assert (answer["outcome"], answer["post"]["code"]) == ("category_rule", "gap-habitat-dense")
    assert answer["sector"]["code"] == "gap-hyper-centre"
    assert answer["co_readers"] == ["gap-hyper-centre"]
    assert "À Gap, un même référent suit" in answer["reason"]
    assert ask(client, **CENTRE, category="tapage")["outcome"] == "inside"


def test_eight_candidates_at_most_the_deepest_first(client: Client):
    made = land()
    for n in range(12):
        made.sector(f"s{n:02}", square(0, 0, 1 + n, 1))
    atlas.forget()
    lon, lat = corner(0.5, 0.5)
    answer = ask(client, lon=lon, lat=lat)
    distances = [each["distance_m"] for each in answer["candidates"]]
    assert len(distances) == 8
    assert distances == sorted(distances)
    assert len(answer["co_readers"]) == 11


def test_head_options_and_other_methods(client: Client):
    head = client.head("/api/locate/", CENTRE)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == "application/json"
    options = client.options("/api/locate/")
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        response = client.generic(method, "/api/locate/")
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, OPTIONS"
        assert response.json()["code"] == "method_not_allowed"


def test_nothing_is_kept_by_caches(client: Client):
    assert client.get("/api/locate/", CENTRE)["Cache-Control"] == "no-store"


def test_queries_of_a_warm_question(
    client: Client, client_of, settings, django_assert_max_num_queries, django_assert_num_queries
):
    settings.THROTTLES = False
    ask(client, **CENTRE)
    with django_assert_max_num_queries(1):  # at most once a second: SELECT number FROM sectors_mapversion
        ask(client, **CENTRE, accuracy=40)
    with django_assert_max_num_queries(2):  # and the reason written in the rule
        ask(client, **CENTRE, category="abords_scolaires")
    signed_in = client_of("partner_a")
    ask(signed_in, **CENTRE)
    with django_assert_max_num_queries(2):  # and the token with its account
        ask(signed_in, **CENTRE)


def test_nothing_is_written(client: Client, settings):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settings.THROTTLES = False
    with CaptureQueriesContext(connection) as caught:
        ask(client, **CENTRE, accuracy=30, category="abords_scolaires", at="2026-03-01")
    verbs = {query["sql"].lstrip().split()[0].upper() for query in caught.captured_queries}
    # DECLARE: a cursor on the communes; PREPARE and EXECUTE: the survey
    assert verbs <= {"SELECT", "DECLARE", "PREPARE", "EXECUTE"}


LONGITUDES = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, -0.0, 5e-324, -5e-324, -30.0, 40.0])
LATITUDES = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, -0.0, 5e-324, 20.0, 70.0])
SERVED = st.tuples(st.floats(5.3, 7.2), st.floats(44.1, 45.2))


@given(
    point=st.tuples(LONGITUDES, LATITUDES) | SERVED,
    accuracy=st.none() | st.floats(0, 100_000) | st.sampled_from([0.0, 5e-324, 1e-9]),
)
@example(point=(180.0, -90.0), accuracy=100_000.0)
@example(point=(-0.0, -0.0), accuracy=5e-324)
@example(point=(6.0786, 44.5594), accuracy=5e-324)
@example(point=(6.0786, 44.5594), accuracy=1e-9)
def test_every_point_of_the_globe_gets_one_outcome(client: Client, settings, point, accuracy):
    settings.THROTTLES = False
    query: dict[str, Any] = {"lon": repr(point[0]), "lat": repr(point[1])} | (
        {} if accuracy is None else {"accuracy": repr(accuracy)}
    )
    answer = ask(client, **query)
    assert answer["outcome"] in OUTCOMES
    assert answer["rule"] == answer["outcome"]
    assert answer["post"]["code"]
    assert all((each["share"] is None) == (accuracy is None) for each in answer["candidates"])
    assert all(each["share"] is None or 0 <= each["share"] <= 1 for each in answer["candidates"])
