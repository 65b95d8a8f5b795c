"""What a report tells its writer beside the concern, what a reading of it leaves, and a database that is gone."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError

from accounts.models import AccessLog
from incidents.models import Incident
from tests.factories import land
from tests.incidents.sending import ADDRESS, feature, reported, send

pytestmark = pytest.mark.django_db


def test_the_database_being_gone_is_a_503_and_not_a_500(client_of, monkeypatch):
    from django.db import OperationalError

    client = client_of("partner_a")

    def gone(*_given, **_more):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("incidents.changes.reporting.decide", gone)
    response = send(client, feature())
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert issubclass(OperationalError, DatabaseError)
    assert Incident.objects.count() == 0


def test_a_name_in_the_partners_own_reference_is_told(client_of, monday):
    answer = json.loads(send(client_of("partner_a"), feature(external_reference="M. Durand")).content)
    assert [each["field"] for each in answer["warnings"]] == ["properties.external_reference"]


def test_a_reading_is_kept_in_the_log_of_the_territory_of_the_concern(person, client_of, monday):
    row = reported(person("partner_a"), monday)
    there = land("bzh", is_demonstration=True)
    Incident.objects.filter(pk=row.pk).update(territory=there.territory)
    assert client_of("partner_a").get(f"{ADDRESS}{row.reference}/").status_code == 200
    assert AccessLog.objects.filter(operation="incident.read").latest("pk").territory == "bzh"
