"""The partners that an administrator makes or changes, and the groups to which they belong."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.text import slugify

from accounts.changes import log_access
from accounts.models import User
from sectors.changes.administering import NotAllowed, administered
from sectors.models import Membership, Partner, PartnershipGroup, Territory

_SLUG_LETTERS: Final = 60


@transaction.atomic
def make_partner(
    *, by: User, territory: Territory, name: str, kind: str, groups: Collection[PartnershipGroup], at: datetime
) -> Partner:
    """The new organisation, in these groups of its territory. Its code never changes, and tells of no other's.

    Raises NotAllowed.
    """
    administered(by, at, territory)
    code = f"{slugify(name)[:_SLUG_LETTERS] or kind}-{secrets.token_hex(3)}"
    partner = Partner.objects.create(territory=territory, code=code, name=name, kind=kind, kept_here=True)
    _join(partner, groups)
    _log(by, "partner.create", partner, groups)
    return partner


@transaction.atomic
def change_partner(
    *, by: User, partner: Partner, name: str, kind: str, groups: Collection[PartnershipGroup], at: datetime
) -> None:
    """The organisation is called so, and belongs to these groups and no other. Raises NotAllowed."""
    administered(by, at, partner.territory)
    partner.name, partner.kind, partner.kept_here = name, kind, True
    partner.save(update_fields=["name", "kind", "kept_here"])
    Membership.objects.filter(partner=partner).exclude(group__in=groups).delete()
    _join(partner, groups)
    _log(by, "partner.edit", partner, groups)


def _join(partner: Partner, groups: Collection[PartnershipGroup]) -> None:
    if any(group.territory_id != partner.territory_id for group in groups):
        raise NotAllowed("not_administered")
    Membership.objects.bulk_create(
        [Membership(group=group, partner=partner) for group in groups], ignore_conflicts=True
    )


def _log(by: User, operation: str, partner: Partner, groups: Collection[PartnershipGroup]) -> None:
    log_access(
        user=by,
        operation=operation,
        reference=f"partner:{partner.code}",
        references=[f"group:{group.code}" for group in groups],
        territory=partner.territory.code,
    )
