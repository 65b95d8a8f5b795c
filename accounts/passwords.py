"""How long a password must be, wherever one is chosen."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext


def check_length(password: str, shortest: int) -> None:
    """Raises ValidationError `password_too_short`."""
    if len(password) < shortest:
        raise ValidationError(
            ngettext(
                "This password is too short. It must contain at least %(min_length)d character.",
                "This password is too short. It must contain at least %(min_length)d characters.",
                shortest,
            ),
            code="password_too_short",
            params={"min_length": shortest},
        )
