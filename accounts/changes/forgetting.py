"""What is forgotten of accounts, and of the messages that left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, BrowserSession, TokenBucket
from accounts.retention import Rule
from accounts.throttles import LONGEST_REFILL_S
from messaging.changes import forget_texts
from messaging.models import Message, MessageState, Notice

# A message that left is kept readable for questions about it; the key that makes it owed once stays longer.
TEXT_KEPT: Final = timedelta(days=30)
# One that could not be delivered is looked into, and is dead for two days at the most before anybody sees it.
DEAD_KEPT: Final = timedelta(days=60)
MESSAGE_KEPT: Final = timedelta(days=3 * 365)
NOTICE_KEPT: Final = timedelta(days=90)
_NOT_SENT: Final = (MessageState.TOLD, MessageState.BELL)
_GIVEN_UP: Final = (MessageState.DEAD, MessageState.CLOSED)


def _expired(model: type[Model], condition: Callable[[datetime], Q]) -> Callable[[datetime, str], QuerySet[Any]]:
    """How rows are found that say themselves when they end."""

    def overdue(at: datetime, using: str) -> QuerySet[Any]:
        return model._default_manager.using(using).filter(condition(at))

    return overdue


def _texts_overdue(at: datetime, using: str) -> QuerySet[Any]:
    gone = Q(state=MessageState.SENT, sent_at__lt=at - TEXT_KEPT)
    given_up = Q(state__in=_GIVEN_UP, created_at__lt=at - DEAD_KEPT)
    told_otherwise = Q(state__in=_NOT_SENT, created_at__lt=at - TEXT_KEPT)
    return (
        Message.objects.using(using).filter(gone | given_up | told_otherwise).exclude(body="", subject="", recipient="")
    )


MESSAGE_TEXT: Final = Rule(
    code="message_text",
    what=_("Message sent by the service: address, subject and text"),
    why=_("It answers the question whether somebody was told."),
    kept=lambda: gettext("30 days after it left"),
    overdue=_texts_overdue,
    forget=lambda rows: forget_texts(keys=list(rows.values_list("pk", flat=True)), using=rows.db),
)
MESSAGE: Final = Rule(
    code="message",
    what=_("Trace of a message sent: its key and its dates"),
    why=_("It keeps the same message from leaving twice."),
    kept=lambda: gettext("3 years"),
    overdue=_expired(
        Message,
        lambda at: Q(state__in=[MessageState.SENT, *_GIVEN_UP, *_NOT_SENT], created_at__lt=at - MESSAGE_KEPT),
    ),
)
NOTICE: Final = Rule(
    code="notice",
    what=_("Line of a person's bell: the subject of a message about a concern"),
    why=_("It says what is new, and after a while nothing is."),
    kept=lambda: gettext("90 days"),
    overdue=_expired(Notice, lambda at: Q(created_at__lt=at - NOTICE_KEPT)),
)
SESSION: Final = Rule(
    code="session",
    what=_("Session of a person signed in"),
    why=_("It ends by itself."),
    kept=lambda: gettext("8 hours"),
    overdue=_expired(BrowserSession, lambda at: Q(expire_date__lt=at)),
)
TOKEN: Final = Rule(
    code="token",
    what=_("Personal API token: its name, its last use and a digest"),
    why=_("Its owner chose how long it lasts."),
    kept=lambda: gettext("until its end, a year at most"),
    overdue=_expired(ApiToken, lambda at: Q(expiry__lt=at)),
)
BUCKET: Final = Rule(
    code="bucket",
    what=_("Counters of requests, by account or by network address"),
    why=_("They keep a service from being flooded, and mean nothing once full again."),
    kept=lambda: gettext("1 hour"),
    # A bucket untouched for the longest refill is full, which is what a missing one is.
    overdue=_expired(TokenBucket, lambda at: Q(filled_at__lt=at - timedelta(seconds=LONGEST_REFILL_S))),
)
ATTEMPT: Final = Rule(
    code="sign_in_attempt",
    what=_("Failed sign-ins: address of the account, network address and browser"),
    why=_("They lock out who guesses passwords, and mean nothing once that is over."),
    kept=lambda: gettext("15 minutes"),
    overdue=_expired(AccessAttempt, lambda at: Q(attempt_time__lt=at - settings.AXES_COOLOFF_TIME)),
)
