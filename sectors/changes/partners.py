"""The organisations of a territory, its partnership groups and who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sectors.changes.rows import Report, make_equal
from sectors.models import Membership, Partner, PartnershipGroup, Post, Territory
from sectors.territory_tables import TerritoryFile


def load_partners(file: TerritoryFile, *, territory: Territory, posts: Mapping[str, Post], report: Report) -> None:
    """Stores the file's organisations, groups and memberships. A group is known by the post that runs it."""
    # What an administrator made or changed on the screens is no longer the file's: a second load does not undo it.
    kept = set(Partner.objects.filter(territory=territory, kept_here=True).values_list("code", flat=True))
    partners_wanted: dict[str, dict[str, Any]] = {
        partner.code: asdict(partner) | {"territory_id": territory.pk}
        for partner in file.partners
        if partner.code not in kept
    }
    partners = make_equal(
        Partner,
        Partner.objects.filter(territory=territory, kept_here=False),
        lambda row: row.code,
        partners_wanted,
        report,
        noun="partner",
    )
    groups_wanted: dict[str, dict[str, Any]] = {
        group.post: {
            "territory_id": territory.pk,
            "code": group.code,
            "name": group.name,
            "post_id": posts[group.post].pk,
        }
        for group in file.groups
    }
    groups = make_equal(
        PartnershipGroup,
        PartnershipGroup.objects.filter(territory=territory).select_related("post"),
        lambda row: row.post.code,
        groups_wanted,
        report,
        noun="group of",
    )
    wanted: dict[tuple[str, str], dict[str, Any]] = {
        (group.post, member): {"group_id": groups[group.post].pk, "partner_id": partners[member].pk}
        for group in file.groups
        for member in group.members
        if member not in kept
    }
    existing = Membership.objects.filter(group__territory=territory, partner__kept_here=False)
    existing = existing.select_related("group__post", "partner")
    make_equal(Membership, existing, lambda row: (row.group.post.code, row.partner.code), wanted, report, noun="member")
