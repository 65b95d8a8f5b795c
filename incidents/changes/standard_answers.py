"""An administrator writes, changes and withdraws the standard answers of a territory."""

from __future__ import annotations

from typing import Final, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from incidents.models import StandardAnswer
from incidents.refusals import OF_A_SERVICE, check_content, check_filled, check_length, check_variables
from incidents.standard_answers import VARIABLES
from ogcapi.geojson import FieldError, Refused
from sectors.changes.administering import administered
from sectors.models import Category, Territory

_LENGTHS: Final = {"title_fr": 120, "title_en": 120, "text_fr": 4000, "text_en": 4000}


class Words(TypedDict, total=False):
    """What a standard answer says."""

    title_fr: str
    title_en: str
    text_fr: str
    text_en: str
    category: Category | None
    rank: int
    is_active: bool


@transaction.atomic
def write_answer(*, by: User, territory: Territory, **said: Unpack[Words]) -> StandardAnswer:
    """The new standard answer, in the access log too. Raises as `change_answer` does."""
    answer = StandardAnswer(territory=territory)
    _save(by, answer, said, "standard_answer.write")
    return answer


@transaction.atomic
def change_answer(*, by: User, answer: StandardAnswer, **said: Unpack[Words]) -> None:
    """The standard answer says this from now on; what is not given stays.

    Raises NotAllowed for who does not administer the territory; Refused (422) with the member: `required`,
    `too_long`, `unknown_variable`, `braces_left`, `unknown_category`, `personal_data`.
    """
    _save(by, answer, said, "standard_answer.edit")


def _save(by: User, answer: StandardAnswer, said: Words, operation: str) -> None:
    at = timezone.now()
    administered(by, at, answer.territory)
    for name, value in said.items():
        setattr(answer, name, value.strip() if isinstance(value, str) else value)
    for name, longest in _LENGTHS.items():
        text = getattr(answer, name)
        if not text and name.endswith("_fr"):
            raise Refused([FieldError(name, "required", _("Fill in this field."))], status=422)
        check_length(text, longest, field=name)
        if name.startswith("text"):
            check_variables(text, VARIABLES, field=name)
        else:
            check_filled(text, field=name)
        check_content(text, None, at, field=name, but=OF_A_SERVICE)
    if answer.category is not None and answer.category.territory_id != answer.territory_id:
        message = _("This nature belongs to another territory.")
        raise Refused([FieldError("category", "unknown_category", message)], status=422)
    answer.save()
    _log(by, operation, answer.pk, answer.territory)


def _log(by: User, operation: str, key: int, territory: Territory) -> None:
    log_access(user=by, operation=operation, reference=f"standard_answer:{key}", territory=territory.code)
