"""An administrator puts a territory's own words in the place of the product's, or takes them back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from incidents.notice_texts import KINDS
from incidents.refusals import OF_A_SERVICE, check_content, check_length, check_variables
from messaging.variables import names
from ogcapi.geojson import FieldError, Refused
from sectors.changes.administering import administered
from sectors.models import MessageTemplate, Territory


def check_words(*, kind: str, subject: str, body: str, at: datetime) -> None:
    """Nothing, or Refused (422) with the member: `required`, `too_long`, `unknown_variable`, `braces_left`,
    `variable_missing`, `personal_data`."""
    words = KINDS[kind]
    members = (("subject", subject, 160, words.subject_names, ()), ("body", body, 4000, words.names, words.needs))
    for name, text, longest, known, needed in members:
        if not text.strip():
            raise Refused([FieldError(name, "required", _("Fill in this field."))], status=422)
        check_length(text, longest, field=name)
        check_variables(text, known, field=name)
        missing = [each for each in needed if each not in names(text)]
        if missing:
            message = _("This notice cannot do without {{ %(what)s }}.") % {"what": missing[0]}
            raise Refused([FieldError(name, "variable_missing", message)], status=422)
        check_content(text, None, at, field=name, but=OF_A_SERVICE)


@transaction.atomic
def write_template(
    *, by: User, territory: Territory, kind: str, language: str, subject: str, body: str, at: datetime
) -> None:
    """Notices of this kind say this in this language from now on. Raises NotAllowed, and Refused as `check_words`."""
    administered(by, at, territory)
    check_words(kind=kind, subject=subject, body=body, at=at)
    # A form sends its lines with a carriage return each.
    said = {"subject": " ".join(subject.split()), "body": "\n".join(body.strip().splitlines())}
    MessageTemplate.objects.update_or_create(territory=territory, kind=kind, language=language, defaults=said)
    _log(by, "template.write", territory, kind, language)


@transaction.atomic
def withdraw_template(*, by: User, territory: Territory, kind: str, language: str, at: datetime) -> bool:
    """The product's words serve again; False where they did already. Raises NotAllowed."""
    administered(by, at, territory)
    gone, _each = MessageTemplate.objects.filter(territory=territory, kind=kind, language=language).delete()
    if gone:
        _log(by, "template.withdraw", territory, kind, language)
    return bool(gone)


def _log(by: User, operation: str, territory: Territory, kind: str, language: str) -> None:
    log_access(user=by, operation=operation, reference=f"template:{kind}:{language}", territory=territory.code)
