"""An account is erased at its person's wish: what is left of it names nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.changes.access import log_access
from accounts.changes.people import suspend
from accounts.lockout import forgive
from accounts.models import Identity, SavedFilter, User
from messaging.changes import forget_person


@transaction.atomic
def anonymise(*, user: User, at: datetime, territory: str = "") -> None:
    """The account without name, address, phone, password, factors, sessions and tokens; it opens nothing any more.

    The row stays: concerns and decisions refer to it. Messages to its address lose it, and what was still owed to it is
    not sent. The access log keeps the address, in the entry of the erasure, for as long as the law asks who read what:
    otherwise erasing one's account would erase one's traces.
    """
    log_access(
        user=user,
        operation="account.erase",
        reference=f"account:{user.pk}",
        references=[user.email, user.name],
        territory=territory,
    )
    forget_person(user=user.pk, addresses=[user.email, user.phone])
    suspend(user=user)
    for model in (TOTPDevice, StaticDevice, Identity, SavedFilter):
        model._default_manager.filter(user=user).delete()
    forgive(user.email)
    user.groups.clear()
    user.user_permissions.clear()
    user.email, user.name, user.phone = f"erased-{user.pk}@erased.invalid", "", ""
    user.is_staff = user.is_superuser = False
    user.last_login, user.erased_at = None, at
    user.set_unusable_password()
    user.save(
        update_fields=["email", "name", "phone", "is_staff", "is_superuser", "last_login", "erased_at", "password"]
    )
