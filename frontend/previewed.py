"""What comes of a draft of the map, as its page shows it: sectors and concerns in words, filtered as asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import edition_rows, words
from incidents.deadlines import paris_date
from incidents.previews import Handed, Preview, SectorChange
from incidents.words import STATUSES
from incidents.workflow import Status
from ogcapi import csv_cells
from sectors import atlas
from sectors.models import Edition, Post
from sectors.moments import paris_midnight

# How soon an answer is due: what lies between these numbers of days left, the second one excluded.
_DUES: Final[Mapping[str, tuple[int, int]]] = {
    "late": (-1_000_000, 0),
    "week": (0, words.SOON_DAYS + 1),
    "later": (words.SOON_DAYS + 1, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class SectorRow:
    """A sector that changes, by its name."""

    code: str
    name: str
    change: SectorChange


@dataclass(frozen=True, slots=True)
class ConcernRow:
    """An open concern that would change hands; `stays` with the post that has it.

    `vacant`: the post that the map names, where nobody holds it that day and a desk answers; else "".
    """

    handed: Handed
    category: str
    status: str
    from_post: str
    to_post: str
    vacant: str
    due: Mapping[str, Any]
    stays: bool


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "fr-select"})


class FilterForm(forms.Form):
    """Whose concerns, and how soon their answer is due."""

    from_post = forms.ChoiceField(required=False, label=gettext_lazy("From the post"), widget=_select())
    to_post = forms.ChoiceField(required=False, label=gettext_lazy("To the post"), widget=_select())
    due = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Answer due"),
        choices=[("", gettext_lazy("All")), *words.DUES.items()],
        widget=_select(),
    )

    def __init__(self, data: Any, found: Sequence[Handed], posts: Mapping[str, str]) -> None:
        super().__init__(data)
        for name in ("from_post", "to_post"):
            codes = sorted({getattr(each, name) for each in found})
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = [("", _("All")), *((code, posts.get(code, code)) for code in codes)]

    def filtered(self, found: Sequence[Handed]) -> list[Handed]:
        """Those that are asked for; none for what is no choice."""
        if not self.is_valid():
            return []
        asked = self.cleaned_data
        least, most = _DUES.get(asked["due"], (-1_000_000, 1_000_000))
        return [
            each
            for each in found
            if asked["from_post"] in {"", each.from_post}
            and asked["to_post"] in {"", each.to_post}
            and least <= each.days_left < most
        ]


def post_names() -> dict[str, str]:
    """Every post's label in the active language, by its code. One query."""
    return {post.code: words.label(post) for post in Post.objects.all()}


def sector_rows(found: Preview, draft: Edition, before: Edition | None) -> list[SectorRow]:
    """The sectors that change, by their names. One query."""
    names = edition_rows.names_of(*(each for each in (before, draft) if each is not None))
    rows = [SectorRow(each.code, names.get(each.code, each.code), each) for each in found.sectors]
    return sorted(rows, key=lambda each: each.name)


def concern_rows(found: Sequence[Handed], draft: Edition, posts: Mapping[str, str], now: datetime) -> list[ConcernRow]:
    """The concerns in words. No query."""
    natures, kept = atlas.current().directory.categories, set(draft.kept)
    return [
        ConcernRow(
            handed=each,
            category=words.label(natures.get((draft.territory_id, each.category))),
            status=each.status,
            from_post=posts.get(each.from_post, each.from_post),
            to_post=posts.get(each.to_post, each.to_post),
            vacant=posts.get(each.vacant, each.vacant) if each.vacant else "",
            due=_due(each, now),
            stays=each.reference in kept,
        )
        for each in found
    ]


def table(rows: Sequence[ConcernRow]) -> str:
    """The same as a table for a spreadsheet."""
    names = (
        _("Reference"), _("Nature"), _("Status"), _("From the post"), _("To the post"), _("Answer due"),
        _("Days left"), _("Stays with its post"),
    )  # fmt: skip
    return "".join(csv_cells.lines(names, (_cells(row) for row in rows)))


def _cells(row: ConcernRow) -> tuple[Any, ...]:
    each = row.handed
    stays = _("yes") if row.stays else _("no")
    status = words.word(STATUSES, each.status)
    return each.reference, row.category, status, row.from_post, row.to_post, each.due_on, each.days_left, stays


def _due(each: Handed, now: datetime) -> dict[str, Any]:
    if each.status == Status.SUSPENDUE:
        return {"tone": "calm", "icon": "pause", "text": words.status(each.status), "on": each.due_on}
    return words.left_until(each.due_on, paris_midnight(each.due_on + timedelta(days=1)), now)


def tomorrow(now: datetime) -> date:
    """The first day on which an edition may begin."""
    return paris_date(now) + timedelta(days=1)
