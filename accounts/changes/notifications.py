"""A person chooses how, and in which language, to be told of concerns."""

from __future__ import annotations

from datetime import time

from django.db import transaction

from accounts.changes.access import log_access
from accounts.models import User
from messaging.changes import choose


@transaction.atomic
def choose_notifications(
    *, user: User, language: str, mail: str, bell: bool, sms: bool, quiet_from: time | None, quiet_until: time | None
) -> None:
    """The person is told in this way and language from now on; what is on its way already may still come as before."""
    user.language = language
    user.save(update_fields=["language"])
    choose(user=user.pk, mail=mail, bell=bell, sms=sms, quiet_from=quiet_from, quiet_until=quiet_until)
    log_access(user=user, operation="account.notifications", reference=f"account:{user.pk}")
