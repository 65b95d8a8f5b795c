"""Where the ground's tests run: the repository itself, or a bare clone that holds its scripts alone."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would choose a database, a role or a port, and with `more`."""
    chosen = {"PORT", "HOST", "MAKEFLAGS", "PSQ_APP", "PSQ_OWNER"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG") and k not in chosen}
    return {**kept, **more}


def bare_clone(folder: Path) -> Path:
    """The folder, made into a clone that holds the scripts and nothing else."""
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    return folder


def run(clone: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What a script of the clone answers, its output as text."""
    return subprocess.run(
        [str(clone / command[0]), *command[1:]],
        cwd=clone,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
