"""Asks the registries whether a locked dependency has a known flaw: python scripts/audit.py

Fails for a flaw. Where a registry cannot be asked it says SKIPPED and for what: a check that was not made is no green
one. pip-audit alone would call "no known vulnerabilities" a lock of which it could look up nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
LOCKS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-build.txt",
    "requirements-bench.txt",
    "requirements-data.txt",
)
# An answer takes seconds; a network that swallows requests must not hold the checks up.
PATIENCE_S = 60
FLAWED, SKIPPED, CLEAN = "FLAWED", "SKIPPED", "clean"
Verdict = tuple[str, list[str]]


def of_pip_audit(output: str) -> Verdict:
    """What pip-audit's JSON says of a lock: its verdict, and the lines that tell why."""
    document = _json(output)
    if not isinstance(document, dict) or not document.get("dependencies"):
        return SKIPPED, ["no answer"]
    asked = [each for each in document["dependencies"] if "vulns" in each]
    unknown = [each["name"] for each in document["dependencies"] if "vulns" not in each]
    flaws = [
        f"{each['name']} {each['version']}: {flaw['id']} (mended in {', '.join(flaw['fix_versions']) or 'no version'})"
        for each in asked
        for flaw in each["vulns"]
    ]
    if flaws:
        return FLAWED, flaws
    if not asked:
        return SKIPPED, ["the registry does not answer"]
    said = [f"{len(asked)} packages asked for"]
    return (SKIPPED, [*said, f"not: {', '.join(unknown)}"]) if unknown else (CLEAN, said)


def of_npm(output: str) -> Verdict:
    """What npm's JSON says of its lock: its verdict, and the lines that tell why."""
    document = _json(output)
    if not isinstance(document, dict) or "vulnerabilities" not in document:
        reason = document.get("message") if isinstance(document, dict) else ""
        return SKIPPED, [reason or "no answer"]
    flaws = [f"{name}: {each['severity']}, {each['range']}" for name, each in document["vulnerabilities"].items()]
    return (FLAWED, flaws) if flaws else (CLEAN, ["all packages asked for"])


def _json(output: str) -> Any:
    try:
        return json.loads(output)
    except ValueError:
        return None


def ask(command: Sequence[str | Path], folder: Path, read: Callable[[str], Verdict]) -> Verdict:
    """The verdict of a program; SKIPPED where it is not there or does not end in time."""
    # npm looks for the node beside it.
    env = {**os.environ, "PATH": f"{BIN}:{os.environ.get('PATH', '')}"}
    try:
        done = subprocess.run(  # noqa: S603 - commands of this module only
            command, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return SKIPPED, [str(error)]
    return read(done.stdout)


def main() -> int:
    """0, or 1 where a flaw is known."""
    verdicts = {}
    for lock in LOCKS:
        options = [
            "--require-hashes",
            "--disable-pip",
            "--format",
            "json",
            "--progress-spinner",
            "off",
            "--timeout",
            "5",
        ]
        verdicts[lock] = ask([BIN / "pip-audit", *options, "--requirement", lock], ROOT, of_pip_audit)
        if verdicts[lock][0] == SKIPPED:
            # The same registry would keep silent for the others, at the same price.
            break
    npm = ["audit", "--json", "--package-lock-only", "--fetch-retries", "0", "--fetch-timeout", "10000"]
    verdicts["frontend/package-lock.json"] = ask([BIN / "npm", *npm], ROOT / "frontend", of_npm)
    for name, (verdict, lines) in verdicts.items():
        sys.stdout.write("".join(f"{verdict} {name}: {line}\n" for line in lines))
    return int(any(verdict == FLAWED for verdict, _ in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main())
