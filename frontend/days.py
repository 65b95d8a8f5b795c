"""A day, by the browser's own field or typed the French way; and the days from one to another."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y")
# As far as the calendar reaches with an hour and a zone.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2200, 1, 1)
_LONGEST_DAYS: Final = 366


class DayInput(forms.DateInput):
    """The browser's field, which takes ISO days alone: what is none is left out, and its error says so."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """The day as the browser wants it; None for what is no day."""
        if isinstance(value, date):
            return value.isoformat()
        try:
            found = forms.DateField(required=False, input_formats=_FORMATS).clean(value)
        except ValidationError:
            return None
        return found.isoformat() if found else None


class DayField(forms.DateField):
    """A day that may be left out; one that no calendar reaches with an hour and a zone is no day."""

    widget = DayInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        invalid = {"invalid": _("Write a day such as 21/11/2026.")}
        super().__init__(input_formats=_FORMATS, error_messages=invalid, **options)

    def to_python(self, value: Any) -> date | None:
        """The day; None for nothing. ValidationError for anything else."""
        day: date | None = super().to_python(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError(self.error_messages["invalid"], "out_of_range")
        return day


class PeriodForm(forms.Form):
    """From one day to another, both of them included, and a year at most."""

    since = DayField(label=_("From"), required=True)
    until = DayField(label=_("Until"), required=True)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for field in self.fields.values():
            field.error_messages["required"] = _("Choose a day.")

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError(_("The last day comes after the first."), "order"))
        elif since and until and (until - since).days > _LONGEST_DAYS:
            self.add_error("until", ValidationError(_("Choose a year at most."), "too_long"))
        return cleaned
