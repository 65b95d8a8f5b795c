"""An account and who its person is at the identity provider."""

from __future__ import annotations

from django.db import transaction

from accounts.changes.access import log_access
from accounts.models import Identity, User


@transaction.atomic
def link(*, user: User, issuer: str, subject: str) -> Identity:
    """The account is from now on this person of this provider. Raises IntegrityError where either is linked already."""
    identity = Identity.objects.create(user=user, issuer=issuer, subject=subject)
    log_access(user=user, operation="identity.link", reference=f"account:{user.pk}")
    return identity


@transaction.atomic
def unlink(*, user: User, by: User, motive: str = "") -> bool:
    """The account is nobody's at the provider any more; False where it was not. Its next sign-in links it again."""
    removed, _rows = Identity.objects.filter(user=user).delete()
    if removed:
        log_access(user=by, operation="identity.unlink", reference=f"account:{user.pk}", motive=motive)
    return bool(removed)
