"""Names and contacts of what routing names by key, as they are at one moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import get_language

from sectors.models import (
    BorderAgreement,
    Category,
    Commune,
    Competence,
    Edition,
    Holding,
    MessageTemplate,
    Partner,
    Post,
    PostKind,
    Sector,
    Territory,
    Unit,
)
from sectors.routing import Decision, in_place

# A post of these kinds is a person's: without a holder nobody answers there.
HELD_BY_PEOPLE: Final = frozenset({PostKind.SECTOR, PostKind.GENDARMERIE})


@dataclass(frozen=True, slots=True)
class TerritoryCard:
    """A territory's settings."""

    id: int
    code: str
    name_fr: str
    name_en: str
    tolerance_m: float
    days: int
    triage_days: int
    taken_days: int
    offer_days: int
    holiday_zone: str
    reminders: tuple[int, ...]
    policy_version: str
    publish_names: bool
    nearby_m: float
    nearby_days: int
    nearby_natures: str
    triage_post_id: int | None


@dataclass(frozen=True, slots=True)
class EditionCard:
    """An edition of the sectors and the moment it came into force."""

    id: int
    code: str
    territory_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SectorCard:
    """A sector of an edition."""

    id: int
    code: str
    name: str
    kind: str
    commune_id: int | None
    edition_id: int
    post_id: int
    priority: int


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A service."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PostCard:
    """A post, its public contact, and who holds it at the moment; no holder is None."""

    id: int
    code: str
    kind: str
    label_fr: str
    label_en: str
    phone: str
    email: str
    unit_id: int
    territory_id: int
    holder_id: int | None = None
    holder_name: str = ""
    holder_email: str = ""
    stand_in: bool = False

    @property
    def label(self) -> str:
        """The label in the active language."""
        return self.label_en if get_language() == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class CommuneCard:
    """A commune and who is competent there at the moment ("" where that is not known)."""

    id: int
    code: str
    name: str
    territory_id: int | None
    force: str
    unit_id: int | None
    post_id: int | None


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """A category of a territory."""

    id: int
    territory_id: int
    code: str
    family: str
    family_fr: str
    family_en: str
    label_fr: str
    label_en: str
    rank: int
    is_active: bool
    is_frequent: bool
    asked_by: str = ""

    @property
    def label(self) -> str:
        """The label in the active language."""
        return self.label_en if get_language() == "en" else self.label_fr

    @property
    def family_label(self) -> str:
        """The family's label in the active language."""
        return self.family_en if get_language() == "en" else self.family_fr


@dataclass(frozen=True)
class Directory:
    """Cards by database key (of partners the code alone), true from `at` to `valid_until` (None: no end is known)."""

    at: datetime
    valid_until: datetime | None
    territories: dict[int, TerritoryCard]
    editions: dict[int, EditionCard]
    sectors: dict[int, SectorCard]
    units: dict[int, UnitCard]
    posts: dict[int, PostCard]
    communes: dict[int, CommuneCard]
    categories: dict[tuple[int, str], CategoryCard]
    tolerance_m: dict[int, float]
    partners: dict[int, str]
    # (territory, kind, language) -> subject and text of a territory's own words.
    templates: dict[tuple[int, str, str], tuple[str, str]]

    def edition_of(self, territory: int) -> EditionCard | None:
        """The edition in force in this territory."""
        return next((e for e in self.editions.values() if e.territory_id == territory), None)

    def desk_in_place_of(self, post: int) -> int | None:
        """The desk of the post's unit, where concerns go while nobody holds the post; the triage where the unit has
        none to be reached. None for a desk or a triage: those answer at an address of their own."""
        if (card := self.posts[post]).kind not in HELD_BY_PEOPLE:
            return None
        return self._desks.get(card.unit_id, self.territories[card.territory_id].triage_post_id)

    @cached_property
    def _desks(self) -> dict[int, int]:
        """The desk of each unit that has one, by the lowest code."""
        desks = [card for card in self.posts.values() if card.kind == PostKind.DESK and (card.email or card.holder_id)]
        return {card.unit_id: card.id for card in sorted(desks, key=lambda card: card.code, reverse=True)}

    def knows_category(self, code: str) -> bool:
        """Is this an active category of any territory?"""
        return code in self._active

    @cached_property
    def asked_by(self) -> dict[str, str]:
        """By code, the role that a category is for, of those that are not for everybody."""
        return {card.code: card.asked_by for card in self.categories.values() if card.asked_by}

    @cached_property
    def categories_by_key(self) -> dict[int, CategoryCard]:
        """The categories by their database key."""
        return {card.id: card for card in self.categories.values()}

    @cached_property
    def _active(self) -> frozenset[str]:
        return frozenset(card.code for card in self.categories.values() if card.is_active)


def answered(directory: Directory, decision: Decision, *, held: bool | None = None) -> Decision:
    """The decision as somebody answers it: at the desk where nobody holds the post that the map names (`held`: whether
    somebody does, where PostGIS was asked for another moment than the directory's)."""
    if directory.posts[decision.post].holder_id is not None if held is None else held:
        return decision
    return in_place(decision, desk) if (desk := directory.desk_in_place_of(decision.post)) is not None else decision


def read(at: datetime, *, only_sectors: Collection[int] | None = None) -> Directory:
    """The directory at this moment; `only_sectors` spares the cards of sectors nobody asks for. Twelve queries."""
    changes: list[datetime] = []
    for validity in BorderAgreement.objects.values_list("validity", flat=True):
        _note(validity, at, changes)
    editions = _editions(at, changes)
    territories = {row[0]: TerritoryCard(*row) for row in _territories()}
    sectors = Sector.objects.filter(Q(edition__in=editions) if only_sectors is None else Q(pk__in=only_sectors))
    return Directory(
        at=at,
        territories=territories,
        tolerance_m={key: card.tolerance_m for key, card in territories.items()},
        editions=editions,
        sectors={row[0]: SectorCard(*row) for row in sectors.order_by("pk").values_list(*_names(SectorCard))},
        units={row[0]: UnitCard(*row) for row in Unit.objects.values_list("id", "code", "name")},
        posts=_posts(at, changes),
        communes=_communes(at, changes),
        categories={
            (card.territory_id, card.code): card
            for card in (CategoryCard(*row) for row in Category.objects.values_list(*_names(CategoryCard)))
        },
        partners=dict(Partner.objects.values_list("pk", "code")),
        templates={
            (territory, kind, language): (subject, body)
            for territory, kind, language, subject, body in MessageTemplate.objects.values_list(
                "territory_id", "kind", "language", "subject", "body"
            )
        },
        valid_until=min(changes, default=None),
    )


def _names(card: type, leave: int = 0) -> list[str]:
    """The fields of a card, which are the columns of its model, without the last `leave`."""
    names = list(card.__slots__)  # type: ignore[attr-defined]
    return names[: len(names) - leave]


def _territories() -> list[tuple[Any, ...]]:
    rows = Territory.objects.values_list(*_names(TerritoryCard))
    return [tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in rows]


def _editions(at: datetime, changes: list[datetime]) -> dict[int, EditionCard]:
    found = {}
    rows = Edition.objects.filter(validity__isnull=False).values_list("id", "code", "territory_id", "validity")
    for key, code, territory, validity in rows:
        _note(validity, at, changes)
        if at in validity:
            found[key] = EditionCard(key, code, territory, validity.lower or at)
    return found


def _posts(at: datetime, changes: list[datetime]) -> dict[int, PostCard]:
    holders: dict[int, tuple[Any, ...]] = {}
    rows = (
        Holding.objects.filter(user__is_active=True)
        .order_by("stand_in", "pk")
        .values_list("post_id", "validity", "user_id", "user__name", "user__email", "stand_in")
    )
    for post, validity, *holder in rows:
        _note(validity, at, changes)
        if at in validity:
            holders[post] = tuple(holder)  # a stand-in comes after the one it stands in for
    posts = Post.objects.values_list(*_names(PostCard, leave=4))
    return {row[0]: PostCard(*row, *holders.get(row[0], ())) for row in posts}


def _communes(at: datetime, changes: list[datetime]) -> dict[int, CommuneCard]:
    competent: dict[int, tuple[str, int | None, int | None]] = {}
    rows = Competence.objects.values_list("commune_id", "validity", "force", "unit_id", "post_id")
    for commune, validity, force, unit, post in rows:
        _note(validity, at, changes)
        if at in validity:
            competent[commune] = (force, unit, post)
    communes = Commune.objects.values_list("id", "code", "name", "territory_id")
    return {row[0]: CommuneCard(*row, *competent.get(row[0], ("", None, None))) for row in communes}


def _note(validity: Any, at: datetime, changes: list[datetime]) -> None:
    """Remember the bounds still to come."""
    changes.extend(bound for bound in (validity.lower, validity.upper) if bound is not None and bound > at)
