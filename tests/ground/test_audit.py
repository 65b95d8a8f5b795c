"""The check for known flaws is green only where it was made."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

audit = importlib.import_module("scripts.audit")

FOUND = {"name": "django", "version": "5.2.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["5.2.2", "5.2.3"]}]}
SOUND = {"name": "orjson", "version": "3.0", "vulns": []}
UNKNOWN = {"name": "attrs", "skip_reason": "Dependency not found on PyPI and could not be audited: attrs (26.1.0)"}
NPM = {"auditReportVersion": 2, "metadata": {}}


@pytest.mark.parametrize(
    ("dependencies", "verdict", "line"),
    [
        ([SOUND], audit.CLEAN, "1 packages asked for"),
        ([SOUND, FOUND, UNKNOWN], audit.FLAWED, "django 5.2.1: PYSEC-1 (mended in 5.2.2, 5.2.3)"),
        ([UNKNOWN, UNKNOWN], audit.SKIPPED, "the registry does not answer"),
        ([SOUND, UNKNOWN], audit.SKIPPED, "not: attrs"),
        ([], audit.SKIPPED, "no answer"),
    ],
)
def test_what_pip_audit_says(dependencies, verdict, line):
    """It ends well, and says "No known vulnerabilities found", for packages that it could not look up."""
    found = audit.of_pip_audit(json.dumps({"dependencies": dependencies}))
    assert found[0] == verdict
    assert line in found[1]


@pytest.mark.parametrize(
    ("answer", "verdict", "line"),
    [
        (NPM | {"vulnerabilities": {}}, audit.CLEAN, "all packages asked for"),
        (
            NPM | {"vulnerabilities": {"esbuild": {"severity": "moderate", "range": "<0.25"}}},
            audit.FLAWED,
            "esbuild: moderate, <0.25",
        ),
        (
            {"message": "405 Method Not Allowed", "statusCode": 405, "error": {}},
            audit.SKIPPED,
            "405 Method Not Allowed",
        ),
    ],
)
def test_what_npm_says(answer, verdict, line):
    assert audit.of_npm(json.dumps(answer)) == (verdict, [line])


@pytest.mark.parametrize("text", ["", "not JSON", "[]", "null", '{"dependencies": null}'])
def test_an_answer_that_is_none(text):
    assert audit.of_pip_audit(text)[0] == audit.of_npm(text)[0] == audit.SKIPPED


def test_a_program_that_hangs_or_is_not_there(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(audit, "PATIENCE_S", 0.2)
    assert audit.ask([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, audit.of_npm)[0] == audit.SKIPPED
    assert audit.ask([tmp_path / "missing"], tmp_path, audit.of_npm)[0] == audit.SKIPPED


@pytest.mark.parametrize(("verdict", "code"), [(audit.CLEAN, 0), (audit.SKIPPED, 0), (audit.FLAWED, 1)])
def test_only_a_flaw_fails(monkeypatch, capsys, verdict, code):
    monkeypatch.setattr(audit, "ask", lambda *_: (verdict, ["a line"]))
    assert audit.main() == code
    assert f"{verdict} requirements.txt: a line" in capsys.readouterr().out


def test_every_lock_is_asked_for():
    """Those too that serve nobody: what a developer installs runs with a developer's rights."""
    assert {path.name for path in ROOT.glob("requirements*.txt")} == set(audit.LOCKS)


def test_no_lock_is_resolved_anew():
    """The versions asked for are those that are installed; nothing is downloaded to find them."""
    command = [audit.BIN / "pip-audit", "--require-hashes", "--disable-pip", "--dry-run", "-r", "requirements.txt"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
