"""A word to the référent that is no concern: it leaves once, by the outbox, and is kept nowhere else."""

from __future__ import annotations

import re

import pytest

from accounts.models import AccessLog
from incidents.models import Incident
from messaging.models import Message

pytestmark = pytest.mark.django_db
PAGE = "/mon-secteur/ecrire/gap-hyper-centre/"
WORDS = "Pouvez-vous venir à notre réunion du 12 janvier ?"


def test_it_leaves_once_with_the_address_to_answer_to(seen_by, person):
    client, author = seen_by("partner_a"), person("partner_a")
    assert f'href="{PAGE}"' in client.get("/mon-secteur/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', client.get(PAGE).content.decode())
    assert key
    for _time in range(2):
        answer = client.post(PAGE, {"text": WORDS, "key": key[1]})
        assert (answer.status_code, answer["Location"]) == (302, "/mon-secteur/")
    sent = Message.objects.get()
    assert sent.recipient == person("referent_a").email
    assert WORDS in sent.body
    assert author.email in sent.body
    assert "Bailleur" in sent.body
    assert not Incident.objects.exists()
    log = AccessLog.objects.filter(operation="contact.write")[0]
    assert (log.user_id, log.reference, log.territory) == (author.pk, "post:gap-hyper-centre", "05")
    assert WORDS not in str(AccessLog.objects.values_list())


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "Écrivez votre message."), ("Appelez le 06 12 34 56 78", "téléphone"), ("a" * 1001, "1001")],
)
def test_what_cannot_be_sent_is_said_and_kept_in_the_form(seen_by, text, why):
    page = seen_by("partner_a").post(PAGE, {"text": text, "key": "x"}).content.decode()
    assert re.search(rf'<a href="#id_text">[^<]*{re.escape(why)}', page)
    assert f"{text}</textarea>" in page
    assert not Message.objects.exists()


def test_it_is_throttled(seen_by, settings):
    client = seen_by("partner_a")
    settings.THROTTLES = True
    codes = [client.post(PAGE, {"text": f"{WORDS} {n}"}).status_code for n in range(21)]
    assert codes == [302] * 20 + [429]
    assert Message.objects.count() == 20


def test_only_to_a_post_that_answers_for_one(seen_by):
    assert seen_by("partner_a").get("/mon-secteur/ecrire/briancon-hyper-centre/").status_code == 404
    own = seen_by("referent_a")
    assert own.get(PAGE).status_code == 404
    assert PAGE not in own.get("/mon-secteur/").content.decode()
