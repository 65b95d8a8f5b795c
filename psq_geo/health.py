"""`/healthz`: the process answers. `/readyz`: it can work, and what it stores would survive a power cut."""

from __future__ import annotations

from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from messaging.models import PeriodicRun
from psq_geo.demonstration import refusal
from psq_geo.roles import standing

PURGE: Final = "accounts.tasks.purge"
SAFE_COMMITS: Final = frozenset({"on", "remote_write", "remote_apply", "local"})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 without looking at anything."""
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 with each check "ok", or 503 with what is wrong; `notes` tells what works and could be better."""
    checks = {
        "database": "ok", "postgis": "ok", "migrations": "ok", "durability": "ok", "rights": "ok", "territory": "ok",
    }  # fmt: skip
    notes: dict[str, str] = {}
    try:
        _look(checks, notes)
    except DatabaseError as error:
        # The first line only: a server's message may go on about its address.
        checks["database"] = type(error).__name__
    ready = set(checks.values()) == {"ok"}
    response = JsonResponse(
        {"status": "ready" if ready else "not ready", "checks": checks, "notes": notes}, status=200 if ready else 503
    )
    response.headers["Cache-Control"] = "no-store"
    if not ready:
        response.headers["Retry-After"] = "5"
    return response


def _look(checks: dict[str, str], notes: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('fsync'), current_setting('full_page_writes'),"
            " current_setting('synchronous_commit'), (SELECT extversion FROM pg_extension WHERE extname = 'postgis')"
        )
        fsync, pages, commit, postgis = cursor.fetchone()
    if postgis is None:
        checks["postgis"] = "the extension is missing"
    if fsync != "on" or pages != "on" or commit not in SAFE_COMMITS:
        checks["durability"] = f"fsync={fsync} full_page_writes={pages} synchronous_commit={commit}"
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        checks["migrations"] = f"{len(waiting)} not applied"
        return
    owns, unread = standing()
    if unread:
        checks["rights"] = f"{unread} tables are closed to this role: manage.py grant"
        return
    if owns:
        notes["roles"] = "one role owns the tables and runs the product (docs/deployment.md)"
    if PeriodicRun.objects.filter(task=PURGE, failures__gt=0).exists():
        notes["purge"] = "the last purge failed"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sectors_territory WHERE triage_post_id IS NOT NULL")
        if cursor.fetchone()[0] == 0:
            checks["territory"] = "none is loaded"
    if refusal():
        checks["territory"] = "a real one, in the demonstration"


# Probes call by address, and need no session, no language and no host's name (see `shortway`).
for _view in (healthz, readyz):
    _view.is_endpoint = _view.needs_no_host = True  # type: ignore[attr-defined]
