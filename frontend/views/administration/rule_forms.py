"""Deadlines, natures and standard answers as an administrator types them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontend import words
from frontend.acting_forms import LONGEST_ANSWER, InEnglish, Words
from frontend.read_over import SpokenForm
from incidents.refusals import OF_A_SERVICE
from incidents.standard_answers import VARIABLES
from sectors.models import Category
from sectors.models.territory import NearbyNatures

_REQUIRED: Final = {"required": _("Fill in this field.")}
_MOST_REMINDERS: Final = 5


def _number(low: int, high: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=low, max_value=high, error_messages=_REQUIRED, **options)


class DeadlinesForm(forms.Form):
    """The rules of the clock, and what counts as near."""

    days = _number(1, 365, label=_("Days to answer"), help_text=_("A day off moves the date back, never forward."))
    triage_days = _number(1, 60, label=_("Working days for the direction to assign what no sector takes"))
    taken_days = _number(1, 60, label=_("Working days to take a concern in charge"))
    offer_days = _number(
        1,
        60,
        label=_("Working days to answer an offer of a concern"),
        help_text=_("Then both posts are reminded, and two working days later the direction is told."),
    )
    reminders = forms.CharField(
        max_length=40,
        label=_("Reminders, in days before the answer is due"),
        help_text=_("The farthest first, for example: 10, 5, 1."),
        error_messages=_REQUIRED,
    )
    nearby_m = _number(1, 2000, label=_("Metres within which two concerns may be the same"))
    nearby_days = _number(1, 365, label=_("Days within which two concerns may be the same"))
    nearby_natures = forms.ChoiceField(
        label=_("Concerns that may be the same are"),
        choices=NearbyNatures.choices,
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )

    def clean_reminders(self) -> list[int]:
        """Whole days, the farthest first. ValidationError for anything else."""
        parts = [part.strip() for part in self.cleaned_data["reminders"].replace(";", ",").split(",") if part.strip()]
        if not parts or len(parts) > _MOST_REMINDERS or not all(part.isascii() and part.isdigit() for part in parts):
            raise ValidationError(_("Write one to five whole numbers of days, with commas between them."), "invalid")
        days = [int(part) for part in parts]
        if any(a <= b for a, b in pairwise(days)) or not all(1 <= day <= 365 for day in days):
            raise ValidationError(_("The farthest reminder comes first, and each counts at least one day."), "order")
        return days

    def clean(self) -> dict[str, Any]:
        """No reminder before there is anything to remind of, and the triage before taking in charge and answering."""
        cleaned: dict[str, Any] = super().clean() or {}
        triage, taken = cleaned.get("triage_days"), cleaned.get("taken_days")
        if triage and taken and triage >= taken:
            said = _(
                "What no sector takes is assigned sooner than the %(days)s working days to take a concern in charge."
            )
            self.add_error("triage_days", ValidationError(said, "too_long", {"days": taken}))
        for name in ("taken_days", "offer_days"):
            if cleaned.get("days") and cleaned.get(name) and cleaned[name] > cleaned["days"]:
                self.add_error(name, ValidationError(_("That is longer than the answer itself takes."), "too_long"))
        if cleaned.get("days") and cleaned.get("reminders") and cleaned["reminders"][0] >= cleaned["days"]:
            self.add_error("reminders", ValidationError(_("A reminder comes after the report."), "too_early"))
        return cleaned


class NatureForm(forms.Form):
    """A nature of concern. `families` are offered for a new one alone."""

    family = forms.ChoiceField(label=_("Family"), error_messages={"required": _("Choose a family.")})
    label_fr = forms.CharField(max_length=160, label=_("Name in French"), error_messages=_REQUIRED)
    label_en = forms.CharField(max_length=160, label=_("Name in English"), error_messages=_REQUIRED)
    rank = _number(0, 30_000, label=_("Place in the list"), help_text=_("The lower one comes first."))
    is_frequent = forms.BooleanField(required=False, label=_("Offered first, among the frequent ones"))
    is_active = forms.BooleanField(
        required=False, label=_("Offered for new concerns"), help_text=_("What was reported as it keeps its nature.")
    )

    def __init__(self, data: Any = None, *, families: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        family = self.fields["family"]
        assert isinstance(family, forms.ChoiceField)  # noqa: S101 - declared above
        if families is None:
            del self.fields["family"]
        else:
            family.choices = [("", _("Choose")), *families.items()]


class AnswerForm(SpokenForm):
    """A standard answer in both languages, which may hold the number or the address of a service; its variables are
    checked when it is kept."""

    may_say = OF_A_SERVICE

    title_fr = forms.CharField(max_length=120, label=_("Title in French"), error_messages=_REQUIRED)
    text_fr = Words(rows=7, max_length=LONGEST_ANSWER, label=_("Text in French"), missing=_REQUIRED["required"])
    title_en = forms.CharField(required=False, max_length=120, label=_("Title in English"))
    text_en = InEnglish(rows=7, max_length=LONGEST_ANSWER, label=_("Text in English"))
    category = forms.ModelChoiceField(
        queryset=Category.objects.none(), required=False, label=_("For this nature alone"), empty_label=_("All natures")
    )
    rank = _number(0, 1000, label=_("Place in the list"), initial=0)
    is_active = forms.BooleanField(required=False, label=_("Offered on the desk"), initial=True)

    def __init__(self, data: Any = None, *, territory: int, **options: Any) -> None:
        super().__init__(data, **options)
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)  # noqa: S101 - declared above
        category.to_field_name = "code"
        category.queryset = Category.objects.filter(territory=territory).order_by("rank")
        category.label_from_instance = words.label  # type: ignore[method-assign, assignment]


def variables() -> list[tuple[str, Any]]:
    """The variables of a standard answer as they are written, and what each stands for."""
    return [("{{ " + name + " }}", about) for name, about in VARIABLES.items()]
