"""A whole territory stored from its file in one transaction: a second run with the same file writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.gis.geos import Point
from django.db import models, transaction

from accounts.models import User
from messaging.changes import move_along
from messaging.models import Channel
from sectors.changes.categories import load_categories
from sectors.changes.citizen_watch import load_citizen_watch
from sectors.changes.communes import load_for_territory
from sectors.changes.competence import Held, hold, latest
from sectors.changes.editions import load_edition
from sectors.changes.partners import load_partners
from sectors.changes.rows import Report, make_equal, remove
from sectors.changes.rules import RULES
from sectors.commune_files import CommuneRecord
from sectors.file_tables import Defect, Defects
from sectors.models import (
    Commune,
    Edition,
    Partner,
    PartnershipGroup,
    Post,
    PublicPlace,
    Territory,
    Unit,
)
from sectors.moments import paris_midnight
from sectors.sector_files import SectorRecord
from sectors.territory_tables import TerritoryFile

# The source of the competences that the territory file states; those of any other source refine them and stay.
SOURCE = "territory file"

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def load_territory(
    *,
    file: TerritoryFile,
    sectors: Sequence[SectorRecord],
    communes: Sequence[CommuneRecord],
    communes_label: str,
    at: datetime,
    commit: bool,
) -> Report:
    """Makes the database say what the file says, and tells what that added, changed and removed.

    Where something is removed and `commit` is False, nothing is written and `report.written` is False. Raises Defects
    with everything that is wrong; then nothing is written either.
    """
    load = _Load(file, communes_label, at)
    load.whole(sectors, communes)
    if load.defects:
        raise Defects(load.defects)
    if load.report.removed and not commit:
        transaction.set_rollback(True)
        load.report.written = False
        return load.report
    remove(load.report, file=file.path.name)
    return load.report


class _Load:
    """One run of `load_territory`: what it has found and written so far."""

    def __init__(self, file: TerritoryFile, communes_label: str, at: datetime) -> None:
        self.file, self.name, self.communes_label, self.at = file, file.path.name, communes_label, at
        self.report = Report()
        self.defects: list[Defect] = []

    def whole(self, sectors: Sequence[SectorRecord], communes: Sequence[CommuneRecord]) -> None:
        """Everything in the order in which one thing refers to another."""
        if not self._codes_are_free():
            return
        territory = self._territory()
        units = self._units(territory)
        posts = self._posts(territory, units)
        self._set_triage(territory, posts)
        rows, wrong = load_for_territory(
            communes, territory=territory, label=self.communes_label, file=self.name, report=self.report
        )
        self.defects += wrong
        self._communes_exist(rows)
        self.defects += load_edition(
            self.file.edition,
            sectors,
            territory=territory,
            communes=rows,
            posts=posts,
            at=self.at,
            file=self.name,
            report=self.report,
        )
        if self.defects:
            return
        self._competence(rows, units, posts)
        load_categories(self.file, territory=territory, communes=rows, posts=posts, report=self.report)
        load_partners(self.file, territory=territory, posts=posts, report=self.report)
        self.defects += load_citizen_watch(self.file, territory=territory, communes=rows, report=self.report)
        self._places(territory)
        self._dismiss_posts(territory)

    def _codes_are_free(self) -> bool:
        """Codes are unique in the whole installation: none of the file's may be another territory's."""
        code = self.file.territory.code
        for model, entries in (
            (Unit, self.file.units),
            (Post, self.file.posts),
            (Partner, self.file.partners),
            (PartnershipGroup, self.file.groups),
            (Edition, (self.file.edition,)),
        ):
            noun = model._meta.verbose_name
            taken = model._default_manager.filter(code__in=[entry.code for entry in entries]).exclude(
                territory__code=code
            )
            for row in taken.values_list("code", flat=True):
                message = "another territory has this code"
                self.defects.append(Defect(self.name, f"{noun} ({row})", "code", "taken", message))
        return not self.defects

    def _territory(self) -> Territory:
        values = {key: value for key, value in asdict(self.file.territory).items() if key != "triage_post"}
        values |= {"departments": list(values["departments"]), "reminders": list(values["reminders"])}
        values["criteria"] = [asdict(entry) for entry in self.file.criteria]
        existing = Territory.objects.filter(code=values["code"])
        for row in existing.filter(rules_kept_here=True):
            values |= {name: getattr(row, name) for name in RULES}
        rows = make_equal(
            Territory, existing, lambda row: row.code, {values["code"]: values}, self.report, noun="territory"
        )
        return rows[values["code"]]

    def _units(self, territory: Territory) -> dict[str, Unit]:
        wanted = {entry.code: asdict(entry) | {"territory_id": territory.pk} for entry in self.file.units}
        return self._equal(Unit, territory, wanted, "unit", keep=True)

    def _equal(
        self,
        model: type[Row],
        territory: Territory,
        wanted: Mapping[str, Mapping[str, Any]],
        noun: str,
        *,
        keep: bool = False,
    ) -> dict[str, Row]:
        existing = model._default_manager.filter(territory=territory)
        return make_equal(model, existing, _code, wanted, self.report, noun=noun, keep=keep)

    def _posts(self, territory: Territory, units: Mapping[str, Unit]) -> dict[str, Post]:
        wanted: dict[str, dict[str, Any]] = {}
        for entry in self.file.posts:
            values = asdict(entry) | {"territory_id": territory.pk, "unit_id": units[entry.unit].pk}
            del values["unit"]
            wanted[entry.code] = values
        before = dict(Post.objects.filter(territory=territory).exclude(email="").values_list("code", "email"))
        posts = self._equal(Post, territory, wanted, "post", keep=True)
        for code, old in before.items():
            new = posts[code].email
            if new in {"", old}:
                continue
            # What another post or a person still reads at the old address is theirs as well.
            if not (Post.objects.filter(email=old).exists() or User.objects.filter(email__iexact=old).exists()):
                move_along(channel=Channel.EMAIL, old=old, new=new)
        return posts

    def _set_triage(self, territory: Territory, posts: Mapping[str, Post]) -> None:
        post = posts[self.file.territory.triage_post]
        if territory.triage_post_id != post.pk:
            territory.triage_post = post
            territory.save(update_fields=["triage_post"])
            self.report.changed.append(f"territory {territory.code} (triage_post)")

    def _communes_exist(self, rows: Mapping[str, Commune]) -> None:
        """The communes that rules name are communes of the territory."""
        named = [("category_rules", rule.commune) for rule in self.file.category_rules if rule.commune]
        named += [("competence.rules", code) for rule in self.file.competences for code in rule.communes]
        for table, code in named:
            if code not in rows:
                message = f"no commune of the territory has the code {code!r}"
                self.defects.append(Defect(self.name, table, "commune", "unknown_code", message))

    def _competence(self, rows: Mapping[str, Commune], units: Mapping[str, Unit], posts: Mapping[str, Post]) -> None:
        rules = {code: rule for rule in self.file.competences for code in rule.communes or ("",)}
        refined = {commune for commune, row in latest(row.pk for row in rows.values()).items() if row.source != SOURCE}
        wanted: dict[int, Held] = {}
        for code, commune in rows.items():
            rule = rules.get(code) or rules.get("")
            if rule is None:
                message = "no rule says who is competent here"
                self.defects.append(Defect(self.name, "competence.rules", code, "missing", message))
            elif commune.pk not in refined:
                wanted[commune.pk] = Held(rule.force, units[rule.unit].pk, posts[rule.post].pk, SOURCE)
        if refined:
            self.report.notes.append(f"{len(refined)} communes keep the competence that another source refined")
        self.defects += hold(
            wanted,
            {commune.pk: code for code, commune in rows.items()},
            start=paris_midnight(self.file.competence.from_on),
            file=self.name,
            report=self.report,
        )

    def _places(self, territory: Territory) -> None:
        wanted: dict[str, dict[str, Any]] = {
            place.code: {
                "territory_id": territory.pk,
                "code": place.code,
                "name": place.name,
                "kind": place.kind,
                "location": Point(place.lon, place.lat, srid=4326),
            }
            for place in self.file.places
        }
        # Those of other lists are theirs (`load_places`).
        existing = PublicPlace.objects.filter(territory=territory, source="")
        make_equal(PublicPlace, existing, _code, wanted, self.report, noun="place")

    def _dismiss_posts(self, territory: Territory) -> None:
        """Posts and units that the file no longer has and that no sector and no competence ever named."""
        posts = Post.objects.filter(territory=territory, sectors=None, competences=None)
        idle = list(posts.exclude(code__in=[post.code for post in self.file.posts]))
        units = Unit.objects.filter(territory=territory, competences=None)
        units = units.exclude(code__in=[unit.code for unit in self.file.units])
        free = list(units.exclude(posts__in=Post.objects.exclude(pk__in=[post.pk for post in idle])))
        self.report.removed.extend(f"post {post.code}" for post in idle)
        self.report.removed.extend(f"unit {unit.code}" for unit in free)
        # The last of the list is deleted first: groups and rules, then posts, then units.
        self.report.doomed[:0] = [*free, *idle]


def _code(row: models.Model) -> str:
    return str(row.code)  # type: ignore[attr-defined] # every model given here has one
