"""The words, icons and tones for the codes that the screens show. Codes stay codes everywhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from incidents import deadlines
from incidents.words import STATUSES
from incidents.workflow import SETTLED, Status
from sectors import atlas

STATUS_ICONS: Final = MappingProxyType(
    {
        Status.SIGNALEE: "plus",
        Status.QUALIFIEE: "list",
        Status.PRISE_EN_CHARGE: "hand",
        Status.REPONDUE: "reply",
        Status.CLOSE: "check",
        Status.NON_RETENUE: "close",
        Status.SUSPENDUE: "pause",
        Status.ROUVERTE: "refresh",
    }
)
KINDS: Final = MappingProxyType(
    {
        "city_centre": _("City centre"),
        "economic": _("Large economic areas"),
        "dense_housing": _("Dense housing"),
    }
)
ROLES: Final = MappingProxyType(
    {
        "referent": _("Référent"),
        "partner": _("Partner"),
        "mayor": _("Mayor"),
        "director": _("Direction"),
        "administrator": _("Administrator"),
        "auditor": _("Auditor"),
    }
)
FINDINGS: Final = MappingProxyType(
    {
        "iban": _("a bank account number"),
        "nir": _("a social security number"),
        "email": _("an e-mail address"),
        "phone": _("a phone number"),
        "plate": _("a number plate"),
        "name": _("a person's name"),
    }
)
RECEIVED: Final = MappingProxyType(
    {
        "api": _("by another software"),
        "web": _("on this site"),
        "telephone": _("by phone"),
        "accueil": _("at the reception desk"),
        "reunion": _("in a meeting"),
    }
)
DUES: Final = MappingProxyType(
    {
        "late": _("Late"),
        "week": _("Within 7 days"),
        "later": _("Later"),
    }
)
FILTERS: Final = MappingProxyType(
    {
        "q": _("Words"),
        "status": _("Status"),
        "due": _("Answer due"),
        "category": _("Nature"),
        "own": _("Only ours"),
        "commune": _("Commune"),
        "sector": _("Sector"),
        "post": _("With the post"),
        "partner": _("Organisation"),
        "since": _("Received from"),
        "until": _("Received until"),
        "desk": _("My desk only"),
        "replied": _("Their reporter has written"),
        "offered": _("Proposed to me"),
    }
)
GROUPS: Final = MappingProxyType(
    {"open": _("All open ones"), "untaken": _("All to be taken in charge"), "settled": _("All settled ones")}
)
SOON_DAYS: Final = 7


def word(table: Mapping[Any, Any], code: str) -> str:
    """The word for this code, or the code itself when a territory uses one of its own."""
    found: str | Promise = table.get(code, code)
    return str(found)


def status(code: str) -> str:
    """The status in the active language."""
    return word(STATUSES, code)


def kind(code: str) -> str:
    """The kind of a sector in the active language; a territory's own by its code, made readable."""
    return word(KINDS, code) if code in KINDS else code.replace("_", " ").replace("-", " ").strip().capitalize()


def in_place_of(post: Any) -> str:
    """The label of the desk or triage where concerns go while nobody holds the post; "" where they stay with it."""
    directory = atlas.current().directory
    desk = directory.desk_in_place_of(post.pk) if post.pk in directory.posts else None
    return directory.posts[desk].label if desk is not None and desk != post.pk else ""


def label(card: Any) -> str:
    """The label of anything with `label_fr` and `label_en`, in the active language."""
    if card is None:
        return ""
    return str(card.label_en if get_language() == "en" else card.label_fr)


def name(card: Any) -> str:
    """The name of anything with `name_fr` and `name_en`, in the active language."""
    return str(card.name_en if get_language() == "en" else card.name_fr)


def over(place: Any) -> str:
    """A post, a territory, a commune or an organisation by its name, in the active language."""
    if hasattr(place, "label_fr"):
        return label(place)
    return name(place) if hasattr(place, "name_fr") else str(place)


def family(card: Any) -> str:
    """The family of a category, in the active language."""
    return str(card.family_en if get_language() == "en" else card.family_fr)


def due(incident: Any, now: datetime) -> dict[str, Any]:
    """`tone` (late, soon, calm, none), `icon`, `text` and the date, for a concern's due date at `now`."""
    if incident.status in SETTLED:
        return {"tone": "none", "icon": "check", "text": "", "on": incident.due_on}
    if incident.status == Status.SUSPENDUE:
        return _still(incident, now)
    return left_until(incident.due_on, incident.due_at, now)


def _still(incident: Any, now: datetime) -> dict[str, Any]:
    """The same while the clock stands still: no day is counted. What was late before it stopped stays late."""
    until = getattr(incident, "stopped_until", None)
    late = deadlines.overdue(now, incident.due_at)
    said = gettext("late, suspended until %(day)s") if late else gettext("suspended until %(day)s")
    text = said % {"day": date_format(until, "j F")} if until else status(Status.SUSPENDUE)
    return {"tone": "late" if late else "calm", "icon": "pause", "text": text, "on": incident.due_on, "still": True}


def left_until(due_on: date, due_at: datetime, now: datetime) -> dict[str, Any]:
    """The same for any clock that runs until the end of this day."""
    left = deadlines.days_left(now, due_on)
    if deadlines.overdue(now, due_at):
        text = ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}
        return {"tone": "late", "icon": "alert", "text": text, "on": due_on}
    if left == 0:
        return {"tone": "soon", "icon": "clock", "text": gettext("due today"), "on": due_on}
    text = ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    return {"tone": "soon" if left <= SOON_DAYS else "calm", "icon": "clock", "text": text, "on": due_on}


def days(number: float) -> str:
    """How many days, in tenths where they are not whole."""
    whole = number == int(number)
    # Which plural: in French up to two is one; in English one alone is.
    told = ngettext("%(number)s day", "%(number)s days", int(number) if whole or number < 1 else math.ceil(number))
    return told % {"number": number_format(number, decimal_pos=0 if whole else 1)}
