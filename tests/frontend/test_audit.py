"""The auditor's pages: the log of the territory, found and exported, and nothing of what a concern says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts.changes import access, create_user, log_access
from accounts.models import AccessLog, RetentionRun, User
from accounts.retention import rules
from frontend import auditing
from frontend.operations import OPERATIONS
from incidents.models import Incident
from sectors import atlas
from sectors.changes import mandate
from sectors.models import Role
from tests.conftest import ROOT
from tests.factories import LONG_AGO, land

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
Cast = Callable[[str], User]
MOTIVE = "Contrôle annuel demandé par la DPO"


@pytest.fixture
def auditor(seen_by: Seen) -> Client:
    return seen_by("auditor")


def operations(answer: Any) -> list[str]:
    return [line.operation for line in answer.context["lines"]]


@pytest.mark.parametrize("who", ["", "partner_a", "referent_a", "mayor_gap", "director", "administrator"])
def test_only_an_auditor_comes_in(seen_by: Seen, who: str) -> None:
    assert seen_by(who).get("/audit/").status_code == (403 if who else 302)
    assert seen_by(who).post("/audit/export/", {"motive": MOTIVE}).status_code == (403 if who else 302)


def test_who_read_a_concern_and_not_what_it_says(
    auditor: Client, seen_by: Seen, reported: Callable[..., Incident], person: Cast
) -> None:
    incident = reported(description="Un bruit très particulier.")
    seen_by("referent_a").get(f"/preoccupations/{incident.reference}/")
    answer = auditor.get("/audit/", {"reference": incident.reference.lower()})
    assert operations(answer) == ["Préoccupation lue", "Préoccupation signalée"]
    page = answer.content.decode()
    assert incident.reference in page
    assert person("referent_a").email in page
    assert "très particulier" not in page
    assert f"{incident.location.x:.4f}" not in page
    assert auditor.get(f"/preoccupations/{incident.reference}/").status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "bailleur"}, {"a"}),
        ({"person": "BUS@"}, {"b"}),
        ({"person": "partenaire.bus"}, {"b"}),
        ({"operation": "incident.read"}, {"a", "c"}),
        ({"reference": "incident:AAAA-0001"}, {"a", "b"}),
        ({"reference": "aaaa-0002"}, {"b"}),
        ({"reference": "account:7"}, {"c"}),
        ({"since": "2026-11-01"}, {"a", "b", "c", "old"}),
        ({"since": "01/11/2026", "until": "2026-11-05"}, {"old"}),
        ({"until": "2026-10-20"}, {"older"}),
        ({"person": "bailleur", "operation": "incident.list"}, set()),
    ],
)
def test_search(monday: datetime, auditor: Client, person: Cast, asked: dict[str, str], found: set[str]) -> None:
    given: dict[str, Any] = {"territory": "05"}
    rows = {
        "a": access(user=person("partner_a"), operation="incident.read", reference="incident:AAAA-0001", **given),
        "b": access(
            user=person("partner_b"),
            operation="incident.list",
            references=["incident:AAAA-0001", "incident:AAAA-0002"],
            **given,
        ),
        "c": access(user=person("director"), operation="incident.read", reference="account:7", **given),
        "old": access(user=person("mayor_gap"), operation="incident.desk", **given),
        "older": access(user=person("mayor_gap"), operation="incident.desk", **given),
    }
    ages = {"old": 20, "older": 40}
    for name, row in rows.items():
        row.motive, row.at = f"case-{name}", monday - timedelta(days=ages.get(name, 1))
    AccessLog.objects.bulk_create(rows.values())
    answer = auditor.get("/audit/", asked)
    assert {line.motive.removeprefix("case-") for line in answer.context["lines"] if "case-" in line.motive} == found


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"since": "hier"}, "since"), ({"since": "2026-02-02", "until": "2026-02-01"}, "until"),
     ({"operation": "nothing"}, "operation"), ({"person": "\0"}, "person"), ({"reference": "x" * 300}, "reference")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_at_its_field(auditor: Client, asked: dict[str, str], field: str) -> None:
    answer = auditor.get("/audit/", asked)
    assert list(answer.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in answer.content.decode()


def test_empty_pages_say_why(auditor: Client) -> None:
    assert "Rien n’a été" in auditor.get("/audit/").content.decode()
    assert "Effacer les filtres" in auditor.get("/audit/?person=nobody").content.decode()


def test_another_territory_is_not_read(auditor: Client, person: Cast) -> None:
    there = land("bzh").territory
    firm = create_user(email="far@elsewhere.example", password=None)
    mandate(user=firm, role=Role.DIRECTOR, over=there, start=LONG_AGO)
    for user, code in ((firm, "bzh"), (firm, ""), (person("partner_a"), "bzh"), (None, "bzh")):
        log_access(user=user, operation="incident.read", reference="incident:FARR-FARR", territory=code)
    for user, code in ((person("partner_a"), "05"), (person("partner_a"), ""), (firm, "05"), (None, "")):
        log_access(user=user, operation="incident.read", reference="incident:NEAR-NEAR", territory=code)
    lines = auditor.get("/audit/").context["lines"]
    assert [line.references for line in lines] == [["incident:NEAR-NEAR"]] * 4


def test_pages_follow_without_a_hole_or_a_repeat(
    auditor: Client, person: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "PAGE", 4)
    at = AccessLog.objects.create(operation="x").at
    rows = [access(user=person("partner_a"), operation="incident.read", reference=f"n:{n}") for n in range(10)]
    for n, row in enumerate(rows):
        row.at = at - timedelta(seconds=n // 3)  # some at the very same moment
    AccessLog.objects.bulk_create(rows)
    seen: list[str] = []
    before = ""
    while True:
        answer = auditor.get("/audit/", {"operation": "incident.read", "before": before})
        seen += [line.references[0] for line in answer.context["lines"]]
        before = answer.context["following"]
        if not before:
            break
        assert f"before={before}" in answer.content.decode()
    assert sorted(seen) == sorted(f"n:{n}" for n in range(10))
    assert auditor.get("/audit/", {"before": "9" * 16 + "-1"}).status_code == 200
    assert auditor.get("/audit/", {"before": "x"}).status_code == 200


def test_reading_the_log_is_in_the_log(auditor: Client, person: Cast) -> None:
    auditor.get("/audit/?person=bus&operation=incident.read")
    row = AccessLog.objects.latest("pk")
    assert (row.user_id, row.operation, row.count) == (person("auditor").pk, "log.read", 0)
    assert (row.territory, row.motive) == ("05", "person, operation"), "that one was looked for, and not who"


def test_export_asks_why_is_logged_and_holds_no_formula(auditor: Client, person: Cast) -> None:
    log_access(user=person("partner_a"), operation="incident.list", motive="=HYPERLINK(1)", territory="05")
    log_access(user=person("partner_b"), operation="incident.read", territory="05")
    refused = auditor.post("/audit/export/", {"motive": "court"})
    assert refused.status_code == 200
    assert list(refused.context["wrong"].errors) == ["motive"]
    assert not AccessLog.objects.filter(operation="log.export").exists()
    answer = auditor.post("/audit/export/", {"motive": MOTIVE, "recipient": "DPO", "person": "bailleur"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="journal-des-acces-')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["email"] for row in rows] == ["partenaire.bailleur@psq.example"]
    assert rows[0]["motive"] == "'=HYPERLINK(1)"
    row = AccessLog.objects.latest("pk")
    assert (row.operation, row.motive, row.recipient, row.count) == ("log.export", MOTIVE, "DPO", 1)
    assert row.references == ["person"], "that one was looked for, and not who"


def test_an_export_too_long_is_refused_and_says_what_to_do(
    auditor: Client, person: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "MOST_ROWS", 2)
    for _ in range(3):
        log_access(user=person("partner_a"), operation="incident.read", territory="05")
    answer = auditor.post("/audit/export/", {"motive": MOTIVE})
    assert answer.status_code == 200
    assert "période" in answer.content.decode().split('id="errors"')[1].split("</ul>")[0]


def test_query_count(
    auditor: Client, person: Cast, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atlas, "OLDEST_S", 3600.0)
    users = [person("partner_a"), person("partner_b"), person("director")]
    AccessLog.objects.bulk_create(access(user=users[n % 3], operation="incident.read") for n in range(200))
    auditor.get("/audit/")
    with django_assert_num_queries(6):  # session, account, what the person covers, the bell, the page of rows, the log
        assert len(auditor.get("/audit/").context["lines"]) == auditing.PAGE


def test_retention_runs_tell_what_and_how_many_of_this_territory(auditor: Client) -> None:
    assert "Aucun passage" in auditor.get("/audit/conservation/").content.decode()
    at = timezone.now()
    RetentionRun.objects.create(
        started_at=at,
        finished_at=at,
        at=at,
        by="worker",
        dry_run=False,
        counts={"concern": {"05": 3, "bzh": 40}, "session": {"": 7}, "gone": {"bzh": 5}},
        failures={"message": "lock timeout"},
    )
    answer = auditor.get("/audit/conservation/")
    (run,) = answer.context["runs"]
    assert sorted(number for _, number in run.forgotten) == [3, 7]
    assert len(run.failed) == 1
    page = answer.content.decode()
    assert ">3<" in page
    assert ">40<" not in page
    assert "lock timeout" not in page
    for rule in rules():
        assert escape(str(rule.what)) in page
    assert AccessLog.objects.latest("pk").operation == "retention.read"


def test_every_operation_that_is_logged_has_a_word() -> None:
    """Also those put together from parts, which name their beginning."""
    found = set()
    for app in ("accounts", "frontend", "incidents", "sectors"):
        for path in (ROOT / app).rglob("*.py"):
            found |= set(re.findall(r'operation=f?"([a-z_.]+)"', path.read_text()))
    assert len(found) > 25
    assert {each for each in found if each not in OPERATIONS} == set()


def test_whoever_audits_two_territories_is_in_the_log_of_both(seen_by, person):
    there = land("bzh", is_demonstration=True)
    mandate(user=person("auditor"), role=Role.AUDITOR, over=there.territory, start=LONG_AGO)
    client = seen_by("auditor")
    client.get("/audit/")
    client.post("/audit/export/", {"motive": "Contrôle annuel"})
    client.get("/audit/conservation/")
    told = list(AccessLog.objects.order_by("-pk").values_list("operation", "territory")[:6])
    assert sorted(told) == sorted(
        (operation, territory)
        for operation in ("log.read", "log.export", "retention.read")
        for territory in ("05", "bzh")
    )
