"""manage.py escalate: reminds whoever has to be reminded now, and tells the direction what is late."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from incidents.changes import escalate


class Command(BaseCommand):
    help = (
        "Owe the reminders before the due day, the notices of what is late, and those of what nobody has taken. "
        "The worker does it every quarter of an hour; run twice, or by two at once, nothing is owed twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{escalate(at=timezone.now())} reminders and escalations were owed.")
