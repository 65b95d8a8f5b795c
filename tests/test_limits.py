"""How often, how long and how much one may ask, and that nobody sets what is not theirs to set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.throttles import LEASES, LIMITS, Rate
from incidents.models import Incident
from incidents.schema import INCIDENT, REPORT
from tests.incidents.sending import ADDRESS, errors_of, feature, reported, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets everybody ask three times a minute for what is counted under this name."""
    settings.THROTTLES = True
    LEASES.clear()

    def limit(name: str) -> None:
        monkeypatch.setitem(LIMITS, name, Rate(3, 60, leased=LIMITS[name].leased))

    return limit


# name of the limit -> addresses that count
COUNTED = {
    "places": ["/lieux/?q=gap", "/qui-repond/?q=gap"],
    "areas": ["/api/sectors/", "/api/sectors/gap-hyper-centre/", "/api/communes/"],
    "locate": ["/api/locate/?lon=6.07&lat=44.55"],
    "figures": ["/api/statistics/", "/api/statistics/grid/"],
    "read": [ADDRESS, f"{ADDRESS}0000-0000/", f"{ADDRESS}0000-0000/routing/"],
}


@pytest.mark.parametrize(("name", "address"), [(name, each) for name, some in COUNTED.items() for each in some])
def test_the_fourth_question_of_three_waits(three_a_minute, client_of, name, address):
    three_a_minute(name)
    client = client_of("partner_a" if name == "read" else "anonymous")
    answers = [client.get(address) for _ in range(5)]
    assert 429 not in [each.status_code for each in answers[:3]]
    last = answers[-1]
    assert last.status_code == 429
    assert 1 <= int(last["Retry-After"]) <= 60
    program = address.startswith(("/api/", "/lieux/"))
    assert last["Content-Type"].startswith("application/problem+json" if program else "text/html")


def test_what_is_counted_together_is_one_limit(three_a_minute, client_of):
    three_a_minute("places")
    client = client_of("anonymous")
    answers = [client.get(each).status_code for each in ("/lieux/?q=a", "/qui-repond/?q=a") * 3]
    assert answers.count(200) == 3


@pytest.mark.parametrize("address", ["/preoccupations/", "/bureau/"])
def test_pages_of_concerns_count_as_reading(three_a_minute, person, address):
    three_a_minute("read")
    client = Client(SERVER_NAME="localhost")
    client.force_login(person("referent_a"))
    answers = [client.get(address) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert "Retry-After" in answers[-1]


def test_two_tokens_of_an_account_have_one_limit_and_another_account_its_own(three_a_minute, client_of):
    three_a_minute("report")
    one, two, other = client_of("partner_a"), client_of("partner_a"), client_of("partner_b")
    answers = [send(each, feature()).status_code for each in (one, two, one, two)]
    assert answers == [201, 201, 201, 429]
    assert send(other, feature()).status_code == 201
    assert Incident.objects.count() == 4


def test_sixty_reports_an_hour_by_default():
    assert (LIMITS["report"].tokens, LIMITS["report"].seconds) == (60, 3600)


def test_no_limit_where_the_demonstration_lifts_them(client_of, three_a_minute, settings):
    for name in COUNTED:
        three_a_minute(name)
    settings.THROTTLES = False
    client = client_of("partner_a")
    for address in (each for some in COUNTED.values() for each in some):
        assert {client.get(address).status_code for _ in range(5)} <= {200, 404}


def slow(*_args: object, **_kwargs: object) -> Any:
    """A question that takes longer than it may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(30)")


def test_a_question_that_takes_too_long_is_given_up(client_of, settings, monkeypatch):
    monkeypatch.setattr("incidents.features.rows", slow)
    client = client_of("partner_a")
    response = client.get(ADDRESS)
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert int(response["Retry-After"]) >= 1
    assert b"pg_sleep" not in response.content


def test_so_is_one_of_a_page(person, monkeypatch):
    monkeypatch.setattr("frontend.readers.asked", slow)
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(person("referent_a"))
    response = client.get("/preoccupations/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"].startswith("text/html")
    assert "17" in response.content.decode()


def test_every_question_has_its_time(settings):
    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    for each in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert f"-c {each}=" in options
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {each}")
            assert cursor.fetchone()[0] not in {"0", "0ms"}
    with pytest.raises(OperationalError):
        slow()


ANSWERED = set(INCIDENT["properties"]["properties"]["properties"])
SENT = set(REPORT["properties"]["properties"]["properties"])
OWN_COLUMNS = {each.name for each in Incident._meta.get_fields()}


@pytest.mark.parametrize("name", sorted((ANSWERED | OWN_COLUMNS | {"id", "pk", "author_id", "due"}) - SENT))
def test_nobody_sets_what_the_service_decides(client_of, settings, name):
    """Every member of the answer and every column of the table, but those that a report is made of."""
    settings.THROTTLES = False
    values: list[Any] = ["x", 1, True]
    for value in values:
        response = send(client_of("partner_a"), feature(**{name: value}))
        assert response.status_code == 400
        assert errors_of(response) == [(f"properties.{name}", "unknown_member")]
    assert not Incident.objects.exists()


@pytest.mark.parametrize("member", ["reference", "status", "sector", "post", "due_on", "author", "coordinates2"])
def test_a_move_sets_a_place_and_no_more(client_of, person, settings, monday, member):
    settings.THROTTLES = False
    row = reported(person("partner_a"), monday)
    body = f'{{"coordinates": [6.0787, 44.5595], "reason": "x", "{member}": "x"}}'.encode()
    response = client_of("partner_a").generic("POST", f"{ADDRESS}{row.reference}/move/", body, "application/json")
    assert (response.status_code, errors_of(response)) == (400, [(member, "unknown_member")])


def test_a_page_has_its_most(client_of, person, settings, monday):
    settings.THROTTLES = False
    client = client_of("partner_a")
    assert client.get(f"{ADDRESS}?limit=1000").status_code == 200
    assert errors_of(client.get(f"{ADDRESS}?limit=1001")) == [("limit", "out_of_range")]
