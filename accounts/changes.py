"""Every change to accounts, tokens and the access log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Required, TypedDict, Unpack

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.models import AccessLog, ApiToken, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

REFERENCES_AT_MOST: Final = 100


def create_user(*, email: str, password: str | None, name: str = "", language: str = "fr", **flags: bool) -> User:
    """A saved account; without a password nobody can sign in with one.

    flags: `is_active`, `is_staff`, `is_superuser`. Raises ValueError without an address and IntegrityError for one that
    has an account already. The strength of the password is a form's business.
    """
    return User.objects.create_user(email, password, name=name, language=language, **flags)


def create_token(*, user: User, name: str, ttl: timedelta) -> str:
    """The clear token, which is shown this once: only its digest is kept."""
    made: tuple[ApiToken, str] = ApiToken.objects.create(  # type: ignore[no-untyped-call] # knox has no types
        user=user, expiry=ttl, name=name[:80]
    )
    return made[1]


@transaction.atomic
def suspend(*, user: User) -> None:
    """The account can do nothing any more: its tokens and sessions are gone, also should it be reinstated."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    ApiToken.objects.filter(user=user).delete()
    # Whose session it is stands only inside its signed text. One begun while this runs is not found here, and opens
    # nothing as long as the account is suspended.
    mine = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()


class Access(TypedDict, total=False):
    """One access: who did what, on which references; never the data itself."""

    user: Required[User | AnonymousUser | None]
    operation: Required[str]
    reference: str
    references: Sequence[str]
    count: int | None
    territory: str
    motive: str
    recipient: str


def log_access(**entry: Unpack[Access]) -> None:
    """One row of the access log, in the transaction of the caller if there is one (see `access`)."""
    access(**entry).save(force_insert=True)


def access(
    *,
    user: User | AnonymousUser | None,
    operation: str,
    reference: str = "",
    references: Sequence[str] = (),
    count: int | None = None,
    territory: str = "",
    motive: str = "",
    recipient: str = "",
) -> AccessLog:
    """An unsaved row of the access log. The first 100 references are kept.

    Texts are cut to their column: what was done must be written even when somebody's motive is too long.
    """
    return AccessLog(
        user_id=user.pk if user is not None else None,
        operation=_kept(operation, 40),
        reference=_kept(reference, 200),
        references=list(references[:REFERENCES_AT_MOST]),
        count=count,
        territory=_kept(territory, 20),
        motive=_kept(motive, 200),
        recipient=_kept(recipient, 200),
    )


def _kept(text: str, length: int) -> str:
    return text.replace("\0", "")[:length]
