"""No request of any kind tells that a foreign concern exists.

Every address is asked twice by those who may not know of it, with every filter and by every way of writing: before the
concern is there, and after it was reported, moved and handled. The answers are the same to the last byte, the random
parts (form tokens, new references) aside. Time stands still, and nothing that is asked leaves a trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import orjson
import pytest
from django.db import transaction
from django.test import Client

from incidents import changes
from incidents.changes import reporting
from incidents.models import Incident, Photo, StatusChange
from incidents.references import new_reference
from incidents.workflow import Status
from messaging.models import Message
from sectors import atlas
from sectors.scope import scope_of
from tests.authorisation.addresses import PHOTO, furnish, is_for_programs, path
from tests.authorisation.people import Scene, cast
from tests.authorisation.table import SENT, rows
from tests.factories import beside
from tests.incidents.sending import ADDRESS, BRIANCON, GAP, GAP_BUSINESS, VALLEY, feature, reported

pytestmark = pytest.mark.django_db
# Not the auditor, who reads in the log which references were touched, and no superuser, who reads everything.
STRANGERS = ("ano", "sus", "for", "far", "nei", "oth", "gen", "xdi", "adm")
OWN_PLACES = {"for": BRIANCON, "far": (-2.495, 48.205), "nei": GAP_BUSINESS, "oth": BRIANCON, "gen": VALLEY}
SECRET = "Un texte que personne d'autre ne lit"
KEY = "the-key-of-the-foreign-one"
REFERENCE = re.compile(rb"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
SIGNED = re.compile(REFERENCE.pattern + rb"((%3A|:)[\w-]{20,})?")
DRAWN = re.compile(rb'name="(csrfmiddlewaretoken|key)" value="[^"]*"|/signaler/brouillon/[\w-]+/')
# The database's own clock runs on, and tells the moment of what was just logged to a millionth.
RUNNING = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
# What is one's own there is drawn by lot each time: a secret to scan, the name of a session.
DRAWN_ANEW = {"compte/second-facteur/installer/", "compte/sessions/"}
BOX = f"{GAP[0] - 0.01},{GAP[1] - 0.01},{GAP[0] + 0.01},{GAP[1] + 0.01}"
FILTERS: dict[str, tuple[str, ...]] = {
    "status": ("signalee", "qualifiee", "close"),
    "category": ("tapage", "rodeo"),
    "sector": ("gap-hyper-centre", "gap-economique"),
    "overdue": ("true", "false"),
    "bbox": (BOX, "-180,-90,180,90", f"{GAP[0]},{GAP[1]},{GAP[0]},{GAP[1]}"),
    "since": ("2026-11-01", "2026-11-23"),
    "limit": ("1", "2", "1000"),
}


def queries() -> list[dict[str, str]]:
    """Every parameter alone with every value, and every pair of parameters with their first."""
    alone = [{name: value} for name, values in FILTERS.items() for value in values]
    pairs = [
        {one: FILTERS[one][0], other: FILTERS[other][0]} for one, other in product(FILTERS, repeat=2) if one < other
    ]
    return [{}, *alone, *pairs]


def told(response: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, without what is drawn by lot."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    # Of the same length each, so that the length of the answer tells what else it holds.
    body = RUNNING.sub(b"", DRAWN.sub(b"", REFERENCE.sub(b"XXXX-XXXX", body)))
    headers = {name: REFERENCE.sub(b"XXXX-XXXX", value.encode()).decode() for name, value in response.headers.items()}
    return response.status_code, headers, body


def pages(client: Client, query: dict[str, str]) -> Iterator[Any]:
    """Each page of the list, by its links."""
    address = f"{ADDRESS}?{urlencode(query)}"
    for _ in range(5):
        response = client.get(address)
        # The cursor stands in the body as it is, signature and all.
        yield response.status_code, response.content
        links = {} if response.status_code != 200 else {e["rel"]: e["href"] for e in response.json()["links"]}
        if "next" not in links:
            return
        address = f"{ADDRESS}?{urlsplit(links['next']).query}"


def posted(client: Client, address: str, document: Any, **headers: str) -> Any:
    body = orjson.dumps(document)
    return client.generic("POST", address, body, content_type="application/json", headers=headers or None)


def by_program(stage: Scene, who: str, mine: str) -> Iterator[tuple[str, Any]]:
    """Everything that a program may ask and send, each on its own."""
    client = stage.client(who, program=True)
    foreign = stage.incident.reference
    for query in queries():
        yield f"list {query}", list(pages(client, query))
    yield "cursor", told(client.get(ADDRESS, {"cursor": foreign}))
    for tail in ("", "routing/", "move/", "status/", "messages/", "photos/", f"photos/{PHOTO}/"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
            yield f"{method} {tail}", told(client.generic(method, f"{ADDRESS}{foreign}/{tail}", b"{}"))
        yield f"lower {tail}", told(client.get(f"{ADDRESS}{foreign.lower()}/{tail}"))
    move = {"coordinates": list(GAP), "reason": "Mauvaise adresse"}
    yield "move", told(posted(client, f"{ADDRESS}{foreign}/move/", move))
    same = feature(GAP, external_reference="their-own-number", partner="bailleur")
    plain = feature(GAP, external_reference="their-own-number")
    for document in (same, plain):
        for headers in ({}, {"Idempotency-Key": KEY}):
            yield f"report {headers}", told(posted(client, ADDRESS, document, **headers))
    # What was just reported has the next key of the database, which nothing may tell; its reference is drawn.
    for status, body in pages(client, {"limit": "1"}):
        yield "list of the new", (status, SIGNED.sub(b"XXXX-XXXX", body))
    if mine:
        yield "move mine", told(posted(client, f"{ADDRESS}{mine}/move/", move))
        yield "mine", told(client.get(f"{ADDRESS}{mine}/"))


def by_gis(stage: Scene, who: str) -> Iterator[tuple[str, Any]]:
    """What GIS programs ask of concerns, in every representation."""
    client = stage.client(who, program=True)
    foreign = stage.incident.reference
    items = "/ogc/collections/incidents/items"
    boxes = ({"bbox": BOX}, {"bbox": "-180,-90,180,90"}, {"bbox": BOX, "f": "csv"})
    others: tuple[dict[str, str], ...] = (
        {},
        {"f": "csv"},
        {"f": "geojsonseq"},
        {"limit": "1"},
        {"offset": "1"},
        {"sortby": "-reference"},
    )
    filters = ({"status": "qualifiee"}, {"category": "tapage"}, {"reference": foreign}, {"datetime": "2026-11-01/.."})
    for query in (*others, *boxes, *filters):
        yield f"ogc {query}", told(client.get(items, query))
    yield "ogc one", told(client.get(f"{items}/{foreign}"))
    for tail in ("0/0/0", "16/23687/33874", "16/23687/33874?status=qualifiee", f"0/0/0?reference={foreign}"):
        yield f"tile {tail}", told(client.get(f"/ogc/collections/incidents/tiles/WebMercatorQuad/{tail}"))
    for query in (
        {"REQUEST": "GetCapabilities"}, {"REQUEST": "GetFeature", "TYPENAMES": "incidents"},
        {"REQUEST": "GetFeature", "TYPENAMES": "incidents", "OUTPUTFORMAT": "geojson"},
        {"REQUEST": "GetFeature", "TYPENAMES": "incidents", "RESULTTYPE": "hits"},
        {"REQUEST": "GetFeature", "RESOURCEID": f"incidents.{foreign}"},
        {"REQUEST": "GetPropertyValue", "TYPENAMES": "incidents", "VALUEREFERENCE": "reference"},
    ):  # fmt: skip
        yield f"wfs {query}", told(client.get("/wfs", {"SERVICE": "WFS", "VERSION": "2.0.0", **query}))


def by_page(stage: Scene, who: str) -> Iterator[tuple[str, Any]]:
    """What a person may ask on pages, and the wizard to the step that names what lies near."""
    client = stage.client(who, program=False)
    every = [{name: value} for name, values in FILTERS.items() for value in values]
    for query in ({}, {"page": "2"}, {"status": "open"}, {"status": "settled"}, {"overdue": "1"}, *every):
        yield f"page {query}", told(client.get("/preoccupations/", query))
    yield "where", told(client.post("/signaler/ou/", {"lat": str(GAP[1]), "lon": str(GAP[0])}))
    yield "what", told(client.post("/signaler/quoi/", {"category": "tapage", "description": "Bruit le soir"}))
    for step in ("deja", "verifier"):
        yield step, told(client.get(f"/signaler/{step}/"))
    yield "the same", told(client.post("/signaler/deja/", {"same": stage.incident.reference}))


def by_address(stage: Scene, who: str) -> Iterator[tuple[str, Any]]:
    """Every address of the product by every method that it has, as the table of rights asks it."""
    for address, methods in rows().items():
        for method in methods:
            query, kind, body = SENT.get((method, address), ("", "application/octet-stream", b""))
            client = stage.client(who, program=is_for_programs(address))
            url = f"{path(address, stage)}?{query}"
            answer = told(client.generic(method, url, body, content_type=kind))
            yield f"{method} {address}", answer[:1] if address in DRAWN_ANEW else answer


def everything(stage: Scene, who: str, mine: str) -> dict[str, Any]:
    """All the answers this person gets, by what was asked; each asked as if it were the first."""
    found: dict[str, Any] = {}
    # Where rows stand by their reference, chance must not be what differs.
    drawn = Random(7)
    for asked in (by_program(stage, who, mine), by_gis(stage, who), by_address(stage, who), by_page(stage, who)):
        with (
            transaction.atomic(),
            patch.object(reporting, "new_reference", lambda: new_reference(drawn.randbytes)),
        ):
            for name, answer in asked:
                found[f"{len(found)} {name}"] = answer
            transaction.set_rollback(True)
        # Read while somebody's post was ended, the map would outlive the end of it for a second.
        atlas.forget()
    return found


def apart(one: str, other: str) -> str:
    """Where two answers part, with what stands around it."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 150) : at + 80]}\n--- and then ---\n{other[max(0, at - 150) : at + 80]}"


def happen(stage: Scene, at: datetime) -> Incident:
    """The foreign concern: reported with a key, moved within its sector, qualified, made overdue."""
    author, holder = stage.users["own"], stage.users["hol"]
    once = changes.once(
        user=author,
        key=KEY,
        request=b"",
        make=lambda: reported(author, at, description=SECRET, external_reference="their-own-number", accuracy_m=30.0),
        words=lambda incident: "{}",
    )
    row = Incident.objects.get(reference=once.reference)
    Incident.objects.filter(pk=row.pk).update(reference=stage.incident.reference)
    row.refresh_from_db()
    near = beside(GAP, east_m=5)
    scope = scope_of(holder, at)
    changes.move(incident=row, author=holder, scope=scope, lon=near[0], lat=near[1], reason="Plus juste", at=at)
    StatusChange.objects.create(incident=row, at=at, status_from="signalee", status_to="qualifiee", author=holder)
    sizes = {"width": 8, "height": 8, "size_bytes": 999}
    Photo.objects.create(incident=row, rank=1, key=PHOTO, digest="0" * 64, author=author, **sizes)
    Incident.objects.filter(pk=row.pk).update(status=Status.QUALIFIEE, due_at=at - timedelta(days=1))
    return row


@pytest.fixture
def stage(person, settings, monday) -> Scene:
    settings.THROTTLES = False
    made = Scene(Incident(reference=new_reference()), cast(person))
    for who in made.users:
        made.client(who, program=True)
    # Made at the first asking and kept, as what is written once an hour for everybody.
    furnish(made)
    made.client("ano", program=True).get("/api/schema/")
    return made


@pytest.mark.parametrize("who", STRANGERS)
def test_a_foreign_concern_makes_no_difference(stage, monday, who):
    mine = [reported(stage.users[who], monday, OWN_PLACES[who]) for _ in range(3)] if who in OWN_PLACES else []
    reference = mine[0].reference if mine else ""
    before = everything(stage, who, reference)
    assert len(before) > 150
    happen(stage, monday)
    after = everything(stage, who, reference)
    assert list(before) == list(after)
    different = [name for name in before if before[name] != after[name]]
    assert different == [], apart(repr(before[different[0]]), repr(after[different[0]]))
    assert SECRET.encode() not in b"".join(
        part for name, answer in after.items() if "report" not in name for part in answer if isinstance(part, bytes)
    )


def test_the_requests_would_tell_if_there_were_something_to_tell(stage, monday):
    """The same requests by those who may know do find it: they ask where it would show."""
    for who, least in (("own", 30), ("ally", 10), ("may", 10)):
        with transaction.atomic():
            before = everything(stage, who, "")
            happen(stage, monday)
            after = everything(stage, who, "")
            transaction.set_rollback(True)
        assert len([name for name in before if before[name] != after.get(name)]) >= least, who


def test_the_log_of_messages_says_that_one_failed_and_not_of_which_concern(stage, monday):
    row = happen(stage, monday)
    Message.objects.update(state="dead", last_error="TooLong: Not done in 30 s")
    page = stage.client("adm", program=False).get("/administration/messages/").content.decode()
    assert stage.users["hol"].email in page
    for told_of in (row.reference, SECRET, "tapage", "Tapage", "gap-hyper-centre", "signalée", "déplacée"):
        assert told_of not in page, told_of
