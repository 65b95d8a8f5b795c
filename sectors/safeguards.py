"""What a role asks of the account that has it. Named in the settings, since `accounts` knows no role over a place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.passwords import check_length
from sectors.models import Mandate, Role
from sectors.scope import scope_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

IDLE: Final = timedelta(minutes=30)
POLICE: Final = frozenset({"referent", "director"})
SHORTEST: Final = 12
SHORTEST_OF_ADMINISTRATORS: Final = 16


def idle_limit(user: User | AnonymousUser) -> timedelta | None:
    """How long this person's session may rest, None where only its age ends it. One query."""
    if user.is_superuser or scope_of(user, timezone.now()).roles & POLICE:
        return IDLE
    return None


def shortest_password(user: AbstractBaseUser | None) -> int:
    """The least number of characters: more for who administers, now or soon. One query at most."""
    if user is None or user.pk is None:
        return SHORTEST
    if getattr(user, "is_superuser", False):
        return SHORTEST_OF_ADMINISTRATORS
    going_on = Q(validity__endswith=None) | Q(validity__endswith__gt=timezone.now())
    administers = Mandate.objects.filter(going_on, user_id=user.pk, role=Role.ADMINISTRATOR).exists()
    return SHORTEST_OF_ADMINISTRATORS if administers else SHORTEST


class LengthByRole:
    """A validator of Django's: twelve characters, sixteen for administrators."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError `password_too_short`."""
        check_length(password, shortest_password(user))

    def get_help_text(self) -> str:
        """What the rule is, as a sentence."""
        return ngettext(
            "Your password must contain at least %(min_length)d character.",
            "Your password must contain at least %(min_length)d characters.",
            SHORTEST,
        ) % {"min_length": SHORTEST}
