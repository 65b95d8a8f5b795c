"""The OGC collection of problems: to each reader theirs, and nobody's words to who is not told them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AccessLog
from tests.partnership.groups import proposed, retained

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]
ITEMS = "/ogc/collections/problems/items"


def items(client: Any, query: str = "") -> Any:
    answer = client.get(f"{ITEMS}?{query}", headers={"Accept": "application/geo+json"})
    assert answer.status_code == 200, answer.content
    return answer.json()["features"]


@pytest.mark.parametrize("who", ["referent_a", "partner_a"])
def test_its_group_reads_all_of_it(client_of, person, monday, who):
    problem = retained(person("referent_a"), monday)
    (found,) = items(client_of(who))
    assert found["id"] == problem.reference
    assert found["geometry"]["type"] == "MultiPolygon"
    properties = found["properties"]
    assert (properties["status"], properties["due_on"], properties["title"]) == (
        "retenue", "2026-12-23", "Bruit le soir place Jean Marcellin",
    )  # fmt: skip
    row = AccessLog.objects.filter(operation="problem.ogc").latest("pk")
    assert row.references == [f"problem:{problem.reference}"]


def test_the_mayor_reads_state_and_result_and_no_text(client_of, person, monday):
    retained(person("referent_a"), monday)
    (found,) = items(client_of("mayor_gap"))
    told = {name: value for name, value in found["properties"].items() if value is not None}
    assert set(told) == {"reference", "status", "family", "post", "commune"}
    # Nor is what is not told found out by asking.
    assert items(client_of("mayor_gap"), "due_on=2026-12-23") == []
    assert items(client_of("mayor_gap"), "severity=jaune") == []
    assert len(items(client_of("referent_a"), "severity=jaune")) == 1


def test_the_direction_is_told_no_words(client_of, person, monday):
    retained(person("referent_a"), monday)
    (found,) = items(client_of("director"))
    assert found["properties"]["title"] is None
    assert found["properties"]["due_on"] == "2026-12-23"


@pytest.mark.parametrize("who", ["referent_b", "partner_b", "mayor_briancon", "gendarme"])
def test_of_other_groups_nothing_is_noticed(client_of, person, monday, who):
    problem = proposed(person("referent_a"), monday)
    assert items(client_of(who)) == []
    assert client_of(who).get(f"{ITEMS}/{problem.reference}").status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "administrator", "auditor"])
def test_for_who_sees_no_problem_there_is_no_such_collection(client_of, person, monday, who):
    proposed(person("referent_a"), monday)
    client = client_of(who)
    assert client.get(ITEMS, headers={"Accept": "application/geo+json"}).status_code == 404
    assert b"problems" not in client.get("/ogc/collections?f=json").content


def test_a_page_is_asked_by_few_queries_however_long_it_is(client_of, person, monday, django_assert_max_num_queries):
    client = client_of("referent_a")
    for _ in range(3):
        proposed(person("referent_a"), monday)
    items(client)
    with django_assert_max_num_queries(7):
        assert len(items(client)) == 3
