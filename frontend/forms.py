"""What people type, read into values: places, natures, moments. Rights and rules are elsewhere."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.screening import Finding, screen
from sectors.atlas.directory import CategoryCard

PARIS: Final = ZoneInfo("Europe/Paris")
LONGEST_TEXT: Final = 1000
_TOO_LONG: Final = _("Keep to 200 characters: there are %(show_value)s.")
_NUMBER: Final = re.compile(r"[-+−]?\d{1,3}([.,]\d{0,20})?")
_PAIR: Final = re.compile(r"\s*([-+−]?\d{1,3}(?:[.,]\d+)?)\s*[;,\s]\s*([-+−]?\d{1,3}(?:[.,]\d+)?)\s*")


class DegreesField(forms.CharField):
    """An angle in degrees, with a comma or a dot; finite and within `bound`."""

    def __init__(self, *, bound: float, **options: Any) -> None:
        self.bound = bound
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """The number; None for nothing. ValidationError for anything else."""
        text = str(super().to_python(value)).rstrip("°")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValidationError(_("Write a number of degrees, such as 46.5 or 46,5."), code="invalid")
        number = float(text.replace(",", ".").replace("−", "-"))
        if not math.isfinite(number) or abs(number) > self.bound:
            raise ValidationError(
                _("Write a number between −%(bound)s and %(bound)s."), "range", {"bound": int(self.bound)}
            )
        return number


class PlaceForm(forms.Form):
    """Step 1: where."""

    lat = DegreesField(bound=90, required=False, label=_("Latitude"))
    lon = DegreesField(bound=180, required=False, label=_("Longitude"))
    accuracy = forms.FloatField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)
    place = forms.CharField(required=False, max_length=160, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any) -> None:
        # "46.5, 2.5" is how other maps give a place: taken whole from the first box when the second is empty.
        pair = _PAIR.fullmatch(data.get("lat", "")) if data and not data.get("lon") else None
        if pair:
            data = data.copy()
            data["lat"], data["lon"] = pair.groups()
        super().__init__(data, **options)

    def clean(self) -> dict[str, Any]:
        """Both numbers or an error on the one that is missing."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            if cleaned.get("lat") is None and cleaned.get("lon") is None:
                self.add_error(
                    "lat",
                    ValidationError(_("Choose a place: on the map, by search, or by its coordinates."), "required"),
                )
            elif cleaned.get("lat") is None:
                self.add_error("lat", ValidationError(_("The latitude is missing."), "required"))
            elif cleaned.get("lon") is None:
                self.add_error("lon", ValidationError(_("The longitude is missing."), "required"))
        return cleaned


class WhatForm(forms.Form):
    """Step 2: what, and when."""

    category = forms.ChoiceField(label=_("Nature of the concern"), error_messages={"required": _("Choose a nature.")})
    description = forms.CharField(
        label=_("What happens there"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea,
        error_messages={
            "required": _("Describe what happens."),
            "max_length": _("Keep to 1,000 characters: there are %(show_value)s."),
        },
    )
    occurred_on = forms.DateField(
        required=False,
        label=_("Day"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Write a day such as 21/11/2026.")},
    )
    occurred_time = forms.TimeField(
        required=False,
        label=_("Time"),
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"],
        error_messages={"invalid": _("Write a time such as 23:10.")},
    )

    def __init__(self, data: Any = None, *, cards: Sequence[CategoryCard], **options: Any) -> None:
        super().__init__(data, **options)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)  # noqa: S101 - declared above
        category.choices = [(card.code, card.code) for card in cards]
        self.findings: list[Finding] = []

    def clean_description(self) -> str:
        """The text, with the line ends of one character that are counted on screen."""
        text: str = self.cleaned_data["description"].replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in text:
            raise ValidationError(_("Describe what happens."), "required")
        return text

    def clean(self) -> dict[str, Any]:
        """Refuses what is certainly of a person, and asks to read again what may be."""
        cleaned: dict[str, Any] = super().clean() or {}
        text = cleaned.get("description", "")
        self.findings = screen(text) if text else []
        if any(finding.certain for finding in self.findings):
            self.add_error(
                "description", ValidationError(_("Remove what designates a person, marked below."), "personal_data")
            )
        elif self.findings and self.data.get("read_again") != text_mark(text):
            self.add_error(
                "description", ValidationError(_("Read your text again: it may designate a person."), "read_again")
            )
        day, hour = cleaned.get("occurred_on"), cleaned.get("occurred_time")
        if hour is not None and day is None and "occurred_on" not in self.errors:
            self.add_error("occurred_on", ValidationError(_("Give the day of this time."), "required"))
        elif day is not None and is_future(day, hour):
            self.add_error("occurred_on", ValidationError(_("This moment has not come yet."), "future"))
        return cleaned


class Motive(forms.CharField):
    """Why something is read or taken away: a few words, for the access log."""

    def __init__(self, *, missing: Any, **options: Any) -> None:
        errors = {"required": missing, "min_length": _("Say why in a few words."), "max_length": _TOO_LONG}
        super().__init__(min_length=5, max_length=200, error_messages=errors, **options)


class MotiveForm(forms.Form):
    """Why somebody of the direction reads what a sector holds."""

    motive = Motive(
        label=_("Why you read it"),
        help_text=_("For example: following up the late cases of November."),
        missing=_("Say why you read this concern."),
    )


class ExportForm(forms.Form):
    """Why a table of concerns leaves the service, and for whom."""

    motive = Motive(
        label=_("Why you need this table"),
        help_text=_("For example: preparing the meeting of the group on 12 December. It is kept in the access log."),
        missing=_("Say why you need this table."),
    )
    recipient = forms.CharField(
        required=False,
        label=_("For whom, if not for yourself"),
        max_length=200,
        error_messages={"max_length": _TOO_LONG},
    )


def text_mark(text: str) -> str:
    """A short mark of a text: what was read again is this text and no other."""
    return f"{len(text)}-{sum((index + 1) * ord(letter) for index, letter in enumerate(text)) % 1_000_003}"


def occurred_at(day: date | None, hour: time | None) -> datetime | None:
    """The moment in Paris; noon when no hour is known; None without a day."""
    return None if day is None else datetime.combine(day, hour or time(12), tzinfo=PARIS)


def is_future(day: date, hour: time | None) -> bool:
    """Is this moment, or without an hour this day, still to come in Paris?"""
    now = timezone.now().astimezone(PARIS)
    moment = occurred_at(day, hour)
    return day > now.date() or (hour is not None and moment is not None and moment > now)
