"""What a password must be, wherever one is chosen."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

DIFFERENT: Final = 6
# Read along: rows of both keyboards, the alphabet, the digits; forwards and backwards.
RUNS: Final = ("azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890")


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


def is_trivial(password: str) -> bool:
    """True for few different characters, and for what is read along a keyboard, the alphabet or the digits."""
    if len(set(password)) < DIFFERENT:
        return True
    text = password.lower()
    pairs = list(pairwise(text))
    along = sum(any(first + second in run or second + first in run for run in RUNS) for first, second in pairs)
    return along > len(pairs) * 3 / 4


class NotTrivial:
    """A validator of Django's: long passwords that a hand makes without thinking are on no list of common ones."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError `password_trivial`."""
        if is_trivial(password):
            raise ValidationError(
                _("This password is too easy to guess: it repeats itself or follows the keyboard."), "password_trivial"
            )

    def get_help_text(self) -> str:
        """What the rule is, as a sentence."""
        return _("Your password must not repeat a few characters or follow the keyboard.")
