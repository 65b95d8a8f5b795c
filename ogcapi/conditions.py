"""What a client asks by `filter=` (CQL2, as text or JSON) as a condition of Django, checked at every leaf.

A property can be asked about where it can be filtered by, with a value of its own kind. What is not known (NULL, and
what this reader is not told of a feature) is neither true nor false, as in SQL and in the standard.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from django.db.models import BooleanField, Case, Expression, F, Func, Q, Value, When
from django.db.models.functions import Lower
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from .collection import Collection, Field
from .cql2 import LONGEST, parse
from .crs import Crs
from .geojson import FieldError, Refused, read_json
from .literals import refuse, shape, value
from .media import JSON

LANGUAGES: Final = ("cql2-text", "cql2-json")
# The name under which a collection's geometry is asked about, as its queryables call it.
GEOMETRY: Final = "geometry"
DEEPEST: Final = 60
_COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": Exact,
    "<": LessThan,
    "<=": LessThanOrEqual,
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
# The lookup of Django, and the one where the geometry of the collection is written second.
_SPATIAL: Final = {
    "s_intersects": ("intersects", "intersects"),
    "s_disjoint": ("disjoint", "disjoint"),
    "s_contains": ("contains", "within"),
    "s_within": ("within", "contains"),
    "s_touches": ("touches", "touches"),
    "s_crosses": ("crosses", "crosses"),
    "s_overlaps": ("overlaps", "overlaps"),
    "s_equals": ("equals", "equals"),
}
# A backslash takes the next character for itself; at the end it has none.
_DANGLING: Final = re.compile(r"(?:[^\\]|\\.)*\\", re.DOTALL)


class _Like(Func):
    template, arg_joiner, output_field = "%(expressions)s", " LIKE ", BooleanField()


@dataclass(frozen=True, slots=True)
class _Operand:
    """A property, perhaps without regard to case."""

    field: Field
    folded: bool

    @property
    def column(self) -> Any:
        return Lower(self.field.column) if self.folded else F(self.field.column)


def read_language(name: str) -> str:
    """The language of filters of this name. Refused (400), at `filter-lang`."""
    if name not in LANGUAGES:
        raise Refused([FieldError("filter-lang", "unknown_language", _("A filter is cql2-text or cql2-json."))])
    return name


def read_filter(text: str, language: str, collection: Collection, crs: Crs) -> Q:
    """The condition that a filter in this language asks for, its geometry in `crs`. Refused (400), at `filter`."""
    if len(text) > LONGEST:
        refuse("too_long", _("A filter has at most 4,000 characters."))
    tree = parse(text) if language == "cql2-text" else _tree(text)
    return _Reading(collection, crs).condition(tree, 0)


def _tree(text: str) -> Any:
    try:
        return read_json(text.encode(), content_type=JSON, accepted=(JSON,), max_bytes=4 * LONGEST)
    except Refused as refusal:
        raise Refused([FieldError("filter", each.code, each.message) for each in refusal.errors]) from None


def _not_understood() -> NoReturn:
    refuse("unknown_operation", _("The filter asks for something that this service does not know."))


class _Reading:
    """One filter of one collection."""

    def __init__(self, collection: Collection, crs: Crs) -> None:
        self.collection, self.crs = collection, crs

    def condition(self, tree: Any, depth: int) -> Q:
        """What a tree asks for."""
        if depth > DEEPEST:
            refuse("too_deep", _("The filter is nested too deeply."))
        if isinstance(tree, bool):
            return Q(Value(tree, output_field=BooleanField()))
        match tree:
            case {"op": "and" | "or" as op, "args": [_, _, *_] as args}:
                return _joined(op, [self.condition(each, depth + 1) for each in args])
            case {"op": "not", "args": [inner]}:
                return ~self.condition(inner, depth + 1)
            case {"op": str(op), "args": [left, *others]}:
                return self.predicate(op, left, others)
        _not_understood()

    def predicate(self, op: str, left: Any, others: list[Any]) -> Q:
        """What stands between AND and OR."""
        found = None
        match op, others:
            case "<>", [right]:
                found = ~self.compared("=", left, right)
            case (("=" | "<" | "<=" | ">" | ">="), [right]):
                found = self.compared(op, left, right)
            case "like", [right]:
                found = self.like(left, right)
            case "between", [low, high]:
                found = self.compared(">=", left, low) & self.compared("<=", left, high)
            case "in", [[_, *_] as values]:
                found = _joined("or", [self.compared("=", left, each) for each in values])
            case "isNull", []:
                operand = self.operand(left) or _not_understood()
                found = self.known(operand.field, IsNull(operand.column, True))
            case spatial, [right] if spatial in _SPATIAL:
                found = self.placed(spatial, left, right)
        return found or _not_understood()

    def compared(self, op: str, left: Any, right: Any) -> Q:
        """A property with a value, in either order."""
        operand = self.operand(left)
        if operand is None:
            operand, op, right = self.operand(right), _TURNED.get(op, op), left
        if operand is None or (operand.field.kind == "boolean" and op != "="):
            _not_understood()
        return self.known(operand.field, _COMPARISONS[op](operand.column, _value(operand, right)))

    def like(self, left: Any, right: Any) -> Q:
        """A text with a pattern, in which % stands for any characters and _ for one."""
        operand = self.operand(left)
        if operand is None or operand.field.kind != "string":
            _not_understood()
        text = right["args"][0] if _is_folded(right) else right
        if isinstance(text, str) and _DANGLING.fullmatch(text):
            refuse("invalid_pattern", _("A backslash stands before the character that it means."))
        return self.known(operand.field, _Like(operand.column, _value(operand, right)))

    def placed(self, op: str, left: Any, right: Any) -> Q:
        """The geometry of the collection with one that is given, in either order."""
        lookup, turned = _SPATIAL[op]
        if left != {"property": GEOMETRY}:
            left, right, lookup = right, left, turned
        if left != {"property": GEOMETRY}:
            _not_understood()
        return Q(**{f"{self.collection.geometry}__{lookup}": shape(right, self.crs)})

    def operand(self, tree: Any) -> _Operand | None:
        """The property that a tree names; None where it names none."""
        match tree:
            case {"op": "casei", "args": [inner]}:
                operand = self.operand(inner)
                if operand is None:
                    return None
                if operand.field.kind != "string":
                    _not_understood()
                return _Operand(operand.field, folded=True)
            case {"property": str(name)}:
                field = self.collection.field(name)
                if field is None or not field.filtered:
                    refuse("unknown_property", _("The collection has no such property to be asked about."))
                return _Operand(field, folded=False)
        return None

    def known(self, field: Field, condition: Expression) -> Q:
        """The condition, unknown of features of which this reader is not told the property."""
        known = self.collection.told(field)
        if known is None:
            return Q(condition)
        return Q(Case(When(known, then=condition), default=None, output_field=BooleanField(null=True)))


def _joined(op: str, conditions: list[Q]) -> Q:
    return functools.reduce(operator.and_ if op == "and" else operator.or_, conditions)


def _is_folded(tree: Any) -> bool:
    match tree:
        case {"op": "casei", "args": [_]}:
            return True
    return False


def _value(operand: _Operand, tree: Any) -> Any:
    """What a property is compared with, of its own kind."""
    if operand.folded and _is_folded(tree):
        return Lower(Value(value("string", tree["args"][0])))
    return Value(value(operand.field.kind, tree))
