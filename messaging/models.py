"""The outbox: every message that leaves is a row first, written in the transaction of the change that causes it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from messaging.owned import OwnRows
from messaging.wishes import page_of


class Channel(models.TextChoices):
    """How a message leaves."""

    EMAIL = "email"
    SMS = "sms"


class MessageState(models.TextChoices):
    """Where a message is: owed, taken by a worker until its lease ends, sent, or given up after the last try.

    As its reader wishes it may also be held until the day's digest, be told by one, or be for the bell alone. Several
    to one reader may also wait to be told together, by one letter. What was given up and will not be sent is closed.
    """

    OWED = "owed"
    TAKEN = "taken"
    SENT = "sent"
    DEAD = "dead"
    HELD = "held"
    TOLD = "told"
    BELL = "bell"
    TOGETHER = "together"
    CLOSED = "closed"


class Message(models.Model):
    """One message owed to one recipient; `dedupe_key` makes it owed once, and is the reference given to a gateway."""

    dedupe_key = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    language = models.CharField(max_length=5, default="fr", db_default="fr")
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.OWED, db_default=MessageState.OWED
    )
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    # Of all the tries, those whose worker noted no result: each may have left.
    uncertain = models.PositiveIntegerField(default=0, db_default=0)
    # Whether a worker has asked how its reader wishes to be told: again before every try.
    is_sorted = models.BooleanField(db_default=False)
    next_try_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["dedupe_key"], name="message_owed_once"),)
        indexes = (
            models.Index(fields=["next_try_at"], name="message_due", condition=models.Q(state__in=["owed", "taken"])),
            # The few that wait for somebody; nothing is written to it when a message is owed.
            models.Index(
                fields=["state", "recipient"],
                name="message_waits",
                condition=models.Q(state__in=["dead", "held", "together"]),
            ),
            models.Index(fields=["recipient"], name="message_uncertain", condition=models.Q(uncertain__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.dedupe_key} ({self.state})"


class Enclosure(models.Model):
    """A file of text that goes with a message: by its key, in a table of its own, since nearly no message has one."""

    dedupe_key = models.CharField(max_length=200, primary_key=True)
    name = models.CharField(max_length=80)
    content_type = models.CharField(max_length=80)
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.dedupe_key} {self.name}"


class Mail(models.TextChoices):
    """When a person is written to of concerns."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class Preference(models.Model):
    """How one person wishes to be told of concerns; who never chose has no row, and is told at once and by the bell.

    Between `quiet_from` and `quiet_until` (Paris; over midnight where the first is the later) nothing is sent.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preference"
    )
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.AT_ONCE)
    bell = models.BooleanField(default=True)
    sms = models.BooleanField(default=False)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    objects = OwnRows.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="preference_somehow", condition=models.Q(bell=True) | ~models.Q(mail=Mail.NEVER)
            ),
            models.CheckConstraint(
                name="preference_quiet",
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=models.F("quiet_until")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.mail}"


class Notice(models.Model):
    """One line of a person's bell: what a message about a concern or a problem said in its subject."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", db_index=False)
    dedupe_key = models.CharField(max_length=200)
    reference = models.CharField(max_length=20)
    text = models.CharField(max_length=200)
    # Of its text, which was finished when the message was: its reader may have another one by now.
    language = models.CharField(max_length=5, default="fr", db_default="fr")
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    objects = OwnRows.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints = (models.UniqueConstraint(fields=["user", "dedupe_key"], name="notice_rung_once"),)
        indexes = (
            models.Index(fields=["user", "-id"], name="notice_latest"),
            models.Index(fields=["user"], name="notice_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(fields=["reference"], name="notice_of_concern"),
            models.Index(fields=["created_at"], name="notice_age"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.dedupe_key}"

    @property
    def page(self) -> str:
        """The name of the page to which it leads, by its reference."""
        return page_of(self.dedupe_key)


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
