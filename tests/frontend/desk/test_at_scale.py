"""Many concerns and many sectors: the same few questions, and pages that hold no more than they show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from frontend import filters, words
from frontend.views.concerns import MOST_OFFERED
from incidents.models import Incident
from sectors import atlas
from tests.bench.suites.desk import PAGES

pytestmark = pytest.mark.django_db
HOME, LIST = "/bureau/", "/preoccupations/"
FILTERS: tuple[dict[str, str], ...] = (
    {}, {"status": "open"}, {"status": "untaken"}, {"status": "settled"}, {"status": "close"}, {"due": "late"},
    {"due": "week"}, {"due": "later"}, {"category": "tapage"}, {"sector": "volume-1"}, {"post": "volume-1"},
    {"partner": "volume-partenaire-1"}, {"since": "2026-01-01"}, {"until": "2026-11-01"}, {"q": "moteurs"},
    {"q": "absent de tous"}, {"desk": "1"}, {"offered": "1"}, {"offered": "late"}, {"replied": "1"}, {"own": "1"},
    {"commune": "05061"},
)  # fmt: skip
# Of a list with its filters, whatever they are; the desk; one concern.
MOST_OF_A_LIST, MOST_OF_THE_DESK, MOST_OF_ONE = 12, 10, 27
# A page of 25 concerns weighs about 50 kB. The sectors alone would weigh as much again.
HEAVIEST = 80_000


@pytest.fixture
def many(settings: Any) -> Iterator[None]:
    """Two thousand concerns in more sectors than anybody reads through."""
    settings.THROTTLES = False
    call_command("seed_bulk", concerns=2000, sectors=MOST_OFFERED + 50, verbosity=0)
    atlas.forget()
    yield
    atlas.forget()


def test_no_filter_is_left_out_here_or_in_the_bench():
    asked = {pair for each in FILTERS for pair in each.items()}
    assert {name for name, _ in asked} == set(filters.FILTERS)
    assert {value for name, value in asked if name == "status"} >= set(filters.GROUPS)
    assert {value for name, value in asked if name == "due"} == set(words.DUES)
    measured = {pair for name in PAGES for pair in parse_qsl(name.partition(", ")[2])}
    assert {pair for pair in measured if pair[0] != "q"} == {pair for pair in asked if pair[0] != "q"}


def signed_in(name: str) -> Client:
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(User.objects.get(email=f"{name}.volume@psq.example"))
    return client


@pytest.mark.parametrize("name", ["direction", "referent"])
def test_the_desk_and_every_filter_ask_little_and_weigh_little(many, name, capsys):
    client = signed_in(name)
    client.get(LIST)
    for address, asked, most in ((HOME, {}, MOST_OF_THE_DESK), *((LIST, each, MOST_OF_A_LIST) for each in FILTERS)):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address, asked)
        assert answer.status_code == 200
        assert len(captured) <= most, (asked, [each["sql"][:80] for each in captured])
        assert len(answer.content) < HEAVIEST, asked
        # What is fetched is a page of concerns at most, and never a column of all.
        assert len(answer.context["rows"]) <= 25


def test_one_concern(many, capsys):
    client = signed_in("referent")
    row = Incident.objects.filter(post__code="volume-1", status="prise_en_charge").first()
    assert row is not None
    client.get(LIST)
    # What a process asks once, such as the reference systems, is asked before.
    client.get(f"{LIST}{row.reference}/", {"status": "open"})
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"{LIST}{row.reference}/", {"status": "open"})
    assert answer.status_code == 200
    assert len(captured) <= MOST_OF_ONE
    assert len(answer.content) < HEAVIEST


def test_among_many_sectors_one_types_a_code(many, capsys):
    page = signed_in("direction").get(LIST, {"sector": "volume-7"})
    html = page.content.decode()
    assert '<input class="fr-input" id="f-sector" name="sector"' in html
    assert 'value="volume-7"' in html
    assert {row.reference for row in page.context["rows"]} <= set(
        Incident.objects.filter(sector__code="volume-7").values_list("reference", flat=True)
    )


def test_one_chooses_among_the_sectors_and_natures_of_ones_own_territory(many, seen_by, capsys):
    html = seen_by("referent_a").get(LIST).content.decode()
    assert '<select class="fr-select" id="f-sector" name="sector">' in html
    assert "volume-1" not in html
    assert html.count('<option value="tapage"') == 1
    # Three sectors, and the posts that answer for them.
    assert html.count('<option value="gap-') == 6
