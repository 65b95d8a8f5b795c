"""manage.py worker: delivers what is owed and runs the periodic tasks, until told to end."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection

from messaging.delivery import LEASE_S, Outcome, deliver_next
from messaging.interrupt import Stop
from messaging.periodic import run_due

logger = logging.getLogger(__name__)

IDLE_S = 1.0
NAP_S = 0.1
DATABASE_AWAY_S = (0.5, 1.0, 2.0, 5.0)


class Command(BaseCommand):
    help = (
        "Deliver what is owed and run the periodic tasks, until SIGTERM or SIGINT. "
        "Any number of workers may run, on any number of machines."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")
        parser.add_argument(
            "--lease", type=float, default=LEASE_S, help="seconds that a worker has for a message (%(default)s)"
        )

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """What the database holds is checked too."""
        return {**super().get_check_kwargs(options), "databases": ["default"]}

    def handle(self, *args: Any, **options: Any) -> None:
        lease_s: float = options["lease"]
        if lease_s < 1:
            raise CommandError("--lease must be one second or more.")
        with Stop() as stop:
            if options["once"]:
                self._pass(lease_s, stop)
                return
            self.stdout.write("worker: ready")
            self.stdout.flush()
            self._loop(lease_s, stop)
            self.stdout.write("worker: ended")

    def _loop(self, lease_s: float, stop: Stop) -> None:
        failures = 0
        while not stop:
            try:
                self._pass(lease_s, stop)
                failures = 0
                _wait(IDLE_S, stop)
            except (OperationalError, InterfaceError) as error:
                # A restart of the database is no reason to end: leases see to what was under way.
                wait_s = DATABASE_AWAY_S[min(failures, len(DATABASE_AWAY_S) - 1)]
                failures += 1
                logger.warning("The database does not answer (%s); again in %s s", str(error).strip(), wait_s)
                connection.close()
                _wait(wait_s, stop)

    @staticmethod
    def _pass(lease_s: float, stop: Stop) -> None:
        """Until nothing is due. The tasks are looked at after each message: a full outbox must not hold them up."""
        while not stop:
            ran = run_due(settings.PERIODIC_TASKS)
            if stop:
                return
            outcome = deliver_next(lease_s=lease_s, stopping=stop.__bool__)
            if outcome is Outcome.NOTHING_DUE and not ran:
                return


def _wait(seconds: float, stop: Stop) -> None:
    """In short naps: a handler of signals may set a flag safely, and no more."""
    until = time.monotonic() + seconds
    while not stop and time.monotonic() < until:
        time.sleep(NAP_S)
