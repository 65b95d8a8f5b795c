"""The module that lets neighbours follow has no page: its own tests run in the JavaScript engine that built it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def test_shared_borders_stay_shared() -> None:
    beside = Path(sys.executable).parent / "node"
    node = str(beside) if beside.exists() else shutil.which("node")
    assert node is not None
    tests = Path(__file__).with_name("shared_borders.mjs")
    done = subprocess.run([node, "--test", str(tests)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
