"""What people type to invite somebody, and to accept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import NewPasswordForm
from frontend import words
from sectors.inviting import Offer


class InviteForm(forms.Form):
    """An address, and one of the roles on offer; `what` becomes the Offer itself."""

    email = forms.EmailField(
        label=_("Professional e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the address of the person.")},
    )
    what = forms.ChoiceField(
        label=_("Role"),
        widget=forms.Select(attrs={"class": "fr-select"}),
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose one of the roles offered.")},
    )
    language = forms.ChoiceField(
        label=_("Language of the letter"),
        choices=settings.LANGUAGES,
        widget=forms.Select(attrs={"class": "fr-select"}),
    )

    def __init__(self, data: Any = None, *, offers: Sequence[Offer], **options: Any) -> None:
        super().__init__(data, **options)
        self.offers = {offer.key: offer for offer in offers}
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101 - declared above
        groups = groupby(offers, key=lambda offer: offer.role)
        what.choices = [
            ("", _("Choose")),
            *(
                (words.word(words.ROLES, role), [(each.key, words.over(each.over)) for each in of])
                for role, of in groups
            ),
        ]

    def clean_email(self) -> str:
        """In lower case, as accounts are known."""
        return str(self.cleaned_data["email"]).lower()

    def clean_what(self) -> Offer:
        """The offer."""
        return self.offers[self.cleaned_data["what"]]


class AcceptForm(NewPasswordForm):
    """The name and the password of a new account."""

    field_order = ("name", "new_password", "again")
    name = forms.CharField(
        label=_("First name and name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )

    def clean_name(self) -> str:
        """On one line, without what no name has."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not any(letter.isalpha() for letter in name):
            raise ValidationError(_("Write your name."), "invalid")
        return name
