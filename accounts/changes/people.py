"""Accounts: made, and suspended."""

from __future__ import annotations

from django.db import transaction

from accounts.changes.sessions import end_sessions
from accounts.models import ApiToken, User
from messaging.changes import move_along
from messaging.models import Channel


def create_user(
    *, email: str, password: str | None, name: str = "", phone: str = "", language: str = "fr", **flags: bool
) -> User:
    """A saved account; without a password nobody can sign in with one.

    flags: `is_active`, `is_staff`, `is_superuser`. Raises ValueError without an address and IntegrityError for one that
    has an account already. The strength of the password is a form's business.
    """
    return User.objects.create_user(email, password, name=name, phone=phone, language=language, **flags)


@transaction.atomic
def suspend(*, user: User) -> None:
    """The account can do nothing any more: its tokens and sessions are gone, also should it be reinstated."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    ApiToken.objects.filter(user=user).delete()
    # One begun while this runs is not found here, and opens nothing as long as the account is suspended.
    end_sessions(user=user)


@transaction.atomic
def reinstate(*, user: User) -> None:
    """The account may sign in again; the tokens and sessions that its suspension ended stay gone."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True


@transaction.atomic
def describe(*, user: User, name: str, phone: str, language: str) -> None:
    """The person's name, professional phone and language are these; text messages that wait go to the new number."""
    old = user.phone
    user.name, user.phone, user.language = name, phone, language
    user.save(update_fields=["name", "phone", "language"])
    # Those to a telephone that another person still reads are theirs as well.
    if old != phone and not User.objects.filter(phone=old, erased_at=None).exists():
        move_along(channel=Channel.SMS, old=old, new=phone)
