"""What is said of a concern after its report is text wherever it is read: desk, partner's page, timeline, e-mails."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from email.message import Message as Mail
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.changes import save_filter
from accounts.models import User
from incidents import changes
from incidents.models import Incident, StandardAnswer
from messaging import channels
from messaging.models import Message
from ogcapi.geojson import Refused
from sectors.models import Territory
from sectors.scope import scope_of
from tests import payloads
from tests.data.hostile.texts import shown
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
Cast = Callable[[str], User]
# What is read by whom: the desk all of it, the reporter what is theirs.
ONLY_DESK = {"note", "offer", "refusal", "handover", "acknowledgement", "support", "merge", "separation"}

# The template of a letter has one style sheet, and nothing else that a page may not have.
OWN_OF_LETTERS = ["<style>"]


def by(author: User) -> dict[str, Any]:
    return {"author": author, "scope": scope_of(author, timezone.now())}


def says(row: Incident, text: str, person: Cast) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every way of saying something of a concern, in an order in which they are possible."""
    partner, holder, other, mayor = (person(name) for name in ("partner_a", "referent_a", "referent_b", "mayor_gap"))
    twin = reported(mayor, timezone.now() - timedelta(hours=1))
    one: dict[str, Any] = {"incident": row}
    yield "reply", lambda: changes.remark(**one, text=text, **by(partner))
    yield "message", lambda: changes.remark(**one, text=text, **by(holder))
    yield "note", lambda: changes.remark(**one, text=text, internal=True, **by(holder))
    yield "support", lambda: changes.support(**one, partner=None, note=text, **by(mayor))
    yield "offer", lambda: changes.offer(**one, to_post="gap-economique", reason=text, **by(holder))
    yield "refusal", lambda: changes.refuse(**one, reason=text, **by(other))
    yield "handover", lambda: changes.hand_over(**one, to="mairie", recipient="Mairie", reason=text, **by(holder))
    yield "acknowledgement", lambda: changes.acknowledge(**one, to="mairie", note=text, **by(holder))
    yield "merge", lambda: changes.merge(kept=row, merged=twin, reason=text, **by(holder))
    yield "separation", lambda: changes.unmerge(incident=twin, reason=text, **by(holder))
    yield "taken", lambda: changes.take(**one, **by(holder))
    yield "answer", lambda: changes.change_status(**one, to="repondue", answer=text, **by(holder))
    yield "closed", lambda: changes.change_status(**one, to="close", **by(holder))
    yield "comment", lambda: changes.rate(**one, answer="non", comment=text, **by(partner))
    yield "reopening", lambda: changes.change_status(**one, to="rouverte", reason=text, **by(partner))


@pytest.fixture
def said(person: Cast, settings: Any) -> dict[str, tuple[str, set[str]]]:
    """reference -> the text that was said of it, and in which ways."""
    settings.THROTTLES = False
    found = {}
    for text in (each for _, each in shown() if set(each) & set("<>\"'{&=")):
        row, ways = reported(person("partner_a"), timezone.now() - timedelta(hours=2)), set()
        for way, say in says(row, text, person):
            with suppress(Refused, PermissionDenied):  # its writer is told that it may be of a person, or is a template
                say()
                ways.add(way)
        if ways & {"reply", "answer"}:
            found[row.reference] = (text, ways - {"taken", "closed"})
    assert len(found) > 15
    assert set.union(*(ways for _, ways in found.values())) > ONLY_DESK
    return found


def one_line(text: str) -> str:
    return " ".join(text.replace("<br>", " ").split())


def test_it_is_read_as_it_was_written(said: Any, person: Cast, client_of: Any) -> None:
    for name in ("referent_a", "partner_a"):
        read_by(name, said, person, client_of)


def read_by(name: str, said: Any, person: Cast, client_of: Any) -> None:
    """The page and the timeline of each concern, as this person reads them."""
    browser = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
    browser.force_login(person(name))
    program = client_of(name)
    hidden = ONLY_DESK if name == "partner_a" else set()
    for reference, (text, ways) in said.items():
        response = browser.get(f"/preoccupations/{reference}/")
        assert response.status_code == 200
        assert payloads.foreign(response) == [], text
        escaped = one_line(html.escape(text.strip()))
        page = one_line(response.content.decode())
        assert page.count(escaped) >= len(ways - hidden), (text, ways)
        told = program.get(f"/api/incidents/{reference}/timeline/")
        assert told["Content-Type"] == "application/json"
        texts = [entry["text"] for entry in told.json()["entries"]]
        assert texts.count(text.strip()) >= len(ways - hidden), (text, ways)


def test_no_letter_about_it_runs_anything(said: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for message in Message.objects.filter(channel="email"):
        channels.send(message)
    assert len(mail.outbox) > 50
    for sent in mail.outbox:
        written: Mail = sent.message()
        _whole, _plain, page = written.walk()
        assert payloads.Page(bytes(page.get_payload(decode=True)).decode()).found == OWN_OF_LETTERS
        assert [written[each] for each in ("Cc", "Bcc", "Set-Cookie")] == [None] * 3
        assert sent.recipients() == sent.to


def test_a_standard_answer_and_a_filter_are_texts_too(person: Cast, settings: Any) -> None:
    """Offered on the desk, listed to the administrator, begun from, read over; and above one's own list."""
    settings.THROTTLES = False
    row = reported(person("partner_a"), timezone.now())
    changes.take(incident=row, **by(person("referent_a")))
    here = Territory.objects.get(code="05")
    made = [StandardAnswer.objects.create(territory=here, title_fr=each, text_fr=each) for each in payloads.NAMES]
    for number, name in enumerate(payloads.NAMES):
        assert save_filter(user=person("referent_a"), name=f"{number} {name}"[:60], query=f"q={number}")
    desk, office = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    desk.force_login(person("referent_a"))
    office.force_login(person("administrator"))
    act = f"/preoccupations/{row.reference}/agir/repondre/"
    begun = [desk.post(act, {"insert": "1", "repondre-standard": str(each.pk)}) for each in made]
    over = [desk.post(act, {"preview": "1", "repondre-answer": name}) for name in payloads.NAMES]
    pages = [
        desk.get(f"/preoccupations/{row.reference}/"),
        desk.get("/preoccupations/"),
        office.get("/administration/reponses/"),
        *begun,
        *over,
    ]
    for response in pages:
        assert response.status_code == 200
        assert payloads.foreign(response) == []
    for page in (begun[0], over[0], *pages[:3]):
        assert html.escape(payloads.NAMES[0]) in page.content.decode()
