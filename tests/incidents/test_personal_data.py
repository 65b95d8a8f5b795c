"""What may be of a person in the texts of a report: refused where it is certain, told where it may be."""

from __future__ import annotations

import json

import pytest

from incidents.models import Incident
from messaging.models import Message
from tests.incidents.sending import errors_of, feature, send

pytestmark = pytest.mark.django_db
CERTAIN = ["06 12 34 56 78", "jean.dupont@mail.example", "AB-123-CD", "FR76 3000 6000 0112 3456 7890 189"]


@pytest.fixture
def partner(client_of, settings):
    settings.THROTTLES = False
    return client_of("partner_a")


@pytest.mark.parametrize("text", CERTAIN)
@pytest.mark.parametrize("member", ["description", "external_reference"])
def test_what_is_certain_is_refused_in_each_text(partner, member, text):
    """A partner's own reference is read by others, and is a text like any other."""
    document = feature()
    document["properties"][member] = f"Dossier {text}"
    response = send(partner, document)
    assert response.status_code == 422
    assert errors_of(response) == [(f"properties.{member}", "personal_data")]
    assert (Incident.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize("text", ["B-17", "2026-11-20/3", "LOT 12", "REF 123456"])
def test_a_usual_reference_is_taken(partner, text):
    assert send(partner, feature(external_reference=text)).status_code == 201


def test_what_may_be_of_a_person_is_told_to_the_writer_and_taken(partner):
    document = feature(description="Voir avec M. Dupont, gardien")
    answer = json.loads(send(partner, document).content)
    (warning,) = answer["warnings"]
    assert set(warning) == {"field", "code", "message"}
    assert (warning["field"], warning["code"]) == ("properties.description", "personal_data_suspected")
    assert "11" in warning["message"]
    assert "19" in warning["message"]


def test_a_text_that_is_of_nobody_gets_no_warning(partner):
    assert "warnings" not in json.loads(send(partner, feature()).content)


def test_a_warning_is_the_writer_s_and_not_the_reader_s(partner, client_of):
    answer = json.loads(send(partner, feature(description="Voir avec M. Dupont, gardien")).content)
    for reader in (partner, client_of("referent_a")):
        assert "warnings" not in reader.get(f"/api/incidents/{answer['id']}/").json()


def test_a_replay_tells_it_again(partner):
    """The same words as the first time, warning included."""
    document = feature(description="Voir avec M. Dupont, gardien")
    first, again = (send(partner, document, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert again["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    assert "warnings" in json.loads(again.content)
