"""How to reach a third person who told of a concern: typed at the end of a report, on purpose or not at all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_PHONE = r"^\+?[0-9][0-9 .()/-]{4,28}$"


class ContactForm(forms.Form):
    """All empty for nobody. `told`: whether somebody else told the concern at all."""

    contact_name = forms.CharField(required=False, max_length=120, label=_("Name"))
    contact_phone = forms.RegexField(
        _PHONE,
        required=False,
        label=_("Telephone"),
        error_messages={"invalid": _("Write a telephone number such as 04 92 00 00 00.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    contact_email = forms.EmailField(
        required=False,
        max_length=254,
        label=_("E-mail address"),
        error_messages={"invalid": _("Write an address such as name@example.org.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, told: bool = False, **options: Any) -> None:
        super().__init__(data, **options)
        self.told = told

    def clean(self) -> dict[str, Any]:
        """A way to reach them, or nothing."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors or not any(cleaned.values()):
            return cleaned
        if not self.told:
            raise ValidationError(_("Say how they told you, or remove how to reach them."), "not_told")
        if not (cleaned["contact_phone"] or cleaned["contact_email"]):
            self.add_error(
                "contact_phone",
                ValidationError(_("Write their telephone number or their e-mail address."), "required"),
            )
        return cleaned

    @property
    def given(self) -> dict[str, str] | None:
        """Name, telephone and address of a valid form; None where nobody wishes to be reached."""
        found = {name.removeprefix("contact_"): text for name, text in self.cleaned_data.items()}
        return found if any(found.values()) else None
