"""What a standard answer may speak of, and the answer that it becomes for one concern."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from incidents import words
from messaging.variables import fill
from sectors import atlas

if TYPE_CHECKING:
    from incidents.models import Incident, StandardAnswer

# name -> what it stands for
VARIABLES: Final[words.Words] = MappingProxyType(
    {
        "reference": _("the reference of the concern"),
        "category": _("its nature"),
        "commune": _("the commune"),
        "sector": _("the sector"),
        "post": _("the post that answers"),
        "phone": _("the public phone number of the post"),
        "email": _("the public e-mail address of the post"),
        "reported": _("the day it was reported"),
        "due": _("the day the answer is due"),
    }
)


def answer_from(answer: StandardAnswer, incident: Incident, *, language: str | None = None) -> str:
    """The answer to this concern, filled in, in this language (else the active one).

    Raises `messaging.variables.NotFilled` where nothing is known for a variable: a phone the post has not.
    """
    with override(language or get_language()):
        return fill(answer.text, values_of(incident))


def values_of(incident: Incident) -> Mapping[str, str]:
    """What each variable stands for, in the active language; "" for what is not known."""
    directory = atlas.current().directory
    post = directory.posts[incident.post_id]
    commune = directory.communes.get(incident.commune_id) if incident.commune_id else None
    sector = directory.sectors.get(incident.sector_id) if incident.sector_id else None
    return {
        "reference": incident.reference,
        "category": words.label(incident.category),
        "commune": commune.name if commune else "",
        "sector": sector.name if sector else "",
        "post": post.label,
        "phone": post.phone,
        "email": post.email,
        "reported": date_format(localtime(incident.reported_at), "DATE_FORMAT"),
        "due": date_format(incident.due_on, "DATE_FORMAT"),
    }
