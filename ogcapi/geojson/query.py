"""Query strings: known parameters, given once, with plain decimal numbers."""

import math
import re
from collections.abc import Collection, Iterable
from typing import Final, Protocol

from .refusals import Findings, refusal
from .values import plain_number

_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_LONGEST = 100  # characters of one number


class Parameters(Protocol):
    """What is needed of Django's QueryDict."""

    def lists(self) -> Iterable[tuple[str, list[str]]]:
        """Each name with all its values."""


def read_query(params: Parameters, allowed: Collection[str], *, required: Collection[str] = ()) -> dict[str, str]:
    """The parameters by name, each given once.

    Refused (400) naming all that are unknown, repeated or unreadable, and of the `required` ones all that lack.
    """
    findings = Findings()
    values: dict[str, str] = {}
    for name, texts in params.lists():
        if name not in allowed:
            findings.add(_shown(name), "unknown_parameter")
        elif len(texts) != 1:
            findings.add(name, "repeated_parameter")
        elif "\0" in texts[0]:
            findings.add(name, "null_character")
        elif "\ufffd" in texts[0]:  # what Django makes of bytes that are not UTF-8
            findings.add(name, "invalid_encoding")
        else:
            values[name] = texts[0]
    named = {error.field for error in findings.errors}
    for name in required:
        if not values.get(name) and name not in named:
            findings.add(name, "required")
    findings.refuse_if_any()
    return values


def read_number(text: str | None, *, field: str, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite decimal number within [low, high].

    Refused (400): required, not_a_number, not_finite, out_of_range.
    """
    if text is None or text == "":
        raise refusal(field, "required")
    number = _decimal(text)
    if number is None:
        raise refusal(field, "not_a_number")
    if not math.isfinite(number):
        raise refusal(field, "not_finite")
    if not low <= number <= high:
        raise refusal(field, "out_of_range", low=plain_number(low), high=plain_number(high))
    return number


def read_bbox(text: str, *, field: str = "bbox", heights: bool = False) -> tuple[float, float, float, float]:
    """(west, south, east, north) in the units asked; west above east crosses the antimeridian.

    With `heights`, six numbers are taken as well and the two heights, checked, left out. Refused (400): wrong_bbox,
    not_a_number, not_finite. Ranges are not checked: the box may be in metres.
    """
    parts = text.split(",", 6)
    if len(parts) != 4 and not (heights and len(parts) == 6):
        raise refusal(field, "wrong_bbox")
    numbers = [_decimal(part) for part in parts]
    if any(number is None for number in numbers):
        raise refusal(field, "not_a_number")
    finite = [number for number in numbers if number is not None and math.isfinite(number)]
    if len(finite) != len(numbers):
        raise refusal(field, "not_finite")
    half = len(finite) // 2
    if any(finite[axis] > finite[axis + half] for axis in range(1, half)):
        raise refusal(field, "wrong_bbox")
    return finite[0], finite[1], finite[half], finite[half + 1]


def _decimal(text: str) -> float | None:
    """The number, infinite if too large for a double; None where it is not one in plain ASCII."""
    if len(text) > _LONGEST or not _DECIMAL.fullmatch(text):
        return None
    return float(text)


def _shown(name: str) -> str:
    """A name of the client's own making, cut and in ASCII."""
    return name[:40].encode("ascii", "backslashreplace").decode()
