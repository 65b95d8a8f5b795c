"""An evaluation in sentences and in a picture: what its codes and numbers say to somebody who knows no statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy, gettext_noop, ngettext
from django.utils.translation import gettext as _

from frontend import words
from partnership.criteria import Judged, Verdict, judge
from partnership.evaluation import Change, Displacement

# Of the drawing, in units of its own: a bar for each week, and the time of the work between the two windows.
_BAR: Final = 16
_GAP: Final = 4
_BETWEEN: Final = 36
_HIGH: Final = 80

CHANGES: Final = {
    Change.FEWER: gettext_lazy("Fewer, and by more than chance explains"),
    Change.MORE: gettext_lazy("More, and by more than chance explains"),
    Change.NO_CLEAR_CHANGE: gettext_lazy("Such a difference may be chance"),
    Change.TOO_FEW: gettext_lazy("Too few to say anything"),
}
DISPLACEMENTS: Final = {
    Displacement.DISPLACED: gettext_lazy("The problem has moved: what is less here is more in the streets around."),
    Displacement.POSSIBLY: gettext_lazy(
        "The problem may have moved: there is more in the streets around, but that may be chance."
    ),
    Displacement.NOT_SEEN: gettext_lazy("Nothing shows that the problem moved to the streets around."),
    Displacement.BENEFIT: gettext_lazy("The streets around have less of it too."),
    Displacement.NOTHING_LESS: gettext_lazy("There is not less of it here: nothing can have moved."),
    Displacement.CANNOT_TELL: gettext_lazy("Whether it moved to the streets around cannot be told."),
}
VERDICTS: Final = {
    Verdict.MET: gettext_lazy("reached"),
    Verdict.NOT_MET: gettext_lazy("not reached"),
    Verdict.UNCLEAR: gettext_lazy("perhaps: it may be chance"),
    Verdict.CANNOT_TELL: gettext_lazy("cannot be told yet"),
}
VERDICT_ICONS: Final = {
    Verdict.MET: "check",
    Verdict.NOT_MET: "close",
    Verdict.UNCLEAR: "alert",
    Verdict.CANNOT_TELL: "clock",
}
GRADES: Final = (
    gettext_lazy("No better"),
    gettext_lazy("A little better"),
    gettext_lazy("Much better"),
    gettext_lazy("Settled"),
)
# indicator -> how a value or a target of it is written; what is not here has none.
_WRITTEN: Final = {
    "concerns": gettext_noop("%(number)s %% of what it was"),
    "actions_done": gettext_noop("%(number)s %% of the actions"),
    "rating": gettext_noop("%(number)s of 4"),
}
_IN_HUNDREDTHS: Final = frozenset({"concerns", "actions_done"})


@dataclass(frozen=True, slots=True)
class Bar:
    """A week of the drawing: `count` stands above it where it is not zero."""

    x: int
    y: int
    height: int
    count: int
    after: bool

    @property
    def middle(self) -> int:
        """Where its number stands."""
        return self.x + _BAR // 2


@dataclass(frozen=True, slots=True)
class Place:
    """The extent, or the ring around it: in words, numbers and bars."""

    name: str
    before: int
    after: int
    said: str
    ratio: str
    between: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Offered:
    """A criterion of the territory, before anything is judged; `seen` where the group says itself what it saw."""

    code: str
    label: str
    measured: str
    target: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion of the territory, judged."""

    label: str
    measured: str
    target: str
    value: str
    verdict: str
    icon: str


def places(facts: Mapping[str, Any]) -> list[Place]:
    """The extent and the ring; nothing while there is nothing to compare."""
    if facts["extent"] is None:
        return []
    names = {"extent": _("In the extent of the problem"), "ring": _("In the streets around")}
    most = max(max(_weeks(facts[each])) for each in names)
    return [_place(name, facts[each], most) for each, name in names.items()]


def sentence(facts: Mapping[str, Any]) -> str:
    """What happened in the extent, in one sentence."""
    found = facts["extent"]
    if found is None:
        day = date.fromisoformat(facts["readable_on"])
        return _("It is too early to compare: come back from %(day)s on.") % {"day": _day(day)}
    told = ngettext(
        "%(after)s concern in the %(weeks)s weeks after the actions, against %(before)s in as many weeks before.",
        "%(after)s concerns in the %(weeks)s weeks after the actions, against %(before)s in as many weeks before.",
        found["after"],
    )
    return told % {"after": found["after"], "before": found["before"], "weeks": facts["weeks"]}


def criteria(facts: Mapping[str, Any], ratings: Mapping[str, Any]) -> list[Line]:
    """Each criterion of the territory, as it stood then; judged with what the partners answered until now."""
    known = {**facts, "ratings": ratings}
    return [_line(each, judge(each, known)) for each in facts["criteria"]]


def offered(criteria: Iterable[Mapping[str, Any]]) -> list[Offered]:
    """The criteria that a territory offers."""
    return [
        Offered(
            code=each["code"],
            label=each[_language()],
            measured=each.get(f"measured_{_language()}", ""),
            target=_written(each["indicator"], each["target"]),
            seen=each["indicator"] == "observed",
        )
        for each in criteria
    ]


def width(facts: Mapping[str, Any]) -> int:
    """Of the drawing."""
    return 2 * (facts["weeks"] or 0) * (_BAR + _GAP) + _BETWEEN


def _place(name: str, found: Mapping[str, Any], most: int) -> Place:
    return Place(
        name=name,
        before=found["before"],
        after=found["after"],
        said=str(CHANGES[Change(found["change"])]),
        ratio="–" if found["ratio"] is None else _percent(found["ratio"]),
        between=_between(found["low"], found["high"]),
        bars=_bars(found, most),
    )


def _between(low: float, high: float | None) -> str:
    if high is None:
        return _("at least %(low)s") % {"low": _percent(low)} if low else _("without bounds")
    return _("from %(low)s to %(high)s") % {"low": _percent(low), "high": _percent(high)}


def _bars(found: Mapping[str, Any], most: int) -> list[Bar]:
    bars = []
    for n, count in enumerate(_weeks(found)):
        after = n >= len(found["weeks_before"])
        height = round((_HIGH - 14) * count / most) if most else 0
        bars.append(Bar(n * (_BAR + _GAP) + (_BETWEEN if after else 0), _HIGH - height, height, count, after))
    return bars


def _weeks(found: Mapping[str, Any]) -> list[int]:
    return [*found["weeks_before"], *found["weeks_after"]]


def _line(criterion: Mapping[str, Any], judged: Judged) -> Line:
    return Line(
        label=criterion[_language()],
        measured=criterion.get(f"measured_{_language()}", ""),
        target=_written(judged.indicator, judged.target),
        value=_written(judged.indicator, judged.value),
        verdict=str(VERDICTS[judged.verdict]),
        icon=VERDICT_ICONS[judged.verdict],
    )


def _language() -> str:
    return "en" if get_language() == "en" else "fr"


def _written(indicator: str, value: float | None) -> str:
    if value is not None and indicator == "first_action_days":
        return words.days(value)
    if value is None or indicator not in _WRITTEN:
        return "–"
    number = 100 * value if indicator in _IN_HUNDREDTHS else value
    return _(_WRITTEN[indicator]) % {"number": number_format(round(number, 1), decimal_pos=None if number % 1 else 0)}


def _percent(share: float) -> str:
    return _("%(number)s %%") % {"number": number_format(round(100 * share), decimal_pos=0)}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
