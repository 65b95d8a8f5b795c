"""Who is invited to which role, until when, and what became of it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from django.contrib.gis.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .partners import Partner, Role
from .territory import Commune, Post, Territory

if TYPE_CHECKING:
    from sectors.scope import Scope

REFERENT: Final = "referent"


def fresh_code() -> str:
    """What names an invitation outside: random, so that nobody counts them."""
    return secrets.token_hex(8)


class InvitationQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Invitations by who may see them."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the territories administered, and of the partners of the groups run by the posts held."""
        own = Q(role=Role.PARTNER, partner__groups__post_id__in=scope.posts)
        return self.filter(Q(territory_id__in=scope.administered) | own).distinct()


class Invitation(models.Model):
    """One address invited to one role over one place. `times_sent` is in the link: an older one no longer holds."""

    code = models.CharField(max_length=16, unique=True, default=fresh_code, editable=False)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=14, choices=[(REFERENT, _("référent")), *Role.choices])
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="invitations")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="invitations")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=5, default="fr")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(name="invitation_email_lower", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="invitation_one_place",
                condition=Q(role="partner", partner__isnull=False, commune=None, post=None)
                | Q(role="mayor", commune__isnull=False, partner=None, post=None)
                | Q(role="referent", post__isnull=False, partner=None, commune=None)
                | Q(role__in=["director", "administrator", "auditor"], partner=None, commune=None, post=None),
            ),
            models.UniqueConstraint(
                name="invitation_waiting_once",
                fields=["email", "role", "territory", "partner", "commune", "post"],
                condition=Q(used_at=None, revoked_at=None),
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} {self.role}"

    @property
    def over(self) -> Territory | Commune | Partner | Post:
        """What the role is over."""
        return self.partner or self.commune or self.post or self.territory

    def state(self, at: datetime) -> str:
        """What became of it: `used`, `revoked`, `expired` or `waiting`.

        Expired too with the account of who sent it: a person shut out lets nobody else in.
        """
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        if not self.invited_by.is_active:
            return "expired"
        return "waiting" if self.expires_at > at else "expired"
