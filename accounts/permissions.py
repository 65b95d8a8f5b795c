"""What a role may do, and to which objects: one table, in plain strings. It knows neither Django nor any place.

A *relation* is how the person's role reaches an object; which objects those are is settled by `visible_to` and its
like, from the person's mandates:

    own        reported by the person or their organisation
    held       in a sector whose post the person holds, as holder or stand-in
    co_read    routed elsewhere, with that post as a co-reader
    group      in a sector whose partnership group the person's organisation belongs to
    commune    in the commune of the person's mandate
    territory  anywhere in the territory of the person's mandate
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

ROLES: Final = ("referent", "partner", "mayor", "director", "administrator", "auditor")


def _row(**relations: str) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({role: frozenset(text.split()) for role, text in relations.items()})


# A role that a row does not name may not do it (403). A relation that is not named makes the object foreign (404).
# fmt: off
TABLE: Final[Mapping[str, Mapping[str, frozenset[str]]]] = MappingProxyType({
    # concerns
    "report":            _row(referent="held", partner="own", mayor="commune"),
    "report_for_others": _row(referent="held", mayor="commune"),
    "list":              _row(referent="own held co_read", partner="own group", mayor="own commune",
                              director="own territory"),
    "read":              _row(referent="own held co_read", partner="own group", mayor="own commune",
                              director="own territory"),
    "read_month":        _row(referent="own held co_read", partner="own group", mayor="own", director="own territory"),
    "read_text":         _row(referent="own held co_read", partner="own", mayor="own", director="own territory"),
    "move":              _row(referent="held", partner="own", mayor="own", director="territory"),
    "change_status":     _row(referent="held", partner="own", mayor="own", director="territory"),
    "hand_on":           _row(referent="held", director="territory"),
    "comment":           _row(referent="held co_read", partner="own", mayor="own", director="territory"),
    "support":           _row(referent="own held co_read", partner="own group", mayor="own commune"),
    "merge":             _row(referent="held", director="territory"),
    "rate":              _row(partner="own", mayor="own"),
    "keep_places":       _row(partner="own"),
    "add_photo":         _row(referent="own held co_read", partner="own", mayor="own"),
    "note":              _row(referent="held co_read", director="territory"),
    "hold_desk":         _row(referent="held co_read", director="territory"),
    "triage":            _row(director="territory"),
    # problems of a group: their state and result; what is written of them; running them
    "see_problem":       _row(referent="held", partner="group", mayor="commune", director="territory"),
    "read_problem":      _row(referent="held", partner="group", director="territory"),
    "propose_problem":   _row(referent="held", partner="group", mayor="commune"),
    "run_problem":       _row(referent="held"),
    "contribute":        _row(referent="held", partner="group"),
    "read_meeting":      _row(referent="held", partner="group", director="territory"),
    # the territory
    "draw_edition":      _row(director="territory", administrator="territory"),
    "approve_edition":   _row(director="territory", administrator="territory"),
    "administer":        _row(administrator="territory"),
    "see_posts":         _row(director="territory", administrator="territory"),
    "invite":            _row(referent="held", administrator="territory"),
    # what was done
    "read_log":          _row(auditor="territory"),
})
# fmt: on


def may(roles: Iterable[str], verb: str) -> bool:
    """True when one of the roles has the verb, on some object. KeyError for a verb that the table does not know."""
    row = TABLE[verb]
    return any(role in row for role in roles)


def relations(roles: Iterable[str], verb: str) -> frozenset[str]:
    """The relations through which these roles together have the verb; empty where they do not."""
    row = TABLE[verb]
    return frozenset().union(*(row.get(role, frozenset()) for role in roles))
