"""The peers' environment: Python packages of their own, pinned by hash, under `.local/bench`."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent.parent
TEXTBOOK: Final = Path(__file__).resolve().parent / "textbook"
PYGEOAPI: Final = Path(__file__).resolve().parent / "pygeoapi.yml"
REQUIREMENTS: Final = ROOT / "requirements-bench.txt"
VENV: Final = ROOT / ".local" / "bench" / "venv"


def python_of() -> Path:
    """The interpreter of the peers' environment."""
    return VENV / "bin" / "python"


def install() -> None:
    """Makes the environment; nothing is done while its requirements have not changed. Raises CalledProcessError."""
    stamp = VENV / "installed"
    print_ = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == print_:
        return
    sys.stderr.write("bench: installing the peers (requirements-bench.txt)\n")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(python_of()), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS)], check=True)
    stamp.write_text(print_)


def versions(*names: str) -> list[tuple[str, str]]:
    """The packages of the environment and their versions."""
    script = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    run = subprocess.run([str(python_of()), "-c", script, *names], check=True, stdout=subprocess.PIPE, text=True)
    return list(zip(names, run.stdout.split(), strict=True))
