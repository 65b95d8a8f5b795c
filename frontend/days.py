"""A day, by the browser's own field or typed the French way."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y")


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
    """A day that may be left out."""

    widget = DayInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        invalid = {"invalid": _("Write a day such as 21/11/2026.")}
        super().__init__(input_formats=_FORMATS, error_messages=invalid, **options)
