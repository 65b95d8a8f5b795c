#!/usr/bin/env python
"""Django's command line, on the private cluster of this clone where no other server is named."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from django.core.management import execute_from_command_line


def find_cluster() -> None:
    """Sets libpq's variables as `scripts/postgis env` tells them, unless PGHOST is set or there is no cluster."""
    here = Path(__file__).resolve().parent
    if os.environ.get("PGHOST") or not (here / ".local" / "pgport").exists():
        return
    told = subprocess.run([here / "scripts" / "postgis", "env"], capture_output=True, text=True, check=False)  # noqa: S603
    for word in shlex.split(told.stdout):
        name, is_set, value = word.partition("=")
        if is_set and (name.startswith("PG") or name == "PSQ_APP"):
            os.environ.setdefault(name, value)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psq_geo.settings")
    # Five seconds are for those who wait for an answer; a migration or an import may take its time.
    os.environ.setdefault("PSQ_STATEMENT_TIMEOUT", "10min")
    find_cluster()
    execute_from_command_line(sys.argv)
