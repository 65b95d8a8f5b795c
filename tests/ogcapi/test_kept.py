"""What anybody is told of the map is made once, told again from memory, and made anew as soon as the map is another."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from ogcapi.kept import LARGEST, LONGEST_QUESTION, MOST_BYTES, Kept
from psq_geo.ogc import API
from sectors import standing
from sectors.models import Commune, Competence
from tests.factories import land, since, square

ITEMS = "/ogc/collections/sectors/items"
# The version of the map, and nothing else.
AGAIN = 1


def names(client: Any, **query: str) -> set[str]:
    found = json.loads(client.get(ITEMS, query).content)
    return {each["properties"]["name"] for each in found["features"]}


@pytest.mark.django_db
def test_the_second_who_asks_is_told_the_same_bytes_for_one_query(client, django_assert_num_queries):
    first = client.get(ITEMS)
    with django_assert_num_queries(AGAIN):
        second = client.get(ITEMS)
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [ITEMS, "/ogc/collections/communes", "/ogc/collections/editions/items"])
def test_it_is_told_in_the_language_form_and_coding_that_were_asked_for(client, address):
    plain = client.get(address).content
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)).keys() == json.loads(plain).keys()
    english = client.get(address, headers={"accept-language": "en"})
    assert english["Content-Language"] == "en"
    assert b"<html" in client.get(address, headers={"accept": "text/html"}).content
    assert client.get(address).content == plain
    assert client.get(f"{address}?f=nonsense").status_code == 400
    assert client.get(f"{address}?f=nonsense").status_code == 400


@pytest.mark.django_db
def test_links_name_the_host_that_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["localhost", "carte.example"]
    client.get(ITEMS)
    assert b"carte.example" in client.get(ITEMS, SERVER_NAME="carte.example").content
    assert b"carte.example" not in client.get(ITEMS).content


@pytest.mark.django_db
def test_who_has_it_is_told_so_from_memory(client, django_assert_num_queries):
    etag = client.get(ITEMS)["ETag"]
    with django_assert_num_queries(AGAIN):
        answer = client.get(ITEMS, headers={"if-none-match": etag})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert client.get(ITEMS, headers={"if-none-match": '"another"'}).status_code == 200


@pytest.mark.django_db
def test_a_change_of_the_map_is_told_at_once(client):
    made = land("kept")
    sector = made.sector("a", square(0, 0))
    before = names(client)
    assert before == names(client)
    sector.name = "Renommé"
    sector.save()
    assert names(client) == before - {"Secteur a"} | {"Renommé"}


@pytest.mark.django_db
def test_a_competence_that_ends_is_told_when_it_does(client):
    made = land("kept")
    commune = made.commune("99001", square(0, 0), force=None)
    now = timezone.now()
    post = made.post("desk-99001", "desk")
    until = since(end=now + timedelta(hours=1))
    Competence.objects.create(commune=commune, force="PN", unit=made.unit, post=post, validity=until)

    def force() -> Any:
        found = json.loads(client.get("/ogc/collections/communes/items?code=99001").content)
        return found["features"][0]["properties"]["competence"]

    assert [force(), force()] == ["PN", "PN"]
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        assert force() is None
    # And with a clock set back.
    with time_machine.travel(now, tick=False):
        assert force() == "PN"


@pytest.mark.django_db
def test_the_state_is_another_after_each_change_and_each_date_and_the_same_in_between():
    made = land("kept")
    now = timezone.now()
    made.agreement("k", "a", square(0, 0), end=now + timedelta(hours=1))
    first = standing.state()
    assert standing.state() == first
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        later = standing.state()
        assert later != first
        assert standing.state() == later
    Commune.objects.filter(code="05061").update(name="Gap")
    assert standing.state() not in {first, later}


@pytest.mark.django_db
def test_nothing_that_is_told_to_one_person_is_kept(client, client_of):
    signed_in = client_of("referent_a")
    answer = signed_in.get(ITEMS)
    assert answer["Cache-Control"] == "private, no-cache"
    assert signed_in.get("/ogc/collections/incidents/items").status_code == 200
    assert API.kept.size == 0
    assert client.get(ITEMS)["Cache-Control"] == "no-cache"
    assert API.kept.size > 0
    assert client.get("/ogc/collections/incidents/items").status_code == 404


def ask(address: str = "/a", **headers: str) -> Any:
    return RequestFactory(SERVER_NAME="localhost").get(address, headers=headers)


def test_what_was_asked_for_longest_ago_goes_first():
    kept = Kept(most=20_000)
    made: list[str] = []

    def answer(address: str) -> bytes:
        def make() -> HttpResponse:
            made.append(address)
            return HttpResponse(b"x" * 4_000)

        return bytes(kept.answer(ask(address), lambda: "1", make).content)  # type: ignore[attr-defined]

    for address in ("/a", "/b", "/c", "/a", "/d", "/a", "/b"):
        answer(address)
    assert made == ["/a", "/b", "/c", "/d", "/b"]
    assert kept.size <= 20_000
    kept.forget()
    assert kept.size == 0


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("/a", HttpResponse(b"", status=304)),
        ("/a", HttpResponse(b"", status=503)),
        ("/a", HttpResponse(b"x" * (LARGEST + 1))),
        ("/" + "a" * LONGEST_QUESTION, HttpResponse(b"x")),
    ],
    ids=["unchanged", "failed", "too large", "too long a question"],
)
def test_what_is_not_kept(address, answer):
    kept = Kept()
    assert kept.answer(ask(address), lambda: "1", lambda: answer) is answer
    assert kept.size == 0


def test_a_head_is_made_anew():
    kept = Kept()
    kept.answer(RequestFactory(SERVER_NAME="localhost").head("/a"), lambda: "1", lambda: HttpResponse(b"x"))
    assert kept.size == 0


def test_many_threads_keep_no_more_than_the_bound():
    kept = Kept(most=100_000)

    def some(start: int) -> None:
        for number in range(start, start + 50):
            kept.answer(ask(f"/{number}"), lambda: "1", lambda: HttpResponse(b"x" * 3_000))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(some, range(0, 200, 25)))
    assert kept.size <= 100_000
    assert kept.size == sum(2_000 + len(each.body) for each in kept._answers.values())
    assert MOST_BYTES >= 3 * LARGEST
