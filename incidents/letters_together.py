"""The one letter that tells a reader all that waits for them: what changes hands with a new map, and what is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents import letter_of_escalation, words
from incidents.models import Routing
from incidents.notice_texts import BY_MAP_FROM, BY_MAP_REPORTER, BY_MAP_TO
from incidents.notices_of_boundaries import BOUNDARY
from messaging.models import Message

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LINES_AT_MOST: Final = 100
HEADINGS: Final[Mapping[str, _StrPromise]] = MappingProxyType(
    {
        BY_MAP_TO: gettext_lazy("They come to you"),
        BY_MAP_FROM: gettext_lazy("They leave you"),
        BY_MAP_REPORTER: gettext_lazy("Another post answers for them"),
    }
)


def letter_of(rows: Sequence[Message]) -> tuple[str, str]:
    """Subject and text, in the active language. Two queries."""
    moved = [row for row in rows if row.dedupe_key.startswith(f"{BOUNDARY}:")]
    others = [row for row in rows if row not in moved]
    if not moved:
        return letter_of_escalation.letter_of(others)
    subject, text = _letter(moved)
    return (subject, text) if not others else (subject, "\n\n".join([text, *letter_of_escalation.letter_of(others)]))


def _letter(rows: Sequence[Message]) -> tuple[str, str]:
    keys: dict[str, list[int]] = {kind: [] for kind in HEADINGS}
    for row in rows:
        _prefix, _reference, kind, routing, _reader = row.dedupe_key.split(":")
        keys[kind].append(int(routing))
    asked = [key for each in keys.values() for key in each]
    found = Routing.objects.select_related("incident__category", "incident__post").in_bulk(asked)
    lines: list[str] = []
    left = LINES_AT_MOST
    for kind, of_kind in keys.items():
        shown = sorted((found[key] for key in of_kind if key in found), key=lambda each: each.incident.due_on)
        if shown[:left]:
            lines += ["", f"{HEADINGS[kind]} ({len(shown)})", *(_line(each, kind) for each in shown[:left])]
        left = max(left - len(shown), 0)
    if len(rows) > LINES_AT_MOST:
        lines += ["", _("… and %(n)d more.") % {"n": len(rows) - LINES_AT_MOST}]
    count = len({each.incident_id for each in found.values()})
    subject = ngettext(
        "The sectors change: %(n)d concern changes hands", "The sectors change: %(n)d concerns change hands", count
    )
    intro = _("A new edition of the sectors is in force. The due dates stay as they were.")
    return subject % {"n": count}, "\n".join([intro, *lines])


def _line(routing: Routing, kind: str) -> str:
    incident = routing.incident
    facts = {
        "reference": incident.reference,
        "category": words.label(incident.category),
        "due": date_format(incident.due_on, "DATE_FORMAT"),
        "post": words.label(incident.post),
    }
    if kind == BY_MAP_TO:
        return "- " + _("%(reference)s – %(category)s – answer due by %(due)s") % facts
    return "- " + _("%(reference)s – %(category)s – now with: %(post)s – answer due by %(due)s") % facts
