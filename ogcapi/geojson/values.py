"""Checks of single values and of the members of an object, shared by every reader."""

import math
from collections.abc import Collection, Mapping
from types import NoneType, UnionType
from typing import Any, Final, get_args

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .refusals import Findings, member_path

# Names of members, or names with the Python type each must have: `str`, `float` (integers too), `float | None`, …
Allowed = Collection[str] | Mapping[str, type | UnionType]

_WORDS: Final = {
    str: _("a text"),
    float: _("a number"),
    int: _("an integer"),
    bool: _("true or false"),
    list: _("a list"),
    dict: _("an object"),
    NoneType: _("null"),
}


def is_number(value: object) -> bool:
    """Whether `value` is a JSON number: true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_number(
    value: object, *, at: str, findings: Findings, low: float = -math.inf, high: float = math.inf
) -> float | None:
    """`value` as a float within [low, high], or None with the defect noted: not_a_number, not_finite, out_of_range."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        findings.add(at, "not_a_number")
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        findings.add(at, "not_finite")
        return None
    if not low <= number <= high:
        findings.add(at, "out_of_range", low=plain_number(low), high=plain_number(high))
        return None
    return number


def check_members(
    value: dict[str, Any], *, at: str, findings: Findings, allowed: Allowed, required: Collection[str] = ()
) -> None:
    """Note members of the object `value` that are unknown, missing, or of another type than `allowed` says."""
    for name in value:
        if name not in allowed:
            findings.add(member_path(at, name), "crs_not_allowed" if name == "crs" else "unknown_member")
    for name in required:
        if name not in value:
            findings.add(member_path(at, name), "required")
    if isinstance(allowed, Mapping):
        for name, kind in allowed.items():
            if name in value and not fits(value[name], kind):
                findings.add(member_path(at, name), "wrong_type", expected=expected_words(kind))


def fits(value: object, kind: type | UnionType) -> bool:
    """Whether a JSON value is of the kind: an integer is a float too, a boolean is neither."""
    kinds = get_args(kind) or (kind,)
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int):
        return int in kinds or float in kinds
    return isinstance(value, kinds)


def expected_words(kind: type | UnionType) -> Promise | str:
    """The kind in words for people: "a text", "a number or null"."""
    first, *others = (_WORDS[each] for each in get_args(kind) or (kind,))
    return format_lazy(_("{one} or {other}"), one=first, other=others[0]) if others else first


def plain_number(number: float) -> str:
    """The number as a person writes it: 1000000 and not 1e+06."""
    return format(number, ".15g")
