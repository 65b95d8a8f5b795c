"""The demonstration does not start on a database that holds a real territory: nothing is prepared beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.conf import settings

from .clones import ROOT, environment, run

TERRITORY = (
    "INSERT INTO sectors_territory (code, name_fr, name_en, rank, departments, tolerance_m, days, triage_days,"
    " holiday_zone, reminders, policy_version, publish_names, nearby_m, nearby_days, is_demonstration, contact_days,"
    " text_years, log_years) VALUES ('99', 'Vrai', 'Real', 0, '[]', 25, 30, 3, '', '[]', '1', false, 100, 30, false,"
    " 30, 3, 3)"
)


def connected(names: dict[str, str], database: str) -> Any:
    password = os.environ.get("PGPASSWORD")
    found = psycopg2.connect(
        host=names["PGHOST"], port=names["PGPORT"], user=names["PGUSER"], password=password, dbname=database
    )
    found.autocommit = True
    return found


@pytest.fixture(scope="module")
def real() -> Iterator[dict[str, str]]:
    """The variables of libpq that lead to a database of this module with the tables and one real territory."""
    server = {key: str(value) for key, value in settings.DATABASES["default"].items()}
    names = {"PGHOST": server["HOST"], "PGPORT": server["PORT"], "PGUSER": server["USER"]}
    names |= {key: os.environ[key] for key in ("PGPASSFILE", "PGPASSWORD") if key in os.environ}
    name = f"psq_real_{os.getpid()}"
    with closing(connected(names, "postgres")) as connection, connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            variables = {**names, "PGDATABASE": name}
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=ROOT, env=environment(**variables), check=True)
            with closing(connected(names, name)) as inside, inside.cursor() as writing:
                writing.execute(TERRITORY)
            yield variables
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize("part", ["web", "worker", "prepare"])
def test_it_says_why_and_ends(real: dict[str, str], part: str) -> None:
    refused = run(ROOT, "scripts/serve", part, PORT="8392", **real)
    assert refused.returncode != 0
    assert "holds a real territory (99)" in refused.stdout + refused.stderr
    with closing(connected(real, real["PGDATABASE"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sectors_territory")
        assert cursor.fetchone()[0] == 1
        cursor.execute("SELECT count(*) FROM accounts_user")
        assert cursor.fetchone()[0] == 0
