"""What a fresh machine gets: scripts/setup, the locks, the Makefile's promises."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from .clones import ROOT, bare_clone, environment, run

LOCKS = sorted(ROOT.glob("requirements*.txt"))
SERVER = ["postgresql-postgis", "postgresql-postgis-scripts"]
LIBRARIES = [
    "gdal-bin",
    "gettext",
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "fonts-dejavu-core",
    "python3",
    "python3-venv",
]


@pytest.mark.parametrize(
    ("options", "packages"),
    [
        ([], SERVER + LIBRARIES),
        (["--tests"], [*SERVER, *LIBRARIES, "chromium", "wrk"]),
        (["--no-database"], LIBRARIES),
    ],
)
def test_packages(options: list[str], packages: list[str]) -> None:
    assert run(ROOT, "scripts/setup", "--packages", *options).stdout.split() == packages


def test_a_given_server_needs_no_other() -> None:
    assert run(ROOT, "scripts/setup", "--packages", PGHOST="db.example").stdout.split() == LIBRARIES


def poor_machine(folder: Path) -> str:
    """A PATH with the tools of every Debian, without apt-get, sudo, GDAL, gettext and Chromium."""
    for tool in ("bash", "env", "sed", "cat", "dirname", "id", "ldconfig", "python3", "mktemp", "grep"):
        found = subprocess.run(
            ["bash", "-c", f"PATH=$PATH:/sbin:/usr/sbin command -v {tool}"], capture_output=True, text=True, check=True
        )
        (folder / tool).symlink_to(found.stdout.strip())
    return str(folder)


def test_what_cannot_be_installed_is_said_with_what_to_do(tmp_path: Path) -> None:
    clone = bare_clone(tmp_path / "clone")
    tools = tmp_path / "tools"
    tools.mkdir()
    refused = subprocess.run(
        ["bash", "scripts/setup", "--tests"],
        cwd=clone,
        env={"PATH": poor_machine(tools), "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "cannot be installed here" in refused.stderr
    assert "docker compose up" in refused.stderr
    missing = refused.stderr.splitlines()[0].partition(": missing on this machine: ")[2].split()
    assert {"gdal-bin", "gettext", "chromium"} <= set(missing)
    assert sorted(p.name for p in clone.iterdir()) == ["scripts"]


def test_what_lies_behind_a_link_is_left_alone(tmp_path: Path) -> None:
    clone = bare_clone(tmp_path / "clone")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (clone / ".venv").symlink_to(elsewhere)
    refused = run(clone, "scripts/setup", "--no-database")
    assert refused.returncode == 1
    assert "symbolic link" in refused.stderr
    assert (elsewhere / "kept").exists()


def test_an_unknown_option_is_refused() -> None:
    assert run(ROOT, "scripts/setup", "--test").returncode == 2


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_python_package_is_pinned_by_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text())
    entries = [e for e in entries if re.match(r"[a-z0-9]", e)]
    assert entries
    assert [e.split()[0] for e in entries if not re.match(r"[\w.\[\]-]+==\S+ ", e) or "--hash=sha256:" not in e] == []
    assert "://" not in lock.read_text()


def test_the_tools_of_the_tests_change_no_package_of_the_product() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.M))

    product, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {
        name: (product[name], tools[name]) for name in product.keys() & tools.keys() if product[name] != tools[name]
    } == {}


def test_the_front_end_is_pinned_by_hash_and_from_no_address() -> None:
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text())
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned exactly"
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    packages = {name: entry for name, entry in locked.items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry] == []


def test_make_alone_says_what_there_is() -> None:
    answer = subprocess.run(["make"], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^  make (\S+) ", answer.stdout, re.M))
    assert listed >= {"run", "test", "check", "fix", "bench", "token", "stop", "reset", "lock", "messages"}


def test_token_asks_for_whom() -> None:
    bare = environment()
    bare.pop("EMAIL", None)
    refused = subprocess.run(["make", "-s", "token"], cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "EMAIL=" in refused.stderr


def test_the_scripts_are_executable_and_strict() -> None:
    files = [path for path in [*(ROOT / "scripts").rglob("*"), ROOT / ".ci" / "run"] if path.is_file()]
    scripts = [path for path in files if path.suffix not in {".py", ".pyc"}]
    assert scripts
    for script in scripts:
        text = script.read_text()
        assert os.access(script, os.X_OK), script
        assert text.startswith("#!/usr/bin/env bash\n"), script
        assert "\nset -euo pipefail\n" in text, script
        assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
