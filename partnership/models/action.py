"""What somebody promises to do about a problem, by when, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from partnership.life import ACTION_OPEN, PROMISED, ActionState, values
from sectors.models import Partner

from .of_problems import OfProblemQuerySet
from .problem import LONGEST_REASON, LONGEST_TITLE, Problem

LONGEST_DETAILS = 2000


class ActionQuerySet(OfProblemQuerySet):
    """Questions about actions."""

    def open(self) -> Self:
        """Those not settled yet, whether promised or only proposed."""
        return self.filter(state__in=values(ACTION_OPEN))

    def promised(self) -> Self:
        """Those that their owner has accepted and not settled."""
        return self.filter(state__in=values(PROMISED))

    def late(self, today: date) -> Self:
        """The open ones whose day is over."""
        return self.open().filter(due_on__lt=today)


class Action(models.Model):
    """One thing to do: simple, dated, and one organisation's. The police's own where `owner` is null."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="actions", db_index=False)
    # Within its problem, from 1 on: how people and programs name it.
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=LONGEST_TITLE)
    details = models.CharField(max_length=LONGEST_DETAILS, blank=True)
    owner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="actions")
    due_on = models.DateField()
    state = models.CharField(max_length=14, default=ActionState.PROPOSEE.value)
    # Why it was not done, was called off, or what its owner said of it.
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="", db_default="")
    # Its owner said no: it waits to be given to another.
    declined_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    confidential = models.BooleanField(default=False, db_default=False)
    updated_at = models.DateTimeField(db_default=Now())

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints = (
            models.UniqueConstraint(fields=["problem", "number"], name="action_number"),
            models.CheckConstraint(name="action_state", condition=Q(state__in=values(ActionState))),
            models.CheckConstraint(
                name="action_settled",
                condition=Q(state__in=values(ACTION_OPEN), settled_at__isnull=True)
                | (~Q(state__in=values(ACTION_OPEN)) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="action_reason", condition=Q(state__in=values([*ACTION_OPEN, "realisee"])) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="action_declined",
                condition=Q(declined_at__isnull=True) | Q(state__in=["annulee", "proposee"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.problem_id}/{self.number}"


class Turn(models.TextChoices):
    """What happened to an action; the words are in `partnership.words`."""

    GIVEN = "donnee"
    ACCEPTED = "acceptee"
    DECLINED = "declinee"
    GIVEN_AGAIN = "redonnee"
    BEGUN = "commencee"
    DONE = "realisee"
    NOT_DONE = "non_realisee"
    CANCELLED = "annulee"


class ActionChange(models.Model):
    """One turn of an action: whose it was then, by whom and why; written once."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    turn = models.CharField(max_length=14, choices=Turn.choices)
    owner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    due_on = models.DateField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.action_id} {self.turn}"
