"""A second factor is set up, shown, recovered, renewed and taken away."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.changes.access import log_access
from accounts.changes.sessions import end_sessions
from accounts.models import User
from accounts.second_factor import DIGITS, digest, fresh_codes
from messaging.changes import message, owe
from messaging.models import Channel

if TYPE_CHECKING:
    from django.db.models import QuerySet

# One step of thirty seconds of either side, as django-otp allows an application whose clock is not quite right.
TOLERANCE: Final = 1
# What the person is told by e-mail, so that what they did not do themselves does not stay unnoticed.
NOTICES: Final = {
    "added": (
        gettext_noop("A second factor was added to your account"),
        gettext_noop("From now on your account asks for a code of your authenticator application."),
    ),
    "recovered": (
        gettext_noop("A recovery code of your account was used"),
        gettext_noop("Somebody signed in to your account with a recovery code. It cannot be used again."),
    ),
    "renewed": (
        gettext_noop("New recovery codes were made for your account"),
        gettext_noop("The recovery codes that you had before are no longer valid."),
    ),
    "removed": (
        gettext_noop("The second factor was removed from your account"),
        gettext_noop("Your account is now protected by its password alone."),
    ),
    "reset": (
        gettext_noop("An administrator removed the second factor from your account"),
        gettext_noop("Set up a new one the next time you sign in."),
    ),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a code. wait_s: above 0 where it was not looked at, too many before it having been wrong."""

    passed: bool
    wait_s: float = 0.0


@transaction.atomic
def set_up(*, user: User, key: str, code: str) -> list[str] | None:
    """The ten recovery codes, which are shown this once; None where the code is not one of this key, now.

    key: 40 hexadecimal digits. The application set up before, if any, is no longer valid, nor are its recovery codes.
    """
    application = TOTP(bytes.fromhex(key))
    application.time = time.time()
    if not (DIGITS.fullmatch(code) and application.verify(int(code), TOLERANCE)):
        return None
    _mine(user).delete()
    TOTPDevice.objects.create(
        # The code that was just shown opens nothing a second time.
        user=user, name="totp", key=key, confirmed=True, drift=application.drift, last_t=application.t()
    )  # fmt: skip
    codes = _new_codes(user)
    _tell(user, "added")
    log_access(user=user, operation="second_factor.add", reference=f"account:{user.pk}")
    return codes


@transaction.atomic
def show_code(*, user: User, code: str) -> Checked:
    """Is this the code of the account's application, now and for the first time? A wrong one lengthens the wait."""
    if not DIGITS.fullmatch(code):
        return Checked(False)
    # Locked: of two requests with one code, the second finds it used.
    device = _mine(user).select_for_update().filter(confirmed=True).first()
    return _checked(device, code)


@transaction.atomic
def use_recovery_code(*, user: User, code: str) -> Checked:
    """Is this one of the account's recovery codes? It is gone then, and the person is told by e-mail."""
    device = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    checked = _checked(device, digest(code, account=user.pk))
    if checked.passed:
        _tell(user, "recovered")
        log_access(user=user, operation="second_factor.recover", reference=f"account:{user.pk}")
    return checked


@transaction.atomic
def renew_codes(*, user: User) -> list[str]:
    """Ten new recovery codes, which are shown this once; those before are no longer valid."""
    codes = _new_codes(user)
    _tell(user, "renewed")
    log_access(user=user, operation="second_factor.renew", reference=f"account:{user.pk}")
    return codes


@transaction.atomic
def remove(*, user: User, by: User | None = None, motive: str = "") -> bool:
    """Takes away the application and the recovery codes; False where there were none. The person is told by e-mail.

    by: the administrator who does it for somebody that lost them, with the motive; None for the person's own doing.
    """
    removed, _rows = _mine(user).delete()
    StaticDevice.objects.filter(user=user).delete()
    if not removed:
        return False
    if by:
        # Who holds the lost telephone may hold an open session too.
        end_sessions(user=user)
    _tell(user, "reset" if by else "removed")
    log_access(
        user=by or user,
        operation="second_factor.reset" if by else "second_factor.remove",
        reference=f"account:{user.pk}",
        motive=motive,
    )
    return True


def _mine(user: User) -> QuerySet[TOTPDevice]:
    return TOTPDevice.objects.filter(user=user)


def _checked(device: Any, code: str) -> Checked:
    """What the locked device says of the code; django-otp counts the wrong ones and makes each next one wait longer."""
    if device is None:
        return Checked(False)
    allowed, why = device.verify_is_allowed()
    if not allowed:
        return Checked(False, max((why["locked_until"] - timezone.now()).total_seconds(), 1.0))
    return Checked(bool(device.verify_token(code)))


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = fresh_codes()
    StaticToken.objects.bulk_create(StaticToken(device=device, token=digest(code, account=user.pk)) for code in codes)
    return codes


def _tell(user: User, event: str) -> None:
    """Owes the notice, in the person's language."""
    subject, what = NOTICES[event]
    with override(user.language):
        warning = _("If it was not you, tell the administrator of your service at once.")
        owe(
            message(
                dedupe_key=f"second_factor:{event}:{user.pk}:{secrets.token_hex(8)}",
                channel=Channel.EMAIL,
                recipient=user.email,
                subject=_(subject),
                body=f"{_(what)}\n\n{warning}",
            )
        )
