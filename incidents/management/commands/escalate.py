"""manage.py escalate: reminds whoever has to be reminded now, and tells the direction what is late."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from incidents.changes import escalate


class Command(BaseCommand):
    help = (
        "Owe the reminders before the due day, the notices of what is late, and those of what nobody has taken. "
        "The worker does it every quarter of an hour, by day and on working days; run twice, or by two at once, "
        "nothing is owed twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at-any-hour", action="store_true", help="at night and on days off too; people are written to then"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owed = escalate(at=timezone.now(), at_any_hour=options["at_any_hour"])
        self.stdout.write(f"{owed} reminders and escalations were owed.")
