"""scripts/postgis on real clusters: private, safe after a crash, one for each clone."""

import os
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
from psycopg2.errors import lookup

from .clones import bare_clone, environment, run

pytestmark = pytest.mark.skipif(
    not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")),
    reason="this machine uses a PostGIS of elsewhere (PGHOST)",
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone in a folder too deep for a socket's 107 bytes, its cluster started."""
    folder = bare_clone(tmp_path_factory.mktemp("clone") / ("deep" * 15) / ("deeper" * 10))
    assert len(str(folder)) > 107
    started = run(folder, "scripts/postgis", "start")
    assert started.returncode == 0, started.stderr
    yield folder
    assert run(folder, "scripts/postgis", "reset", "--yes").returncode == 0


def variables(clone: Path) -> dict[str, str]:
    """What `scripts/postgis env` exports, as a shell that evaluates it sees it."""
    answer = subprocess.run(
        ["bash", "-c", 'eval "$(scripts/postgis env)"; env'],
        cwd=clone,
        env=environment(PGPASSWORD="another server's"),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in answer.stdout.splitlines() if line.startswith(("PG", "PSQ_APP=")))


def connect(clone: Path, **other: str) -> Any:
    """A connection of the application's role; each statement commits."""
    names = variables(clone)
    parameters = {
        "host": names["PGHOST"],
        "port": names["PGPORT"],
        "user": names["PGUSER"],
        "dbname": names["PGDATABASE"],
        "passfile": names["PGPASSFILE"],
        **other,
    }
    connection = psycopg2.connect(**parameters)
    connection.autocommit = True
    return connection


def ask(clone: Path, question: str, **other: str) -> object:
    """The first column of the first row."""
    connection = connect(clone, **other)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone()
    finally:
        connection.close()
    return row[0] if row else None


def tell(clone: Path, statement: str) -> None:
    connection = connect(clone)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def postmaster(clone: Path) -> psutil.Process:
    """The server's first process: the one that listens on the clone's port."""
    marker = f"-p {variables(clone)['PGPORT']} -k {variables(clone)['PGHOST']}"
    found: psutil.Process
    (found,) = [p for p in psutil.process_iter(["cmdline"]) if marker in " ".join(p.info["cmdline"] or [])]
    return found


def test_start_is_silent_when_all_is_well(clone: Path) -> None:
    again = run(clone, "scripts/postgis", "start")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert run(clone, "scripts/postgis", "status").stdout.startswith("running on 127.0.0.1:")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("wal_level", "replica"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
    ],
)
def test_setting(clone: Path, setting: str, value: str) -> None:
    assert ask(clone, f"SHOW {setting}") == value


def test_the_role_owns_its_database_and_is_no_superuser(clone: Path) -> None:
    role = "SELECT concat_ws(' ', rolsuper, rolcreatedb, rolcreaterole, rolreplication) FROM pg_roles"
    assert ask(clone, f"{role} WHERE rolname = current_user") == "f t f f"
    assert ask(clone, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'psq_geo'") == "psq"


def test_the_product_runs_as_a_role_that_owns_nothing(clone: Path) -> None:
    role = "SELECT concat_ws(' ', rolsuper, rolcreatedb, rolcreaterole, rolreplication) FROM pg_roles"
    assert ask(clone, f"{role} WHERE rolname = current_user", user="psq_app") == "f f f f"
    with pytest.raises(lookup("42501")):
        ask(clone, "CREATE TABLE mine (n integer)", user="psq_app")


def test_a_cluster_of_before_gets_the_second_role_at_its_next_start(clone: Path) -> None:
    passwords = Path(variables(clone)["PGPASSFILE"])
    whole = passwords.read_text()
    passwords.write_text("".join(line for line in whole.splitlines(True) if ":psq_app:" not in line))
    assert "PSQ_APP" not in variables(clone)
    (clone / ".local" / "prepared").write_text("")  # as a touched file of an earlier version is
    assert run(clone, "scripts/postgis", "start").returncode == 0
    assert variables(clone)["PSQ_APP"] == "psq_app"
    assert ask(clone, "SELECT current_user", user="psq_app") == "psq_app"
    assert ask(clone, "SELECT current_user") == "psq"


def test_a_database_made_by_the_role_has_the_extensions(clone: Path) -> None:
    tell(clone, "CREATE DATABASE test_of_ground")
    names = "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension"
    assert ask(clone, names, dbname="test_of_ground") == "btree_gist plpgsql postgis"
    assert ask(clone, "SELECT ST_AsText(ST_Point(6.08, 44.56, 4326))", dbname="test_of_ground") == "POINT(6.08 44.56)"
    tell(clone, "DROP DATABASE test_of_ground")


@pytest.mark.parametrize("other", [{"passfile": "/nowhere"}, {"user": "postgres", "password": "postgres"}])
@pytest.mark.parametrize("host", ["socket", "127.0.0.1"])
def test_nobody_else_enters(clone: Path, host: str, other: dict[str, str]) -> None:
    if os.geteuid() != 0 and host == "socket" and "user" in other:
        pytest.skip("the account that keeps the cluster is its superuser")
    where = {} if host == "socket" else {"host": host}
    with pytest.raises(Exception, match=r"no password supplied|rejects connection|Peer authentication"):
        connect(clone, **where, **other)


def test_the_password_and_the_socket_are_private(clone: Path) -> None:
    names = variables(clone)
    assert stat.S_IMODE(Path(names["PGPASSFILE"]).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(names["PGHOST"]).stat().st_mode) == 0o700
    assert "PGPASSWORD" not in names
    assert postmaster(clone).username() != "root"


def test_a_killed_server_comes_back_with_every_commit(clone: Path) -> None:
    tell(clone, "CREATE TABLE kept (n integer)")
    tell(clone, "INSERT INTO kept SELECT generate_series(1, 1000)")
    for _ in range(3):
        postmaster(clone).send_signal(signal.SIGKILL)
        back = run(clone, "scripts/postgis", "start")
        assert back.returncode == 0, back.stderr
        assert ask(clone, "SELECT count(*) FROM kept") == 1000
    tell(clone, "DROP TABLE kept")


def test_starts_at_once_wait_for_each_other(clone: Path) -> None:
    assert run(clone, "scripts/postgis", "stop").returncode == 0
    assert run(clone, "scripts/postgis", "status").returncode == 3
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: run(clone, "scripts/postgis", "start"), range(4)))
    assert [r.returncode for r in results] == [0, 0, 0, 0]
    assert sum("started" in r.stderr for r in results) == 1


def test_two_clones_run_at_once(clone: Path, tmp_path: Path) -> None:
    other = bare_clone(tmp_path / "other")
    try:
        assert run(other, "scripts/postgis", "start").returncode == 0
        assert variables(other)["PGPORT"] != variables(clone)["PGPORT"]
        tell(other, "CREATE TABLE here (n integer)")
        assert ask(clone, "SELECT to_regclass('here')") is None
    finally:
        assert run(other, "scripts/postgis", "reset", "--yes").returncode == 0
    assert run(clone, "scripts/postgis", "status").returncode == 0


def test_a_port_taken_meanwhile_is_left_to_its_holder(clone: Path) -> None:
    before = int(variables(clone)["PGPORT"])
    assert run(clone, "scripts/postgis", "stop").returncode == 0
    with socket.create_server(("127.0.0.1", before)):
        moved = run(clone, "scripts/postgis", "start")
        assert moved.returncode == 0, moved.stderr
        assert f"port {before} is taken" in moved.stderr
        assert int(variables(clone)["PGPORT"]) != before
        assert ask(clone, "SELECT 1") == 1


def test_the_port_can_be_chosen(clone: Path) -> None:
    assert run(clone, "scripts/postgis", "stop").returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        refused = run(clone, "scripts/postgis", "start", PGPORT=str(wanted))
        assert refused.returncode == 1
        assert f"port {wanted} (PGPORT) is taken" in refused.stderr
    assert run(clone, "scripts/postgis", "start", PGPORT=str(wanted)).returncode == 0
    assert int(variables(clone)["PGPORT"]) == wanted


def test_a_socket_folder_of_somebody_else_is_refused(clone: Path) -> None:
    folder = Path(variables(clone)["PGHOST"])
    assert run(clone, "scripts/postgis", "stop").returncode == 0
    shutil.rmtree(folder)
    folder.symlink_to("/tmp")
    try:
        refused = run(clone, "scripts/postgis", "start")
        assert refused.returncode == 1
        assert "not a private folder" in refused.stderr
    finally:
        folder.unlink()
    assert run(clone, "scripts/postgis", "start").returncode == 0


def test_reset_asks_first(clone: Path) -> None:
    refused = run(clone, "scripts/postgis", "reset")
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert ask(clone, "SELECT 1") == 1


def test_an_unknown_word_is_refused(clone: Path) -> None:
    assert run(clone, "scripts/postgis", "strat").returncode == 2
