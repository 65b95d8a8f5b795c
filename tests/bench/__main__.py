"""`python -m tests.bench [suite…]`: measures, checks, prints the ratios, and writes docs/performance.md.

libpq's variables say where PostGIS is (`eval "$(scripts/postgis env)"`). Its databases and servers end with it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import django


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all was measured, 1 where something could not be, 2 for what cannot be asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "suites",
        nargs="*",
        metavar="suite",
        help="locate, batch, route, report, desk, tiles, features, million, memory (default: all)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each contender has its turn (3)")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a turn is (2)")
    parser.add_argument("--sectors", type=int, default=20_000, help="how many sectors are generated (20000)")
    parser.add_argument("--no-page", action="store_true", help="only print; leave docs/performance.md as it is")
    options = parser.parse_args(arguments)
    if not (1 <= options.rounds <= 50 and 0 < options.seconds <= 60 and 100 <= options.sectors <= 50_000):
        parser.error("1 to 50 rounds of at most 60 seconds, with 100 to 50,000 sectors")
    os.environ["DJANGO_SETTINGS_MODULE"] = "psq_geo.settings"
    django.setup()
    return _measure(parser, options)


def _measure(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    # Django's models can be imported from here on.
    from tests.bench import data, peers, report
    from tests.bench.databases import EMBEDDED, Databases, make_peer_tables
    from tests.bench.load import NoGenerator, wrk
    from tests.bench.measures import Findings, say
    from tests.bench.stage import MANY, Disagreement, Stage
    from tests.bench.suites import SUITES, WITH_CONCERNS, WITH_PEERS, WITH_SECTORS, WITH_TOWN

    unknown = set(options.suites) - set(SUITES)
    if unknown:
        parser.error(f"there is no suite {', '.join(sorted(unknown))}; there are {', '.join(SUITES)}")
    wanted = [name for name in SUITES if name in options.suites or not options.suites]
    # An end from outside runs the same steps as one of our own: what was made is removed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    found: dict[str, Findings] = {}
    try:
        if WITH_PEERS.intersection(wanted):
            wrk()
            peers.install()
        with Databases() as databases, tempfile.TemporaryDirectory(prefix="psq-bench-") as folder:
            say("making the databases")
            databases.make(EMBEDDED)
            if WITH_SECTORS.intersection(wanted):
                databases.make(options.sectors, data.sectors(options.sectors))
            for name in databases.names.values():
                make_peer_tables(name)
            stage = Stage(databases.names, Path(folder), options.sectors, options.rounds, options.seconds)
            stage.desks = databases.desks
            for name in wanted:
                for concerns in WITH_CONCERNS.get(name, ()):
                    databases.fill(concerns, options.sectors)
                if name in WITH_TOWN:
                    stage.town = databases.crowd(MANY)
                found[name] = Findings()
                SUITES[name](stage, found[name])
                if not options.no_page:
                    report.write({name: report.part(name, found[name], stage)}, SUITES)
                    say(f"wrote {name} to {report.PAGE}")
    except (NoGenerator, Disagreement, RuntimeError, subprocess.CalledProcessError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; what it made is removed")
        return 1
    for findings in found.values():
        sys.stdout.write(report.summary(findings))
        for line in report.unmet(findings.comparisons):
            say(f"not met: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
