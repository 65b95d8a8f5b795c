"""What people wrote is shown as text in every answer: pages, data, tables, scripts of maps, messages."""

from __future__ import annotations

import html
import json
from email.message import Message as Mail
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from incidents.models import Incident
from messaging import channels
from messaging.models import Message
from ogcapi.geojson import Refused
from sectors import atlas
from tests import payloads
from tests.authorisation.addresses import addresses, is_for_programs, path
from tests.authorisation.people import scene
from tests.authorisation.table import SENT, rows
from tests.data.hostile.texts import shown
from tests.incidents.sending import feature, reported, send

pytestmark = pytest.mark.django_db
TABLE = rows()
PEOPLE = ("own", "hol", "dir", "adm", "aud", "sup", "ano")


def test_the_names_of_the_product_are_found():
    """A column of names that is renamed must not leave the corpus unnoticed."""
    found = {f"{model.__name__}.{name}" for model, name, _ in payloads.fields()}
    assert found >= {
        "User.name", "Territory.name_fr", "Unit.name", "Post.label_fr", "Sector.name", "Commune.name", "Partner.name",
        "Category.label_fr", "Category.family_en", "PublicPlace.name", "OwnPlace.name", "PartnershipGroup.name",
    }  # fmt: skip


@pytest.mark.parametrize("number", range(len(payloads.NAMES)))
def test_names_of_all_kinds_at_every_address(number, person, settings):
    settings.THROTTLES = False
    payloads.poison(number)
    atlas.forget()
    before = scene(person)
    payloads.poison(number)
    Incident.objects.update(description=payloads.NAMES[number], external_reference=payloads.NAMES[number])
    atlas.forget()
    seen = 0
    for address in addresses():
        program = is_for_programs(address)
        answers = TABLE[address].get("GET", {})
        for who in PEOPLE[: 3 if program else None]:
            if answers.get(who) != "200":
                continue
            query = SENT.get(("GET", address), ("",))[0]
            response = before.client(who, program=program).get(f"{path(address, before)}?{query}")
            assert payloads.foreign(response) == [], (who, address)
            seen += 1
    assert seen > 60


@pytest.fixture
def concerns(person) -> dict[str, str]:
    """A concern for each text that a partner may write, by its reference."""
    made = {}
    for _, text in shown():
        try:
            row = reported(person("partner_a"), timezone.now(), description=text, external_reference=text[:100])
        except Refused:
            continue  # its writer is told that it may be of a person
        made[row.reference] = text
    assert len(made) > 35
    return made


PAGES = ("/bureau/", "/preoccupations/", "/preoccupations/?status=signalee")


@pytest.mark.parametrize("name", ["partner_a", "referent_a"])
def test_a_text_is_a_text_in_lists_and_alone(concerns, client_of, person, name):
    browser = client_of("anonymous")
    browser.force_login(person(name))
    alone = [f"/preoccupations/{reference}/" for reference in concerns]
    for page in (*PAGES, *alone):
        response = browser.get(page)
        assert response.status_code in {200, 403}, page
        assert payloads.foreign(response) == [], page
    for reference, text in concerns.items():
        response = browser.get(f"/preoccupations/{reference}/")
        escaped = html.escape(text.strip(), quote=True)
        # Whole, escaped once, and so readable as it was written.
        assert one_line(escaped) in one_line(response.content.decode()), text


def test_a_table_that_leaves_holds_no_formula(concerns, client_of, person):
    """The texts of concerns, the names of who wrote them, and the motives that were given for taking them along."""
    payloads.poison(4)
    atlas.forget()
    reader, auditor = client_of("anonymous"), client_of("anonymous")
    reader.force_login(person("referent_a"))
    auditor.force_login(person("auditor"))
    formula = '=HYPERLINK("https://evil.example/")'
    asked = {"motive": formula + " pour la réunion", "recipient": "@SUM(1)"}
    for response in (reader.post("/preoccupations/exporter/", asked), auditor.post("/audit/export/", asked)):
        assert (response.status_code, response["Content-Type"].partition(";")[0]) == (200, "text/csv")
        assert payloads.foreign(response) == []
        # They are there, as texts.
        assert "'=" in b"".join(response).decode()


def one_line(text: str) -> str:
    return " ".join(text.replace("<br>", " ").split())


def test_a_text_comes_back_as_it_was_through_the_api(concerns, client_of):
    client = client_of("partner_a")
    listed = {each["id"]: each for each in client.get("/api/incidents/?limit=1000").json()["features"]}
    for reference, text in concerns.items():
        single = client.get(f"/api/incidents/{reference}/").json()
        for answer in (single, listed[reference]):
            assert answer["properties"]["description"] == text
        # Data and nothing else, whatever a browser makes of it.
        response = client.get(f"/api/incidents/{reference}/")
        assert response["Content-Type"] == "application/geo+json"
        assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", payloads.NAMES)
def test_messages_run_nothing_and_have_one_reader(client_of, person, name, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.THROTTLES = False
    payloads.poison(payloads.NAMES.index(name))
    atlas.forget()
    assert send(client_of("partner_a"), feature(description=name)).status_code == 201
    owed = list(Message.objects.all())
    assert len(owed) == 2
    for message in owed:
        assert name not in message.subject + message.body or message.channel == "email"
        channels.send(message)
    for sent in mail.outbox:
        written: Mail = sent.message()
        _whole, plain, html = written.walk()
        assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        page = bytes(html.get_payload(decode=True)).decode()
        assert name not in page
        assert not {"<script", "<img", "<svg", "onerror=", "onload="} & set(page.replace(">", " ").split())
        assert "{{" not in page.replace("{{7*7}}", "")
        assert [written[each] for each in ("Cc", "Bcc", "Set-Cookie")] == [None] * 3
        assert len(sent.to) == 1


def test_a_name_of_several_lines_writes_no_header(person, client_of, settings):
    """A label with a line break stays a label: the message is sent with it in one line, or not at all."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    from sectors.models import Post

    Post.objects.update(label_fr="Référent\nBcc: everybody@evil.example", label_en="x\r\nBcc: e@evil.example")
    atlas.forget()
    reported(person("partner_a"), timezone.now())
    for message in Message.objects.all():
        try:
            channels.send(message)
        except channels.Undeliverable:
            continue
    for sent in mail.outbox:
        assert sent.message()["Bcc"] is None
        assert sent.recipients() == sent.to


def test_json_within_a_page_cannot_end_its_element(concerns, client_of, person):
    """Places for the script of the page stand in a JSON block: nothing in it closes the block."""
    browser = client_of("anonymous")
    browser.force_login(person("partner_a"))
    for page in ("/", "/signaler/ou/", "/preoccupations/"):
        text = browser.get(page).content.decode()
        for block in text.split('<script type="application/json"')[1:] + text.split('type="application/json"')[1:]:
            inner: Any = block[block.index(">") + 1 : block.index("</script>")]
            json.loads(inner)
