"""The outbox: every message that leaves is a row first, written in the transaction of the change that causes it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Channel(models.TextChoices):
    """How a message leaves."""

    EMAIL = "email"
    SMS = "sms"


class MessageState(models.TextChoices):
    """Where a message is: owed, taken by a worker until its lease ends, sent, or given up after the last try."""

    OWED = "owed"
    TAKEN = "taken"
    SENT = "sent"
    DEAD = "dead"


class Message(models.Model):
    """One message owed to one recipient; `dedupe_key` makes it owed once, and is the reference given to a gateway."""

    dedupe_key = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.OWED, db_default=MessageState.OWED
    )
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["dedupe_key"], name="message_owed_once"),)
        indexes = (
            models.Index(fields=["next_try_at"], name="message_due", condition=models.Q(state__in=["owed", "taken"])),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.dedupe_key} ({self.state})"


class PeriodicRun(models.Model):
    """When a periodic task is due: one row a task.

    Taking it moves `next_run_at` to the end of a lease: so a task in the hands of one worker is due to no other, and
    is due again should that worker die. `failures` counts those since the last success.
    """

    task = models.CharField(max_length=200, primary_key=True)
    next_run_at = models.DateTimeField(db_default=Now())
    runs = models.PositiveIntegerField(default=0, db_default=0)
    failures = models.PositiveIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", db_default="")

    def __str__(self) -> str:
        return f"{self.task} at {self.next_run_at:%Y-%m-%d %H:%M}"
