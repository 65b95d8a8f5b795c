"""The week of a post as its holder types it: a line for each time somebody is there, and some blank ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from incidents.screening import screen
from sectors.changes.hours import Hours
from sectors.models import ServiceHours

MOST_LINES: Final = 14
BLANK_LINES: Final = 3


class HourInput(forms.TimeInput):
    """The browser's field for an hour."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class HourField(forms.TimeField):
    """An hour, as the browser sends it or as it is written in French."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"],
            widget=HourInput(),
            required=False,
            error_messages={"invalid": _("Write an hour such as 09:30.")},
            **options,
        )


class LineForm(forms.Form):
    """A line of the week. Without a day it is none."""

    weekday = forms.TypedChoiceField(
        label=_("Day"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("No day")), *((number + 1, name) for number, name in WEEKDAYS.items())],
    )
    begins = HourField(label=_("From what hour"))
    ends = HourField(label=_("Until what hour"))
    place = forms.CharField(label=_("Where"), required=False, max_length=160)

    def clean_place(self) -> str:
        """A place is called by no person's name or number. ValidationError otherwise."""
        text: str = self.cleaned_data["place"].strip()
        if any(found.certain for found in screen(text)):
            raise ValidationError(_("Name a place, and no person."), "personal_data")
        return text

    def clean(self) -> dict[str, Any]:
        """Both hours in their order, where there is a day."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("weekday") is None:
            return cleaned
        for name in ("begins", "ends"):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, ValidationError(_("Write an hour such as 09:30."), "required"))
        if cleaned.get("begins") and cleaned.get("ends") and cleaned["begins"] >= cleaned["ends"]:
            self.add_error("ends", ValidationError(_("The end comes after the beginning."), "order"))
        return cleaned


if TYPE_CHECKING:
    _Lines = forms.BaseFormSet[LineForm]
else:
    _Lines = forms.BaseFormSet


class WeekFormSet(_Lines):
    """All lines; no two of them at once."""

    def clean(self) -> None:
        """ValidationError where two lines of a day overlap."""
        if any(self.errors):
            return
        if any(a.weekday == b.weekday and b.begins < a.ends for a, b in pairwise(sorted(self.week()))):
            raise ValidationError(_("Two lines of the same day overlap."), "overlap")

    def week(self) -> list[Hours]:
        """The lines that have a day."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data.get("weekday")]
        return [Hours(each["weekday"], each["begins"], each["ends"], each["place"]) for each in said]


def week_form(data: Any, lines: Sequence[ServiceHours]) -> WeekFormSet:
    """The form of these lines."""
    made: Any = forms.formset_factory(
        LineForm, formset=WeekFormSet, extra=BLANK_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES
    )
    names = ("weekday", "begins", "ends", "place")
    initial = [{name: getattr(line, name) for name in names} for line in lines]
    # What is sent is all that counts: somebody else may have set other lines meanwhile.
    form: WeekFormSet = made(data, initial=initial if data is None else None, prefix="week")
    return form
