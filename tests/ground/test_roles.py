"""The two roles on a real cluster: what the running product may not do, whatever it is made to say."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg2.errors import lookup

from .clones import ROOT, bare_clone, environment, run
from .test_cluster import connect, pytestmark, variables

__all__ = ["pytestmark"]

InsufficientPrivilege, RestrictViolation = lookup("42501"), lookup("23001")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cluster whose database has the product's tables, and whose second role has its rights."""
    folder = bare_clone(tmp_path_factory.mktemp("roles") / "clone")
    started = run(folder, "scripts/postgis", "start")
    assert started.returncode == 0, started.stderr
    manage(folder, "migrate", "--verbosity", "0")
    manage(folder, "grant", "--verbosity", "0")
    with connect(folder).cursor() as cursor:
        cursor.execute(
            'INSERT INTO accounts_accesslog (operation, reference, "references", territory, motive, recipient)'
            " VALUES ('test', '', '[]', '', '', '')"
        )
    yield folder
    assert run(folder, "scripts/postgis", "reset", "--yes").returncode == 0


def manage(clone: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """manage.py of this repository on the clone's cluster; as the owner unless `more` says otherwise."""
    done = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "python"), "manage.py", *command],
        cwd=ROOT,
        env=environment(**{**variables(clone), **more}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def app(clone: Path) -> Iterator[Any]:
    """A cursor of the role that the running product is."""
    connection = connect(clone, user="psq_app")
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def owner(clone: Path, question: str) -> list[tuple[Any, ...]]:
    connection = connect(clone)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())
    finally:
        connection.close()


ONCE = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'psq_append_only'"


def test_what_is_written_once_is_neither_changed_nor_removed(clone: Path, app: Any) -> None:
    tables = [row[0] for row in owner(clone, ONCE)]
    assert {"accounts_accesslog", "accounts_retentionrun", "incidents_routing", "incidents_statuschange"} <= set(tables)
    for table in tables:
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            # Saying that one is the purge changes nothing.
            app.execute("SET psq_geo.purge = 'on'")
            with pytest.raises(InsufficientPrivilege):
                app.execute(statement)
    assert owner(clone, "SELECT count(*) FROM accounts_accesslog WHERE operation = 'test'") == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n integer)",
        "CREATE SCHEMA mine",
        "ALTER TABLE accounts_accesslog DISABLE TRIGGER ALL",
        "ALTER TABLE accounts_accesslog ADD COLUMN n integer",
        "DROP TRIGGER psq_append_only ON accounts_accesslog",
        "DROP TABLE accounts_accesslog",
        "CREATE OR REPLACE FUNCTION psq_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "SET session_replication_role = replica",
        "SET ROLE psq",
        "DELETE FROM incidents_incident",
        "DELETE FROM accounts_user",
        "DELETE FROM incidents_statisticalrow",
        "DELETE FROM incidents_suspension",
        "DELETE FROM incidents_transfer",
        "DELETE FROM incidents_handover",
        "INSERT INTO accounts_retentionrun (by) VALUES ('somebody')",
        "DELETE FROM django_migrations",
        "CREATE EXTENSION dblink",
        "COPY accounts_user TO PROGRAM 'cat'",
    ],
)
def test_a_role_that_runs_rules_nothing(app: Any, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        app.execute(statement)


def test_the_owner_too_needs_to_be_the_purge(clone: Path) -> None:
    with pytest.raises(RestrictViolation):
        owner(clone, "DELETE FROM accounts_accesslog RETURNING id")
    with pytest.raises(RestrictViolation):
        owner(clone, "TRUNCATE accounts_accesslog")


def test_what_running_needs_is_given(clone: Path, app: Any) -> None:
    tables = [
        row[0]
        for row in owner(
            clone, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    ]
    for table in tables:
        app.execute(f'SELECT * FROM "{table}" LIMIT 0')
    app.execute(
        'INSERT INTO accounts_accesslog (operation, reference, "references", territory, motive, recipient)'
        " VALUES ('test of the app', '', '[]', '', '', '') RETURNING id"
    )
    assert app.fetchone()


def test_a_new_table_is_closed_until_the_next_grant(clone: Path, app: Any) -> None:
    manage(clone, "grant")
    connection = connect(clone)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (n integer)")
    with pytest.raises(InsufficientPrivilege):
        app.execute("SELECT * FROM later")
    assert "later" in manage(clone, "grant").stdout
    app.execute("SELECT * FROM later")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE later")
    connection.close()


def test_the_worker_purges_as_the_owner_and_says_when_it_cannot(clone: Path) -> None:
    task = "SELECT failures, last_error FROM messaging_periodicrun WHERE task = 'accounts.tasks.purge'"
    manage(clone, "worker", "--once", PGUSER="psq_app", PSQ_APP="")
    ((failures, words),) = owner(clone, task)
    assert (failures, "PSQ_OWNER" in words) == (1, True)
    assert owner(clone, "SELECT count(*) FROM accounts_retentionrun") == [(0,)]

    owner(clone, "UPDATE messaging_periodicrun SET next_run_at = now() RETURNING task")
    manage(clone, "worker", "--once", PGUSER="psq_app", PSQ_APP="", PSQ_OWNER="psq")
    assert owner(clone, task) == [(0, "")]
    assert owner(clone, "SELECT by, dry_run, failures::text FROM accounts_retentionrun") == [("worker", False, "{}")]
