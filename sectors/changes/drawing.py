"""The sectors of a draft, drawn: each change is a step that names what was seen, and two at once overwrite nothing.

A change is refused where a sector that it touches was changed after what its author saw. What was drawn is kept in the
step as it was before and after, so that `drafts` can lead the draft back and forth.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from ogcapi.geojson import FieldError, Refused
from sectors.changes.geometry import area_kept, checked
from sectors.models import Commune, DraftStep, DraftVerb, Edition, EditionState, Sector, Territory
from sectors.scope import scope_of

KEPT: Final = ("code", "name", "kind", "commune_id", "post_id", "priority", "area", "source")
# Why an area is refused, by what `checked` says of it.
AREAS: Final = {
    "no_area": _("Draw a polygon that is not empty."),
    "out_of_bounds": _("The area leaves metropolitan France."),
    "too_many_vertices": _("The area has too many vertices."),
    "invalid_area": _("The border crosses itself: {reason}."),
    "invalid_in_metres": _("The border touches itself too closely to be measured in metres."),
}
_CODE: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
_LONGEST: Final = {"code": 80, "name": 160, "kind": 40, "source": 160}
_HIGHEST_PRIORITY: Final = 32_767

# A row of a sector as a step keeps it; None: there was none.
Kept = dict[str, Any]
Rows = Mapping[int, Kept | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sector as it is wanted: its commune ("" for none) and its post by their codes, its area as WKB in EPSG:4326."""

    code: str
    name: str
    kind: str
    post: str
    area: bytes
    commune: str = ""
    priority: int = 100
    source: str = ""


@transaction.atomic
def add(*, by: User, edition: int, drawn: Drawn, at: datetime) -> Sector:
    """The new sector of this draft. Raises Refused: 409 `code_taken`, `not_a_draft`; 422 for what it may not be."""
    draft = held(by=by, edition=edition, at=at)
    return _draw(draft, by, at, [(None, drawn)])[0]


@transaction.atomic
def replace(*, by: User, sector: int, drawn: Drawn, seen: int, at: datetime, by_others: bool = False) -> Sector:
    """The sector, drawn anew; it keeps its key. `seen` is the number of the draft that its author saw.

    by_others: what its author changed since does not count, for programs that read nothing again after they wrote.
    Raises Refused: 409 `changed_meanwhile`, else as `add`, and Sector.DoesNotExist.
    """
    draft = held(by=by, edition=_draft_of(sector), at=at)
    before = draft.sectors.get(pk=sector)
    check_seen(draft, {before.code, drawn.code}, seen, but=by if by_others else None)
    return _draw(draft, by, at, [(before, drawn)])[0]


@transaction.atomic
def remove(*, by: User, sector: int, seen: int | None, at: datetime) -> None:
    """The draft has this sector no more; undone, it has its key again. Raises as `replace`. seen: None for whatever."""
    draft = held(by=by, edition=_draft_of(sector), at=at)
    before = draft.sectors.get(pk=sector)
    if seen is not None:
        check_seen(draft, {before.code}, seen)
    step(draft, by=by, at=at, verb=DraftVerb.DRAW, before={before.pk: as_kept(before)}, after={before.pk: None})


@transaction.atomic
def redraw(
    *, by: User, edition: int, drawn: Sequence[Drawn], removed: Collection[str] = (), seen: int, at: datetime
) -> Edition:
    """The draft with these sectors, by their codes, and without those, as one step. Raises as `replace`."""
    draft = held(by=by, edition=edition, at=at)
    wanted = {each.code: each for each in drawn}
    check_seen(draft, {*wanted, *removed}, seen)
    stored = {each.code: each for each in draft.sectors.filter(code__in=[*wanted, *removed])}
    gone = [row for code, row in stored.items() if code not in wanted]
    _draw(draft, by, at, [(stored.get(code), each) for code, each in wanted.items()], gone)
    return draft


def held(*, by: User, edition: int, at: datetime) -> Edition:
    """The draft, locked. Raises Edition.DoesNotExist where it is none of this person's, Refused (409) `not_a_draft`."""
    mine = Edition.objects.filter(territory__in=scope_of(by, at).over("draw_edition"))
    draft: Edition = mine.select_for_update(of=("self",)).select_related("territory").get(pk=edition)
    if draft.state in {EditionState.DATED, EditionState.ABANDONED}:
        message = _("This edition is no draft any more.")
        raise Refused([FieldError("properties.edition", "not_a_draft", message)], status=409)
    return draft


def check_seen(draft: Edition, codes: Collection[str], seen: int, *, but: User | None = None) -> None:
    """Nothing, or Refused (409) `changed_meanwhile`: a step after `seen` touched one of these sectors."""
    later = draft.steps.filter(number__gt=seen, codes__overlap=sorted(codes)).order_by("-number")
    last = (later if but is None else later.exclude(author=but)).first()
    if last is None and seen <= draft.number:
        return
    number, touched = (last.number, set(last.codes) & set(codes)) if last else (draft.number, set(codes))
    message = format_lazy(
        _("Changed meanwhile by somebody else: {sectors}. The draft is at version {number}, and you saw {seen}."),
        sectors=", ".join(sorted(touched)), number=number, seen=seen,
    )  # fmt: skip
    raise Refused([FieldError("properties.version", "changed_meanwhile", message)], status=409)


def step(draft: Edition, *, by: User, at: datetime, verb: DraftVerb, before: Rows, after: Rows, note: str = "") -> None:
    """Carries the draft from `before` to `after` and keeps that it was done; the draft is locked."""
    draft.number += 1
    _put(draft, before, after)
    draft.save(update_fields=["number", "updated_at"])
    codes = {row["code"] for rows in (before, after) for row in rows.values() if row is not None}
    DraftStep.objects.create(
        edition=draft, number=draft.number, verb=verb, at=at, author=by, codes=sorted(codes), note=note[:300],
        before={str(key): row for key, row in before.items()}, after={str(key): row for key, row in after.items()},
    )  # fmt: skip
    log_access(user=by, operation=f"edition.{verb}", reference=f"edition:{draft.code}", territory=draft.territory.code)


def as_kept(sector: Sector) -> Kept:
    """The sector as a step keeps it."""
    return {name: getattr(sector, name) for name in KEPT} | {"area": sector.area.hexewkb.decode()}


def _put(draft: Edition, before: Rows, after: Rows) -> None:
    made = {key: _row(draft, key, kept) for key, kept in after.items() if kept is not None}
    try:
        with transaction.atomic():
            draft.sectors.filter(pk__in=[key for key, kept in after.items() if kept is None]).delete()
            changed = [row for key, row in made.items() if before.get(key) is not None]
            if changed:
                Sector.objects.bulk_update(changed, [*(name.removesuffix("_id") for name in KEPT), "version"], 100)
            Sector.objects.bulk_create([row for key, row in made.items() if before.get(key) is None], 500)
    except IntegrityError as error:
        if "sector_code_unique" not in str(error):
            raise
        message = _("Another sector of this draft has this code.")
        raise Refused([FieldError("properties.code", "code_taken", message)], status=409) from None


def _row(draft: Edition, key: int, kept: Kept) -> Sector:
    values = {**kept, "area": area_kept(kept["area"])}
    return Sector(pk=key, edition=draft, version=draft.number, **values)


def _draft_of(sector: int) -> int:
    """The key of the edition that this sector is of. Raises Sector.DoesNotExist."""
    return int(Sector.objects.values_list("edition", flat=True).get(pk=sector))


def _draw(
    draft: Edition,
    by: User,
    at: datetime,
    put: Sequence[tuple[Sector | None, Drawn]],
    gone: Sequence[Sector] = (),
) -> list[Sector]:
    """The sectors that are put, each in the place of another or of none, after the one step that draws them all."""
    rows, note = _read([drawn for _, drawn in put], draft.territory)
    fresh = iter(_keys(sum(old is None for old, _ in put)))
    keys = [next(fresh) if old is None else old.pk for old, _ in put]
    before: dict[int, Kept | None] = {old.pk: as_kept(old) for old in gone}
    before |= {key: None if old is None else as_kept(old) for key, (old, _) in zip(keys, put, strict=True)}
    after: dict[int, Kept | None] = {old.pk: None for old in gone} | dict(zip(keys, rows, strict=True))
    step(draft, by=by, at=at, verb=DraftVerb.DRAW, before=before, after=after, note=note)
    found = Sector.objects.in_bulk(keys)
    return [found[key] for key in keys]


def _keys(count: int) -> list[int]:
    """So many keys that no sector has and none will be given."""
    with connection.cursor() as cursor:
        sequence = "SELECT nextval(pg_get_serial_sequence('sectors_sector', 'id')) FROM generate_series(1, %s)"
        cursor.execute(sequence, [count])
        return [row[0] for row in cursor.fetchall()]


def _read(drawn: Sequence[Drawn], territory: Territory) -> tuple[list[Kept], str]:
    """The sectors as rows, and what was mended in their areas. Raises Refused (422) with all that is wrong."""
    posts = dict(territory.posts.filter(code__in={each.post for each in drawn}).values_list("code", "pk"))
    asked = {each.commune for each in drawn if each.commune}
    communes = dict(Commune.objects.filter(territory=territory, code__in=asked).values_list("code", "pk"))
    errors: list[FieldError] = []
    rows: list[Kept] = []
    notes: list[str] = []
    for place, (each, verdict) in enumerate(zip(drawn, checked([each.area for each in drawn]), strict=True)):
        where = "" if len(drawn) == 1 else f"features[{place}]."
        errors += _wrong(each, where)
        if each.post not in posts:
            errors.append(FieldError(f"{where}properties.post", "unknown_code", _("The territory has no such post.")))
        if each.commune and each.commune not in communes:
            message = _("The territory has no such commune.")
            errors.append(FieldError(f"{where}properties.commune", "unknown_code", message))
        if verdict.area is None:
            code, reason = verdict.refusal or ("invalid_area", "")
            errors.append(FieldError(f"{where}geometry", code, format_lazy(AREAS[code], reason=reason)))
        if verdict.repair:
            notes.append(f"{each.code}: {verdict.repair}")
        if not errors and verdict.area is not None:
            rows.append({
                "code": each.code, "name": each.name, "kind": each.kind, "commune_id": communes.get(each.commune),
                "post_id": posts[each.post], "priority": each.priority, "source": each.source,
                "area": verdict.area.hexewkb.decode(),
            })  # fmt: skip
    if errors:
        raise Refused(errors[:20], status=422)
    return rows, "; ".join(notes)


def _wrong(drawn: Drawn, where: str) -> list[FieldError]:
    """What its words and its number may not be."""
    found = []
    for name, longest in _LONGEST.items():
        text = getattr(drawn, name)
        at = f"{where}properties.{name}"
        if len(text) > longest:
            found.append(FieldError(at, "too_long", format_lazy(_("At most {limit} characters."), limit=longest)))
        elif not text.isprintable() or (name != "source" and not text.strip()):
            found.append(FieldError(at, "invalid", _("Write a text on one line.")))
    for name in ("code", "kind"):
        if not _CODE.fullmatch(getattr(drawn, name)):
            message = _("Write lower-case letters, digits, hyphens and underscores.")
            found.append(FieldError(f"{where}properties.{name}", "invalid_code", message))
    if not 0 <= drawn.priority <= _HIGHEST_PRIORITY:
        found.append(FieldError(f"{where}properties.priority", "out_of_range", _("Write a number from 0 to 32,767.")))
    return found
