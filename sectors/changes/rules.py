"""What an administrator sets for a territory: its deadlines, and the natures of concern that it offers."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final, TypedDict, Unpack

from django.db import transaction
from django.utils.text import slugify

from accounts.changes import log_access
from accounts.models import User
from sectors.changes.administering import NotAllowed, administered
from sectors.models import Category, Territory

# What the territory's file leaves as it is once it was set on the screens.
RULES: Final = (
    "days",
    "triage_days",
    "taken_days",
    "offer_days",
    "reminders",
    "nearby_m",
    "nearby_days",
    "nearby_natures",
    "policy_version",
)
KEPT: Final = ("label_fr", "label_en", "rank", "is_active", "is_frequent")
_SLUG_LETTERS: Final = 50


class Deadlines(TypedDict):
    """Days to answer, to hand on, to take and to reply to an offer, days before which to remind (farthest first), and
    what is near.
    """

    days: int
    triage_days: int
    taken_days: int
    offer_days: int
    reminders: list[int]
    nearby_m: float
    nearby_days: int
    nearby_natures: str


class Nature(TypedDict):
    """How a nature of concern is called, where it stands, and whether it is offered."""

    label_fr: str
    label_en: str
    rank: int
    is_active: bool
    is_frequent: bool


@transaction.atomic
def set_deadlines(*, by: User, territory: Territory, at: datetime, **said: Unpack[Deadlines]) -> None:
    """The rules of the clock from now on, under a version of their own: a due date once given stays. Raises NotAllowed.

    Nothing happens where nothing differs.
    """
    administered(by, at, territory)
    row = Territory.objects.get(pk=territory.pk)
    if all(getattr(row, name) == value for name, value in said.items()):
        return
    for name, value in said.items():
        setattr(row, name, value)
    row.policy_version, row.rules_kept_here = f"{at:%Y-%m-%d}-{secrets.token_hex(3)}", True
    row.save(update_fields=[*RULES, "rules_kept_here"])
    log_access(user=by, operation="rules.edit", reference=f"policy:{row.policy_version}", territory=row.code)


@transaction.atomic
def add_category(*, by: User, territory: Territory, family: str, at: datetime, **said: Unpack[Nature]) -> Category:
    """The new nature, in a family that the territory has; its code never changes and is never used again.

    Raises NotAllowed: `unknown_family`.
    """
    administered(by, at, territory)
    sister = Category.objects.filter(territory=territory, family=family).first()
    if sister is None:
        raise NotAllowed("unknown_family")
    code = f"{slugify(said['label_fr']).replace('-', '_')[:_SLUG_LETTERS] or family}_{secrets.token_hex(2)}"
    made = Category.objects.create(
        territory=territory,
        code=code,
        family=family,
        family_fr=sister.family_fr,
        family_en=sister.family_en,
        kept_here=True,
        **said,
    )
    _log(by, "category.add", made)
    return made


@transaction.atomic
def change_category(*, by: User, category: Category, at: datetime, **said: Unpack[Nature]) -> None:
    """The nature is called so from now on, and offered or not; what was reported as it stays so. Raises NotAllowed."""
    administered(by, at, category.territory)
    for name, value in said.items():
        setattr(category, name, value)
    category.kept_here = True
    category.save(update_fields=[*KEPT, "kept_here"])
    _log(by, "category.edit", category)


def _log(by: User, operation: str, category: Category) -> None:
    log_access(user=by, operation=operation, reference=f"category:{category.code}", territory=category.territory.code)
