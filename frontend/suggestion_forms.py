"""What the référent decides on a suggested problem, as one form: make it one, join it to one, or set it aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partnership.models import Problem
from partnership.models.problem import LONGEST_REASON, LONGEST_TITLE

ACCEPT, MERGE, DISMISS = "accept", "merge", "dismiss"
# decision -> the field that it cannot do without.
NEEDED: Final = {ACCEPT: "title", MERGE: "problem", DISMISS: "reason"}


class SuggestionForm(forms.Form):
    """`problem` is the reference of one of those that it may be joined to."""

    decision = forms.ChoiceField(
        label=_("What to do with it"),
        choices=[
            (ACCEPT, _("Make it a problem of the group")),
            (MERGE, _("Join it to a problem that is open")),
            (DISMISS, _("Set it aside: it comes back only if it grows")),
        ],
    )
    title = forms.CharField(label=_("Title of the problem"), max_length=LONGEST_TITLE, required=False)
    problem = forms.ChoiceField(label=_("Open problem"), required=False)
    reason = forms.CharField(label=_("Why it is set aside"), max_length=LONGEST_REASON, required=False)

    def __init__(self, data: Any = None, *, problems: Iterable[Problem], **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["problem"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so it is declared
        field.choices = [("", "–"), *((each.reference, f"{each.title} ({each.reference})") for each in problems)]

    def clean(self) -> dict[str, Any]:
        """The decision with what it needs."""
        cleaned: dict[str, Any] = super().clean() or {}
        needed = NEEDED.get(cleaned.get("decision", ""))
        if needed and needed not in self.errors and not cleaned.get(needed, "").strip():
            self.add_error(needed, ValidationError(_("This is needed for what you chose."), "required"))
        return cleaned
