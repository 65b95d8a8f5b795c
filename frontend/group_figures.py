"""The figures of a group in words: the same rows for the page and for the table that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from frontend import words
from partnership.figures import REOPENED_DAYS, GroupFigures, Share
from partnership.words import OUTCOMES, STATES
from sectors.models import PartnerKind


@dataclass(frozen=True, slots=True)
class Line:
    """A figure: `count` of `of`, and the share or the days in words; None where it has no such part."""

    label: str
    count: int | None
    of: int | None
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """Figures of one kind, and what their columns count."""

    title: str
    counted: str
    total: str
    valued: str
    lines: list[Line]


NOTHING: Final = "–"


def sections(found: GroupFigures, names: Mapping[int, str]) -> list[Section]:
    """Every figure, in the order of a year's work; `names`: of the organisations, by key."""
    problems = sum(found.states.values())
    owned = sorted(found.overdue.items(), key=lambda each: (-each[1].count, _name(each[0], names)))
    attended = {_name(who, names): share for who, share in found.attendance.items()}
    return [
        Section(
            _("Problems, as they stand now"), _("Problems"), _("Of all"), _("Share"),
            [_line(str(STATES[each]), Share(found.states[each], problems)) for each in STATES if each in found.states],
        ),
        Section(
            _("Problems closed in the period, by result"), _("Problems"), _("Of those closed"), _("Share"),
            [
                *(_line(str(OUTCOMES.get(code, code)), share) for code, share in found.results.items()),
                _line(_("opened again within %(days)s days") % {"days": REOPENED_DAYS}, found.reopened),
            ],
        ),
        Section(
            _("Answers due in the period"), _("Answers"), _("Of those due"), _("Share"),
            [
                _line(label, Share(count, found.on_time.counted))
                for label, count in (
                    (_("given in time"), found.on_time.on_time),
                    (_("given late"), found.on_time.late),
                    (_("not given, and overdue"), found.on_time.overdue),
                )
            ],
        ),
        Section(
            _("Days in each state, for the problems closed"), "", _("Problems"), _("Median"),
            [
                Line(str(STATES[state]), None, found.stages[state][1], words.days(found.stages[state][0]))
                for state in STATES
                if state in found.stages
            ],
        ),
        Section(
            _("Actions given in the period, by kind of owner"), _("Of them done"), _("Given"), _("Share"),
            [_line(_kind(kind), share) for kind, share in found.kinds.items()],
        ),
        Section(
            _("Who takes part"), _("How many"), _("Of all"), _("Share"),
            [
                _line(_("actions owned by others than the police"), found.by_others),
                _line(_("organisations mobilised that own an action"), found.engaged),
            ],
        ),
        Section(
            _("Actions not settled, by owner"), _("Overdue"), _("Open"), _("Share"),
            [_line(_name(owner, names), share) for owner, share in owned],
        ),
        Section(
            _("Attendance at meetings"), _("Present"), _("Meetings"), _("Share"),
            [_line(name, share) for name, share in sorted(attended.items())],
        ),
    ]  # fmt: skip


def _line(label: str, share: Share) -> Line:
    return Line(label, share.count, share.of, _percent(share))


def _percent(share: Share) -> str:
    """In whole hundredths, never rounded up."""
    if not share.of:
        return NOTHING
    return _("%(number)s %%") % {"number": number_format(100 * share.count // share.of, decimal_pos=0)}


def _kind(kind: str) -> str:
    return str(PartnerKind(kind).label) if kind else _("national police")


def _name(owner: int | None, names: Mapping[int, str]) -> str:
    return _("The police") if owner is None else names.get(owner, NOTHING)
