"""CQL2 text as the same tree that CQL2 JSON is: `{"op": …, "args": […]}`.

The grammar is of its own (`cql2.lark`; docs/adr/0015): AND binds closer than OR, NOT takes what is in brackets, two
quotes in a text are one. The parser keeps its own stack, so that no depth of brackets ends the process.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from lark import Lark, Transformer, v_args
from lark.exceptions import LarkError, UnexpectedInput

from .geojson import FieldError, Refused

LONGEST: Final = 4_000
Tree = dict[str, Any]


def parse(text: str) -> Any:
    """The tree of this text. Refused (400): too_long, invalid_filter, with the place of the mistake."""
    if len(text) > LONGEST:
        raise Refused([FieldError("filter", "too_long", _("A filter has at most 4,000 characters."))])
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        message = _("The filter cannot be read from character {place} on.").format(place=_place(error, text))
        raise Refused([FieldError("filter", "invalid_filter", message)]) from None
    except LarkError:
        raise Refused([FieldError("filter", "invalid_filter", _("The filter cannot be read."))]) from None


def _place(error: UnexpectedInput, text: str) -> int:
    """Counted from one; where the text ends too early, one behind its end."""
    at = -1 if error.pos_in_stream is None else error.pos_in_stream
    return (len(text) if at < 0 else at) + 1


def _op(op: str, *args: Any) -> Tree:
    return {"op": op, "args": list(args)}


def _joined(op: str, left: Any, right: Tree) -> Tree:
    """A chain of the same is one operation with many arguments, not as many deep."""
    chained = left["args"] if isinstance(left, dict) and left.get("op") == op else [left]
    return _op(op, *chained, right)


def _perhaps_not(negated: Any, tree: Tree) -> Tree:
    return _op("not", tree) if negated else tree


@v_args(inline=True)
class _Trees(Transformer[Any, Any]):
    """Rules of the grammar as trees; lark calls a method for each, by its name."""

    def or_(self, left: Tree, right: Tree) -> Tree:
        return _joined("or", left, right)

    def and_(self, left: Tree, right: Tree) -> Tree:
        return _joined("and", left, right)

    def not_(self, tree: Tree) -> Tree:
        return _op("not", tree)

    def truth(self, word: str) -> bool:
        return word.lower() == "true"

    boolean = truth

    def comparison(self, left: Any, sign: str, right: Any) -> Tree:
        return _op(str(sign), left, right)

    def like(self, left: Any, negated: Any, right: Any) -> Tree:
        return _perhaps_not(negated, _op("like", left, right))

    def between(self, left: Any, negated: Any, low: Any, high: Any) -> Tree:
        return _perhaps_not(negated, _op("between", left, low, high))

    def among(self, left: Any, negated: Any, *values: Any) -> Tree:
        return _perhaps_not(negated, _op("in", left, list(values)))

    def null(self, left: Any, negated: Any) -> Tree:
        return _perhaps_not(negated, _op("isNull", left))

    def spatial(self, name: str, left: Any, right: Any) -> Tree:
        return _op(name.lower(), left, right)

    def casei(self, inner: Any) -> Tree:
        return _op("casei", inner)

    def string(self, text: str) -> str:
        return text[1:-1].replace("''", "'")

    def number(self, text: str) -> float | int:
        return float(text) if set(text) & set(".eE") else int(text)

    def date(self, text: str) -> Tree:
        return {"date": text[1:-1]}

    def timestamp(self, text: str) -> Tree:
        return {"timestamp": text[1:-1]}

    def name(self, text: str) -> Tree:
        return {"property": str(text)}

    def quoted(self, text: str) -> Tree:
        return {"property": text[1:-1]}

    def bbox(self, *numbers: str) -> Tree:
        return {"bbox": [float(number) for number in numbers]}

    def position(self, *numbers: str | None) -> list[float]:
        return [float(number) for number in numbers if number is not None]

    def line(self, *positions: Any) -> list[Any]:
        return list(positions)

    rings = line

    def point(self, position: Any) -> Tree:
        return {"type": "Point", "coordinates": position}

    def line_string(self, line: Any) -> Tree:
        return {"type": "LineString", "coordinates": line}

    def polygon(self, rings: Any) -> Tree:
        return {"type": "Polygon", "coordinates": rings}

    def multi_point(self, *positions: Any) -> Tree:
        return {"type": "MultiPoint", "coordinates": list(positions)}

    def multi_line_string(self, lines: Any) -> Tree:
        return {"type": "MultiLineString", "coordinates": lines}

    def multi_polygon(self, *polygons: Any) -> Tree:
        return {"type": "MultiPolygon", "coordinates": list(polygons)}


@cache
def _parser() -> Lark:
    return Lark.open("cql2.lark", rel_to=__file__, parser="lalr", transformer=_Trees(), maybe_placeholders=True)
