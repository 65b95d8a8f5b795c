"""What is typed about a border agreement: where, which sector answers, from when to when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend import outlines
from frontend.acting_forms import InEnglish, Words
from frontend.days import DayField
from frontend.drawing_forms import Choice
from frontend.read_over import SpokenForm
from incidents.refusals import OF_A_SERVICE
from sectors.changes.agreements import LONGEST_REASON, MOST_REACH_M

LINE, AREA = "line", "area"
_METRES: Final = _("Write a number of metres from 1 to 200.")


class AgreementForm(SpokenForm):
    """A new agreement; `clean` gives `line` or `area` in place of `shape` and `outline`."""

    may_say = OF_A_SERVICE

    shape = forms.ChoiceField(
        label=_("What is agreed on"),
        choices=[(LINE, _("a line, such as a street")), (AREA, _("a small area, such as a square"))],
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )
    outline = forms.CharField(
        label=_("Positions"),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "num"}),
        help_text=_("Longitude, then latitude, one position on each line. Drawn on the map, they are written here."),
        error_messages={"required": _("Draw it on the map, or write its positions.")},
    )
    reach_m = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_REACH_M,
        label=_("How far a line reaches on each side, in metres"),
        help_text=_("As far as the houses of the street: 15 to 30 metres."),
        error_messages={"min_value": _METRES, "max_value": _METRES, "invalid": _METRES},
    )
    sector = Choice(_("Sector that answers"))
    start = DayField(label=_("From"), required=True, help_text=_("This day included; today means from now on."))
    last = DayField(label=_("Until"), help_text=_("This day included. Without a day: until it is ended."))
    reason_fr = Words(
        rows=2,
        max_length=LONGEST_REASON,
        label=_("Reason, in French"),
        missing=_("Give a reason."),
        help_text=_("Anybody who asks who answers there reads this sentence. Never a person."),
    )
    reason_en = InEnglish(rows=2, max_length=LONGEST_REASON, label=_("Reason, in English"))

    def __init__(self, data: Any = None, *, sectors: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **options)
        chosen = self.fields["sector"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - declared above
        chosen.choices = sectors
        self.fields["start"].error_messages["required"] = _("Choose the first day.")

    def clean(self) -> dict[str, Any]:
        """What was said, with the positions read."""
        cleaned = super().clean()
        shape, text, reach_m = cleaned.pop("shape", ""), cleaned.pop("outline", ""), cleaned.pop("reach_m", None)
        if not shape or not text:
            return cleaned
        try:
            if shape == LINE:
                cleaned["line"] = tuple(outlines.positions(text))
                cleaned["reach_m"] = float(reach_m or 0)
                if len(set(cleaned["line"])) < 2:
                    self.add_error("outline", _("Write two positions at least, one on each line."))
                if reach_m is None and "reach_m" not in self.errors:
                    self.add_error("reach_m", _METRES)
            else:
                cleaned["area"] = outlines.area(text).wkb
        except forms.ValidationError as error:
            self.add_error("outline", error)
        return cleaned


class EndForm(forms.Form):
    """The last day of an agreement."""

    last = DayField(label=_("Last day"), required=True, help_text=_("This day included."))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["last"].error_messages["required"] = _("Choose the last day.")
