"""Each of the cast before each concern: what they get, and that what is foreign looks like what is not there."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLog
from incidents.models import Incident
from sectors.models import Holding, Mandate
from tests.factories import since
from tests.incidents.sending import ADDRESS, BRIANCON, GAP, GAP_DESK, GAP_HOUSING, VALLEY, feature, move, reported, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]
MISSING = "0000-0000"
IN_PART = {"reference", "status", "category", "sector", "month", "position"}


@pytest.fixture
def concerns(person) -> dict[str, str]:
    """Concerns of two organisations, a référent and a mayor, here and there: name -> reference."""
    now = timezone.now()
    made = {
        "a_gap": reported(person("partner_a"), now),
        "b_gap": reported(person("partner_b"), now, GAP_HOUSING),
        "b_briancon": reported(person("partner_b"), now, BRIANCON),
        "a_desk": reported(person("partner_a"), now, GAP_DESK),
        "a_valley": reported(person("partner_a"), now, VALLEY),
        "referent_gap": reported(person("referent_a"), now),
        "mayor_gap": reported(person("mayor_gap"), now, GAP_HOUSING),
    }
    return {name: row.reference for name, row in made.items()}


NAMES = ("a_gap", "b_gap", "b_briancon", "a_desk", "a_valley", "referent_gap", "mayor_gap")
# f: in full, p: in part, -: foreign; a letter a concern, in the order of NAMES
SEEN = {
    "partner_a": "fp-ffpp",
    "partner_b": "-ff----",
    "referent_a": "f----f-",
    "referent_b": "-------",
    "referent_briancon": "--f----",
    "mayor_gap": "pp-p-pf",
    "mayor_briancon": "--p----",
    "gendarme": "----f--",
    "director": "fffffff",
    "administrator": "-------",
    "auditor": "-------",
}
MATRIX = {who: dict(zip(NAMES, letters, strict=True)) for who, letters in SEEN.items()}


def missing(client: Client, tail: str = "") -> tuple[int, bytes]:
    response = client.get(f"{ADDRESS}{MISSING}/{tail}")
    return response.status_code, response.content


@pytest.mark.parametrize("who", MATRIX)
def test_lists_and_details(client_of, concerns, who):
    client = client_of(who)
    answer = client.get(ADDRESS)
    if who in {"administrator", "auditor"}:  # no concern is theirs to list
        assert answer.status_code == 403
    listed = {each["id"]: each for each in answer.json().get("features", ())}
    assert set(listed) == {concerns[name] for name, seen in MATRIX[who].items() if seen != "-"}
    for name, seen in MATRIX[who].items():
        reference = concerns[name]
        response = client.get(f"{ADDRESS}{reference}/")
        if seen == "-":
            assert (response.status_code, response.content) == missing(client)
            continue
        shown = response.json()
        assert response.status_code == 200
        assert shown == listed[reference]
        properties = shown["properties"]
        row = Incident.objects.get(reference=reference)
        if seen == "f":
            assert properties["position"] == "exact"
            # The direction says why it reads what a sector holds: tests/incidents/test_motives.py.
            unsaid = who == "director"
            assert properties["motive_required"] is unsaid
            assert properties["description"] == (None if unsaid else row.description)
            assert shown["geometry"]["coordinates"] == [row.location.x, row.location.y]
        else:
            assert properties["position"] == "street"
            assert {key for key, value in properties.items() if value is not None} <= IN_PART
            month = None if who.startswith("mayor") else f"{timezone.localtime(row.reported_at):%Y-%m}"
            assert properties["month"] == month  # which a mayor is not told
            assert shown["geometry"]["coordinates"] == [row.street_location.x, row.street_location.y]
            assert row.description.encode() not in response.content


@pytest.mark.parametrize("who", MATRIX)
def test_histories_are_for_those_who_see_in_full(client_of, concerns, who):
    client = client_of(who)
    for name, seen in MATRIX[who].items():
        response = client.get(f"{ADDRESS}{concerns[name]}/routing/")
        if seen == "f":
            assert (response.status_code, len(response.json()["routings"])) == (200, 1)
        else:
            assert (response.status_code, response.content) == missing(client, "routing/")


# Who may put a pin elsewhere: its organisation, who holds it, the direction; whom else it is shown to may not.
MAY_MOVE = {
    "partner_a": {"a_gap", "a_desk", "a_valley"},
    "partner_b": {"b_gap", "b_briancon"},
    "referent_a": {"a_gap", "referent_gap"},
    "referent_briancon": {"b_briancon"},
    "mayor_gap": {"mayor_gap"},
    "gendarme": {"a_valley"},
    "director": set(MATRIX["director"]),
}


@pytest.mark.parametrize("who", MATRIX)
def test_moves(client_of, concerns, who):
    client = client_of(who)
    for name in MATRIX[who]:
        response = move(client, concerns[name], GAP)
        absent = move(client, MISSING, GAP)
        if name in MAY_MOVE.get(who, set()):
            assert response.status_code == 200, (who, name)
        else:
            assert (response.status_code, response.content) == (absent.status_code, absent.content), (who, name)
            assert absent.status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "suspended"])
def test_nobody_sees_anything(client_of, concerns, who):
    client = client_of(who)
    told = set()
    for reference in [*concerns.values(), MISSING]:
        for tail in ("", "routing/"):
            response = client.get(f"{ADDRESS}{reference}/{tail}")
            told.add((response.status_code, response.content, response["WWW-Authenticate"]))
        told_move = move(client, reference, GAP)
        told.add((told_move.status_code, told_move.content, told_move["WWW-Authenticate"]))
    assert len(told) == 1
    assert told.pop()[0] == client.get(ADDRESS).status_code == 401


def test_a_body_is_not_looked_at_before_the_right_to_it(client_of, concerns):
    client = client_of("referent_b")
    for body in (b"", b"{", b'{"coordinates": [999, 0]}'):
        answers = {
            client.generic("POST", f"{ADDRESS}{ref}/move/", body, content_type="application/json").content
            for ref in (concerns["a_gap"], MISSING)
        }
        assert len(answers) == 1


def test_one_who_reads_too_sees_in_full_and_may_not_move(client_of, person):
    """On the border of two sectors the neighbour reads; the pin stays in the hands of who holds it."""
    row = reported(person("partner_b"), timezone.now(), (6.0755, 44.5568))
    holder, reader = row.post.code, row.co_readers
    assert reader, "the point lies on no border"
    other = Holding.objects.get(post__code=reader[0]).user
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(other)
    shown = browser.get(f"{ADDRESS}{row.reference}/").json()
    assert (shown["properties"]["position"], shown["properties"]["post"]) == ("exact", holder)
    assert browser.get(f"{ADDRESS}{row.reference}/routing/").status_code == 200
    assert move(browser, row.reference, GAP).status_code == 403


def test_rights_end_with_their_dates(client_of, person, concerns):
    client = client_of("referent_a")
    assert client.get(f"{ADDRESS}{concerns['a_gap']}/").status_code == 200
    ended = since(end=timezone.now() - timedelta(seconds=1))
    Holding.objects.filter(user=person("referent_a")).update(validity=ended)
    gone = client.get(f"{ADDRESS}{concerns['a_gap']}/")
    assert (gone.status_code, gone.content) == missing(client)
    # Without any role there is nothing to list, to report or to move.
    assert client.get(ADDRESS).status_code == 403
    assert send(client, feature()).status_code == 403
    assert move(client, concerns["referent_gap"], GAP).status_code in {403, 404}


def test_a_colleague_of_the_same_organisation_sees_it_in_full(client_of, person, concerns):
    Mandate.objects.create(user=person("auditor"), role="partner", partner=Mandate.objects.get(
        user=person("partner_a")).partner, validity=since())  # fmt: skip
    shown = client_of("auditor").get(f"{ADDRESS}{concerns['a_desk']}/").json()
    assert shown["properties"]["position"] == "exact"


@pytest.mark.parametrize(
    "odd", ["AAAA", "a" * 300, "..", "A%00B", "%FF", "A%20B", "'; DROP TABLE x", "é", "0000-0000-0000-0000-0000"]
)
def test_an_odd_reference_is_none(client_of, odd):
    client = client_of("director")
    for tail in ("", "routing/"):
        response = client.get(f"{ADDRESS}{odd}/{tail}")
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_what_was_read_is_logged_and_what_was_refused_is_not(client_of, person, concerns):
    AccessLog.objects.all()
    before = AccessLog.objects.count()
    client = client_of("mayor_gap")
    client.get(f"{ADDRESS}{concerns['a_gap']}/")
    client.get(f"{ADDRESS}{concerns['b_briancon']}/")
    client.get(f"{ADDRESS}?status=signalee")
    rows = list(AccessLog.objects.order_by("pk")[before:])
    assert [(row.operation, row.user) for row in rows] == [
        ("incident.read", person("mayor_gap")), ("incident.list", person("mayor_gap")),
    ]  # fmt: skip
    assert rows[0].reference == f"incident:{concerns['a_gap']}"
    assert (rows[1].count, len(rows[1].references)) == (5, 5)
    assert json.dumps(rows[1].references).count("incident:") == 5
