"""Sectors of a draft split by a line or merged, each as one step that can be undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import shapely
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ogcapi.geojson import FieldError, Refused
from sectors.boundaries.cutting import NotCutError, cut, join
from sectors.changes.drawing import Drawn, held, redraw
from sectors.checking import drawn_of, in_degrees
from sectors.models import Edition, Sector

_PIECES: Final = {
    0: _("The line does not cross the sector from one side to the other."),
    2: _("The line crosses the sector more than once: draw one that makes two pieces of it."),
}


def redrawn(row: Sector, area: bytes) -> Drawn:
    """The sector as it is, with this area (WKB in EPSG:4326)."""
    return Drawn(
        code=row.code, name=row.name, kind=row.kind, post=row.post.code, area=area,
        commune=row.commune.code if row.commune else "", priority=row.priority, source=row.source,
    )  # fmt: skip


def named(edition: Edition, codes: Collection[str]) -> dict[str, Sector]:
    """These sectors of the edition by their codes. Refused (422) `unknown_code` where one is not there. One query."""
    # No code has a character that the database takes in no text.
    rows = edition.sectors.filter(code__in=[code for code in codes if "\0" not in code]).select_related(
        "post", "commune"
    )
    found = {row.code: row for row in rows.defer("commune__area", "commune__area_m")}
    if missing := sorted(set(codes) - set(found)):
        message = _("The draft has no such sector.")
        raise Refused([FieldError(code, "unknown_code", message) for code in missing[:20]], status=422)
    return found


@transaction.atomic
def split(
    *,
    by: User,
    edition: int,
    sector: str,
    line: Sequence[tuple[float, float]],
    code: str,
    name: str,
    post: str,
    seen: int,
    at: datetime,
) -> Edition:
    """The draft with this sector in two along the line (positions in EPSG:4326): the larger piece keeps everything.

    code, name, post: of the smaller piece, which has the rest of the larger one. Raises Refused: 422 `not_cut`,
    `unknown_code`, 409 `code_taken`, and as `drawing.redraw`.
    """
    draft = held(by=by, edition=edition, at=at)
    row = named(draft, [sector])[sector]
    if draft.sectors.filter(code=code).exists():
        raise Refused([FieldError("code", "code_taken", _("Another sector of this draft has this code."))], status=409)
    try:
        kept, piece = cut(shapely.from_wkb(bytes(row.area.wkb)), line)
    except NotCutError as error:
        raise Refused([FieldError("line", "not_cut", _PIECES[0 if error.pieces < 2 else 2])], status=422) from None
    fresh = Drawn(
        code=code, name=name, kind=row.kind, post=post, area=shapely.to_wkb(piece),
        commune=row.commune.code if row.commune else "", priority=row.priority, source=row.source,
    )  # fmt: skip
    return redraw(by=by, edition=edition, drawn=[redrawn(row, shapely.to_wkb(kept)), fresh], seen=seen, at=at)


@transaction.atomic
def merge(*, by: User, edition: int, sector: str, other: str, seen: int, at: datetime) -> Edition:
    """The draft with `other` in `sector`, which keeps all but its area.

    Raises Refused: 422 `not_neighbours`, `unknown_code`, and as `drawing.redraw`.
    """
    draft = held(by=by, edition=edition, at=at)
    row = named(draft, [sector, other])[sector]
    areas = {each.code: each.area for each in drawn_of(draft)}
    whole = None if other == sector else join(areas[sector], areas[other])
    if whole is None:
        message = _("Choose two sectors that share a border.")
        raise Refused([FieldError("other", "not_neighbours", message)], status=422)
    drawn = [redrawn(row, shapely.to_wkb(in_degrees(whole)))]
    return redraw(by=by, edition=edition, drawn=drawn, removed=[other], seen=seen, at=at)
