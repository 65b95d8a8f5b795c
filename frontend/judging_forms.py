"""What is said of a problem that was worked on: its evaluation, its result, and whether a partner finds it better."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.acting_forms import ActForm, Choices, Words
from frontend.days import DayField
from frontend.findings import GRADES, Offered
from partnership import words
from partnership.changes.rating import LONGEST_COMMENT
from partnership.models.problem import LONGEST_TEXT

_SEEN: Final = {"yes": True, "no": False}


class EvaluateForm(ActForm):
    """From when to when something was done, what it is measured by, what was seen, and what the group makes of it."""

    begun_on = DayField(label=_("First day on which something was done"))
    done_on = DayField(label=_("Last day on which something was done"))
    criteria = forms.MultipleChoiceField(
        required=False,
        label=_("Criteria"),
        error_messages={"invalid_choice": _("This territory has no such criterion.")},
    )
    text = Words(
        rows=5, max_length=LONGEST_TEXT, required=False, label=_("What the group makes of it"),
        help_text=_("The members of the group read it. Places and facts, never persons."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, offered: Iterable[Offered], **options: Any) -> None:
        self.offered = list(offered)
        codes = [each.code for each in self.offered]
        options["initial"] = {"criteria": codes, **options.get("initial", {})}
        super().__init__(data, **options)
        chosen = self.fields["criteria"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101 - so it is declared
        chosen.choices = [(each.code, each.label) for each in self.offered]
        for each in self.offered:
            if each.seen:
                self.fields[f"seen-{each.code}"] = forms.ChoiceField(
                    required=False,
                    label=_("What was seen on the spot"),
                    choices=[("", _("Nobody has looked yet")), ("yes", _("It is so")), ("no", _("It is not so"))],
                )

    def clean(self) -> dict[str, Any]:
        """What was said, as `changes.evaluate` takes it."""
        cleaned = super().clean()
        chosen = cleaned.get("criteria") or []
        if self.offered and not chosen and "criteria" not in self.errors:
            self.add_error("criteria", _("Choose at least one criterion."))
        seen = {each.code: cleaned.pop(f"seen-{each.code}", "") for each in self.offered if each.seen}
        cleaned["observed"] = {code: _SEEN[said] for code, said in seen.items() if said and code in chosen}
        return cleaned

    def rows(self) -> list[tuple[Offered, bool, Any]]:
        """Each criterion, whether it is chosen, and the field of what was seen of it; None for what is computed."""
        chosen = self["criteria"].value() or []
        return [(each, each.code in chosen, self[f"seen-{each.code}"] if each.seen else None) for each in self.offered]


class CloseForm(ActForm):
    """What came of it."""

    result = forms.ChoiceField(
        label=_("Result"),
        choices=list(words.OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the result."), "invalid_choice": _("Choose the result.")},
    )
    reason = Words(rows=3, required=False, label=_("In a few words"), help_text=_("Needed where it is abandoned."))


class RateForm(ActForm):
    """Whether it is better, as one organisation sees it."""

    grade = forms.TypedChoiceField(
        label=_("Is it better than before?"),
        choices=list(enumerate(GRADES, 1)),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is better."), "invalid_choice": _("Say whether it is better.")},
    )
    comment = Words(rows=3, max_length=LONGEST_COMMENT, required=False, label=_("What remains, or what helped"))
    partner = forms.ChoiceField(label=_("In the name of"), required=False)

    def __init__(self, data: Any = None, *, speakers: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        spoken = self.fields["partner"]
        assert isinstance(spoken, forms.ChoiceField)  # noqa: S101 - so it is declared
        spoken.choices = list(speakers)
        if len(speakers) < 2:
            del self.fields["partner"]
