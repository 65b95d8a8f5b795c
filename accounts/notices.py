"""What an account's owner is written: finished text in their language, owed with the change that causes it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from messaging.changes import message
from messaging.models import Channel, Message

if TYPE_CHECKING:
    from accounts.models import User


def reset_link(user: User, link: str) -> Message:
    """The link to choose a new password, for an hour."""
    with override(user.language):
        return _email(
            user.email,
            f"reset:{user.pk}:{_mark(link)}",
            _("Choose a new password"),
            _(
                "Somebody, you no doubt, asked for a new password for this address. Choose it here within an hour:\n\n"
                "%(link)s\n\n"
                "If it was not you, there is nothing to do: your password stays what it is."
            )
            % {"link": link},
        )


def password_changed(user: User) -> Message:
    """The news that the password is another one."""
    with override(user.language):
        return _email(
            user.email,
            f"password:{user.pk}:{_mark(user.password)}",
            _("Your password has been changed"),
            _(
                "The password of your account has been changed, and your other sessions were ended.\n\n"
                "If it was not you, tell the local administrator of the service at once."
            ),
        )


def address_link(user: User, new: str, link: str) -> Message:
    """The link by which the new address proves to be theirs, for a day."""
    with override(user.language):
        return _email(
            new,
            f"address:{user.pk}:{_mark(link)}",
            _("Confirm your e-mail address"),
            _(
                "This address was given for an account of the service. Confirm within a day that it is yours:\n\n"
                "%(link)s\n\n"
                "If you know nothing of it, there is nothing to do."
            )
            % {"link": link},
        )


def address_taken(user: User, new: str, link: str) -> Message:
    """What the owner of a known address is told instead of a link."""
    with override(user.language):
        return _email(
            new,
            f"address:{user.pk}:{_mark(link)}",
            _("This address has an account already"),
            _(
                "Somebody gave this address for another account of the service. It has an account already, and nothing"
                " was changed.\n\nIf it was you, sign in with this address instead."
            ),
        )


def address_changed(user: User, old: str) -> Message:
    """The news, to the address that was left."""
    with override(user.language):
        return _email(
            old,
            f"address-left:{user.pk}:{_mark(old + user.email)}",
            _("Your e-mail address has been changed"),
            _(
                "Your account of the service is now known by another address.\n\n"
                "If it was not you, tell the local administrator of the service at once."
            ),
        )


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _email(recipient: str, dedupe_key: str, subject: str, body: str) -> Message:
    return message(dedupe_key=dedupe_key, channel=Channel.EMAIL, recipient=recipient, subject=subject, body=f"{body}\n")
