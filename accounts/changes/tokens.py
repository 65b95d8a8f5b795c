"""API tokens: given out, and revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from django.db import transaction

from accounts.changes.access import log_access
from accounts.models import ApiToken, User

# What is not made of these begins no token, and no odd byte reaches the database.
TOKEN_START: Final = re.compile(r"[A-Za-z0-9_]{1,25}")


def create_token(*, user: User, name: str, ttl: timedelta) -> str:
    """The clear token, which is shown this once: only its digest is kept."""
    made: tuple[ApiToken, str] = ApiToken.objects.create(  # type: ignore[no-untyped-call] # knox has no types
        user=user, expiry=ttl, name=name[:80]
    )
    return made[1]


@transaction.atomic
def make_token(*, user: User, name: str, ttl: timedelta) -> str:
    """`create_token` by the person themselves, which the access log keeps."""
    clear = create_token(user=user, name=name, ttl=ttl)
    log_access(user=user, operation="token.create", reference=f"account:{user.pk}")
    return clear


@transaction.atomic
def revoke_token(*, user: User, token_key: str, by: User | None = None, motive: str = "") -> bool:
    """Takes the token away that begins so; False where the account has none. by: an administrator, with the motive."""
    if not TOKEN_START.fullmatch(token_key):
        return False
    removed, _rows = ApiToken.objects.filter(user=user, token_key=token_key).delete()
    if removed:
        log_access(user=by or user, operation="token.revoke", reference=f"account:{user.pk}", motive=motive)
    return bool(removed)


@transaction.atomic
def revoke_tokens(*, user: User, by: User | None = None, territory: str = "") -> int:
    """How many tokens the account had: it has none any more. One query where there were none. by: who caused it."""
    removed, _rows = ApiToken.objects.filter(user=user).delete()
    if removed:
        log_access(
            user=by or user,
            operation="token.revoke",
            reference=f"account:{user.pk}",
            count=removed,
            territory=territory,
        )
    return removed
