"""Too many wrong passwords for one account from one address: both together wait (django-axes keeps the count).

An address that guesses is held up, and the owner of the account enters from elsewhere as ever. It is the same for an
account that does not exist.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from accounts.throttles import bare_account, client_address


def account_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """The account that a password was tried for, as it is counted: case, blanks and accents make no second one."""
    return bare_account(str((credentials or {}).get("username") or ""))[:255]


def address(request: HttpRequest) -> str | None:
    """Where the try came from, as the limits see it; the network's first address for IPv6. None where it is unknown."""
    try:
        return str(ipaddress.ip_interface(client_address(request)).ip)
    except ValueError:
        return None


def locked_for_s(request: HttpRequest, email: str) -> float:
    """0.0 where a password may be tried, else the seconds to wait. One query, two when locked."""
    credentials = {"username": email}
    if not AxesProxyHandler.is_locked(request, credentials):
        return 0.0
    tried = AccessAttempt.objects.filter(username=account_name(request, credentials), ip_address=address(request))
    last: datetime | None = tried.aggregate(last=Max("attempt_time"))["last"]
    cooloff: timedelta = settings.AXES_COOLOFF_TIME
    return 0.0 if last is None else max(1.0, (last + cooloff - timezone.now()).total_seconds())


def forgive(email: str) -> None:
    """Forgets the wrong passwords of this account: its owner has just proved to be who they say."""
    AxesProxyHandler.reset_attempts(username=account_name(None, {"username": email}))
