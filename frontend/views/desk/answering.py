"""An answer before it is sent: begun from a standard one, and read over as its reporter will read it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend import acting, telling
from frontend.acting_forms import ActForm
from incidents.models import Incident
from incidents.refusals import OF_A_SERVICE, check_content, check_filled
from incidents.reporters import reporters_of
from incidents.standard_answers import answer_from
from messaging.variables import NotFilled
from ogcapi.geojson import FieldError, Refused

if TYPE_CHECKING:
    from accounts.models import User

FIELD = "repondre-answer"
CHOSEN = "repondre-standard"


def begun(incident: Incident, typed: QueryDict) -> QueryDict:
    """What was typed, with the standard answer chosen after it, filled in for this concern.

    Raises Refused (422) `unknown_answer`, or `unknown_variable` where a variable of it is not known here.
    """
    chosen = next((each for each in acting.standard_answers(incident) if str(each.pk) == typed.get(CHOSEN)), None)
    if chosen is None:
        raise Refused([FieldError("standard", "unknown_answer", _("Choose a standard answer first."))], status=422)
    try:
        text = answer_from(chosen, incident, language=_language(incident))
    except NotFilled as error:
        message = _("Nothing is known here for “%(what)s”: choose another answer, or write your own.")
        raise Refused(
            [FieldError("standard", "unknown_variable", message % {"what": error.what})], status=422
        ) from None
    copied = typed.copy()
    copied[FIELD] = "\n\n".join(filter(None, [typed.get(FIELD, "").strip(), text]))
    return copied


def preview(incident: Incident, form: ActForm, by: User, at: datetime) -> dict[str, Any]:
    """What leaves with the answer, a letter a language; or why none does. Raises Refused (422) as sending does."""
    said: dict[str, Any] = form.cleaned_data
    check_filled(said["answer"], field="answer")
    check_content(said["answer"], None, at, field="answer", but=OF_A_SERVICE)
    found = telling.letters(incident, said["answer"], by, at)
    own = incident.author_id == by.pk and incident.partner_id is None
    untold = (
        _("Nothing is sent: you reported this concern yourself.")
        if own
        else _("Nothing is sent: nobody of those who reported this concern has an account in use.")
    )
    return {"letters": found, "untold": "" if found else untold, "answer": said["answer"]}


def _language(incident: Incident) -> str:
    """In which the reporter is written to; that of the page where nobody is left to be."""
    readers = reporters_of(incident, timezone.now())
    return readers[0].language if readers else get_language() or "fr"
