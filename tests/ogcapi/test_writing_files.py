"""A writer that dies, hangs, or fills its disk leaves nothing behind; two who ask at once write once."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from django.test import Client

from ogcapi import files, packing
from ogcapi.geojson import Refused

FILE = "/ogc/collections/sectors/sectors.fgb"
NAME = f"{'0' * 64}.fgb"


@pytest.fixture
def folder(settings):
    return settings.DOWNLOADS_ROOT


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(("lock-", "writer-")))


def refused() -> None:
    response = Client(SERVER_NAME="localhost").get(FILE)
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert response["Retry-After"] == "10"


def put(folder: Path, name: str, *, age_s: float, size: int = 3) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"x" * size)
    moment = time.time() - age_s
    os.utime(path, (moment, moment))
    return path


WRITERS = {
    "ends in the middle": "import sys; input(); open('sectors.fgb', 'wb').write(b'fgb'); sys.exit(3)",
    "is killed": "import os, signal; open('sectors.fgb', 'wb').write(b'fgb'); os.kill(os.getpid(), signal.SIGKILL)",
    "hangs": "import time; time.sleep(600)",
    "writes nothing": "import sys; sys.stdin.buffer.read()",
    "does not read": "import sys; sys.stdin.close()",
}


@pytest.mark.django_db
@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_that_fails_leaves_no_file(monkeypatch, tmp_path, folder, writer):
    program = tmp_path / "program.py"
    program.write_text(WRITERS[writer])
    monkeypatch.setattr(packing, "__file__", str(program))
    monkeypatch.setattr(files, "WRITTEN_WITHIN_S", 0 if writer == "hangs" else 20)
    refused()
    assert left(folder) == []


@pytest.mark.django_db
def test_rows_that_fail_in_the_middle_leave_no_file(monkeypatch, folder):
    def failing(*_: object):
        yield from ()
        raise ZeroDivisionError

    monkeypatch.setattr("ogcapi.downloads.streamed", failing)
    with pytest.raises(ZeroDivisionError):
        Client(SERVER_NAME="localhost").get(FILE)
    assert left(folder) == []


@pytest.mark.django_db
@pytest.mark.parametrize("most", [1, 30_000])
def test_a_full_disk_is_no_half_file(monkeypatch, folder, most):
    monkeypatch.setattr(files, "_BIGGEST", most)
    refused()
    assert left(folder) == []
    monkeypatch.setattr(files, "_BIGGEST", 1 << 30)
    assert Client(SERVER_NAME="localhost").head(FILE).status_code == 200


@pytest.mark.django_db
def test_a_folder_that_cannot_be_made(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.DOWNLOADS_ROOT = tmp_path / "file" / "in"
    refused()


@pytest.mark.django_db
def test_the_writer_ends_itself_where_its_reader_died_and_in_its_time(monkeypatch, tmp_path, folder):
    """GDAL stands in for a program that does not end."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "ogr2ogr").write_text("#!/bin/sh\nexec sleep 600\n")
    (programs / "ogr2ogr").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr(files, "WRITTEN_WITHIN_S", 1)
    # The one who watches is late: the writer's own limit it is.
    monkeypatch.setattr(files, "Timer", lambda seconds, action: threading.Timer(seconds + 60, action))
    refused()
    assert left(folder) == []


@pytest.mark.django_db
def test_the_writer_is_told_nothing_that_opens_a_database(monkeypatch, tmp_path, folder):
    seen = tmp_path / "seen"
    program = tmp_path / "program.py"
    program.write_text(
        f"import os, sys\nsys.stdin.buffer.read()\nopen({str(seen)!r}, 'w').write(repr((dict(os.environ), sys.argv)))\n"
    )
    monkeypatch.setattr(packing, "__file__", str(program))
    for name in ("PGPASSWORD", "PSQ_SECRET_KEY", "PGHOST"):
        monkeypatch.setenv(name, os.environ.get(name) or "hush-hush")
    refused()
    told = seen.read_text()
    assert "PG" not in told
    assert "PSQ" not in told
    assert "hush-hush" not in told


def test_of_two_who_ask_at_once_one_writes(folder):
    written: list[int] = []
    begun, given = threading.Event(), []

    def write(place: Path) -> Path:
        written.append(1)
        begun.set()
        time.sleep(0.3)
        path = place / "x.fgb"
        path.write_bytes(b"whole")
        return path

    def ask() -> None:
        with files.taken(NAME, write) as file:
            given.append(file.read())

    first = threading.Thread(target=ask)
    first.start()
    assert begun.wait(10)
    assert files.held(NAME) is None
    others = [threading.Thread(target=ask) for _each in range(3)]
    for each in others:
        each.start()
    for each in (first, *others):
        each.join()
    assert (len(written), given) == (1, [b"whole"] * 4)


def test_no_more_than_two_are_written_at_once_and_the_third_is_told_to_come_back(monkeypatch, folder):
    monkeypatch.setattr(files, "_PATIENCE_S", 0.2)
    go, busy = threading.Event(), threading.Barrier(3)

    def write(place: Path) -> Path:
        busy.wait(10)
        go.wait(10)
        path = place / "x.fgb"
        path.write_bytes(b"whole")
        return path

    def ask(name: str) -> None:
        files.taken(name, write).close()

    threads = [threading.Thread(target=ask, args=(f"{digit}{NAME[1:]}",)) for digit in "ab"]
    for each in threads:
        each.start()
    busy.wait(10)
    with pytest.raises(Refused) as caught:
        files.taken(f"c{NAME[1:]}", write)
    assert (caught.value.status, caught.value.retry_after_s) == (503, 10)
    go.set()
    for each in threads:
        each.join()


def test_a_file_in_the_middle_of_being_read_may_be_replaced(folder):
    put(folder, NAME, age_s=0, size=10)
    file = files.held(NAME)
    assert file is not None
    (folder / NAME).unlink()
    with file:
        assert file.read() == b"x" * 10


def test_what_is_past_its_hour_goes(folder):
    old, young = put(folder, NAME, age_s=3601), put(folder, NAME.replace("fgb", "gpkg"), age_s=3500)
    dead, alive = folder / "unfinished-a", folder / "unfinished-b"
    for place, age_s in ((dead, 3600), (alive, 5)):
        place.mkdir()
        (place / "rows.gpkg").write_bytes(b"x")
        os.utime(place, (time.time() - age_s,) * 2)
    lock = put(folder, "lock-0", age_s=90_000)
    assert files.held(NAME) is None
    assert files.sweep() == 1
    assert [path.exists() for path in (old, young, dead, alive, lock)] == [False, True, False, True, True]
    shutil.rmtree(folder)
    assert files.sweep() == 0


def test_the_oldest_make_room(monkeypatch, folder):
    monkeypatch.setattr(files, "_ALL_TOGETHER", 250)
    paths = [put(folder, f"{n}{NAME[1:]}", age_s=100 * n, size=100) for n in range(1, 5)]
    assert files.sweep() == 2
    assert [path.exists() for path in paths] == [True, True, False, False]


def test_the_worker_sweeps(settings):
    assert settings.PERIODIC_TASKS["ogcapi.files.sweep"] == 300


def test_nobody_else_on_the_machine_reads_it(folder):
    def write(place: Path) -> Path:
        path = place / "x.fgb"
        path.write_bytes(b"whole")
        return path

    files.taken(NAME, write).close()
    assert folder.stat().st_mode & 0o077 == 0
