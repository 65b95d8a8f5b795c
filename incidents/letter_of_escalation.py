"""The one letter that tells a reader all rungs of the ladder reached at the same time, concern by concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents import words
from incidents.escalation import Step
from incidents.models import Incident
from messaging.models import Message
from messaging.wishes import concern_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LINES_AT_MOST: Final = 100
# In the order of the letter: what is late first.
HEADINGS: Final[Mapping[Step, _StrPromise]] = MappingProxyType(
    {
        Step.DIRECTION: gettext_lazy("Still late"),
        Step.OVERDUE: gettext_lazy("Late"),
        Step.TRIAGE: gettext_lazy("Waiting to be handed on"),
        Step.UNANSWERED: gettext_lazy("Offered, and still not answered"),
        Step.OFFER: gettext_lazy("Offered, and not answered in time"),
        Step.UNTAKEN: gettext_lazy("Taken in charge by nobody"),
        Step.REMINDER: gettext_lazy("Due soon"),
    }
)


def letter_of(rows: Sequence[Message]) -> tuple[str, str]:
    """Subject and text, in the active language: the reference, the nature and the due day of each. One query."""
    told = {step: list[str]() for step in HEADINGS}
    for row in rows:
        told[Step(row.dedupe_key.split(":")[2])].append(concern_of(row.dedupe_key))
    asked = {reference for references in told.values() for reference in references}
    concerns = Incident.objects.filter(reference__in=asked).select_related("category")
    found = {incident.reference: incident for incident in concerns}
    lines: list[str] = []
    left = LINES_AT_MOST
    for step, references in told.items():
        shown = sorted((found[each] for each in references if each in found), key=lambda each: (each.due_on, each.pk))
        if shown[:left]:
            lines += ["", f"{HEADINGS[step]} ({len(shown)})", *(_line(each) for each in shown[:left])]
        left = max(left - len(shown), 0)
    if len(rows) > LINES_AT_MOST:
        lines += ["", _("… and %(n)d more.") % {"n": len(rows) - LINES_AT_MOST}]
    subject = ngettext("%(n)d concern waits for you", "%(n)d concerns wait for you", len(asked)) % {"n": len(asked)}
    return subject, "\n".join([_("Open your desk to answer them."), *lines])


def _line(incident: Incident) -> str:
    return "- " + _("%(reference)s – %(category)s – answer due by %(due)s") % {
        "reference": incident.reference,
        "category": words.label(incident.category),
        "due": date_format(incident.due_on, "DATE_FORMAT"),
    }
