"""Passwords and addresses: each change tells the owner, ends what was open, and is logged."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import addresses, notices
from accounts.changes.access import log_access
from accounts.changes.sessions import end_sessions
from accounts.lockout import forgive
from accounts.models import User
from messaging.changes import move_along, owe
from messaging.models import Channel


@transaction.atomic
def change_password(*, user: User, password: str, keep: str | None = None) -> None:
    """The account has this password, and no session but the one of the digest `keep`. API tokens stay.

    The strength of the password is the form's business.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user=user, but=keep)
    forgive(user.email)
    owe(notices.password_changed(user))
    log_access(user=user, operation="account.password", reference=f"account:{user.pk}")


@transaction.atomic
def ask_reset(*, email: str, link_to: Callable[[str, str], str]) -> None:
    """Owes the link to the owner of this address. Where there is none, the same work comes to nothing.

    link_to: the link of an account (its key, coded) and a token.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).select_related("identity").first()
    # An account that was opened without a password chooses its first one so, but not one of the identity provider's.
    known = user is not None and (user.has_usable_password() or not hasattr(user, "identity"))
    person = user if user is not None else User(pk=0, email=email.strip().lower())
    link = link_to(urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person))
    with transaction.atomic():
        owe(notices.reset_link(person, link))
        # Written and taken back, so that a stranger cannot tell by the time of the answer.
        transaction.set_rollback(not known)
    log_access(user=user if known else None, operation="account.ask_reset", reference=f"account:{person.pk}")


@transaction.atomic
def ask_address(*, user: User, new: str, link_to: Callable[[str], str]) -> None:
    """Owes the new address the link that confirms it; where it has an account, a note that says so.

    link_to: the link of a token.
    """
    new = new.strip().lower()
    link = link_to(addresses.token(user, new))
    taken = User.objects.filter(email=new).exists()
    owe((notices.address_taken if taken else notices.address_link)(user, new, link))
    log_access(user=user, operation="account.ask_address", reference=f"account:{user.pk}")


@transaction.atomic
def confirm_address(*, token: str) -> User | None:
    """The account, now known by the address of the token; None for a token that no longer holds."""
    asked = addresses.read(token)
    user = User.objects.select_for_update(of=("self",)).filter(pk=asked.user, is_active=True).first() if asked else None
    if asked is None or user is None or addresses.mark(user) != asked.mark:
        return None
    old, user.email = user.email, asked.new
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError:
        return None
    move_along(channel=Channel.EMAIL, old=old, new=user.email)
    owe(notices.address_changed(user, old))
    log_access(user=user, operation="account.address", reference=f"account:{user.pk}")
    return user
