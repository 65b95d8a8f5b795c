"""A report outside of any transaction, as it is in production: what it asks, and a connection that broke before it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from tests.incidents.sending import feature, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loaded", "unthrottled")]


def test_a_report_is_three_statements_and_no_transaction(client_of):
    client = client_of("partner_a")
    send(client, feature())
    with CaptureQueriesContext(connection) as caught:
        assert send(client, feature()).status_code == 201
    told = [each["sql"] for each in caught.captured_queries if "mapversion" not in each["sql"]]
    expected = ["EXECUTE psq_token", "EXECUTE psq_survey", "EXECUTE psq_rows_"]
    assert [sql[: len(begins)] for sql, begins in zip(told, expected, strict=True)] == expected


def test_only_for_an_organisation_of_others_its_people_are_asked_for(client_of):
    """One statement more than any other report, before all of it is written by one."""
    client = client_of("referent_a")
    for partner, more in ((None, 0), ("bailleur", 1)):
        send(client, feature(partner=partner))
        with CaptureQueriesContext(connection) as caught:
            assert send(client, feature(partner=partner)).status_code == 201
        asked = [each["sql"] for each in caught.captured_queries if "mapversion" not in each["sql"]]
        # Which organisation the code names is asked in any case.
        assert len(asked) - len([sql for sql in asked if "sectors_partner" in sql and "EXECUTE" not in sql]) == 3 + more
        assert asked[-1].startswith("EXECUTE psq_rows_")


def test_a_connection_that_broke_is_made_anew(client_of):
    client = client_of("partner_a")
    assert send(client, feature()).status_code == 201
    other = connection.copy()
    with connection.cursor() as ours, other.cursor() as cursor:
        ours.execute("SELECT pg_backend_pid()")
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", ours.fetchone())
    other.close()
    assert send(client, feature()).status_code == 201
    assert Incident.objects.count() == 2
