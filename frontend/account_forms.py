"""What people type to protect their account: codes, passwords, names of tokens."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.second_factor import DIGITS, tidy

LONGEST_TOKEN_DAYS: Final = 365


class CodeForm(forms.Form):
    """The six digits of the application."""

    code = forms.CharField(
        label=_("Code of your application"),
        max_length=20,
        error_messages={"required": _("Write the six digits that your application shows.")},
        help_text=_("Six digits, new every thirty seconds."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        """The six digits without the spaces between them."""
        code = "".join(self.cleaned_data["code"].split())
        if not DIGITS.fullmatch(code):
            raise ValidationError(_("Write the six digits that your application shows."), code="invalid")
        return code


class PasswordForm(forms.Form):
    """The account's own password, asked again before something that protects it is changed."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        error_messages={"required": _("Write your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.user = user
        if not user.has_usable_password():
            # Somebody who only ever came through the identity provider has none to give.
            del self.fields["password"]

    def clean_password(self) -> str:
        """The password, when it is the account's."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not the password of your account."), code="wrong")
        return password


class CodeAndPasswordForm(CodeForm, PasswordForm):
    """Both, for what weakens the protection of the account."""

    field_order = ("password", "code")


class RecoveryForm(forms.Form):
    """One of the ten recovery codes."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        error_messages={"required": _("Write one of your recovery codes.")},
        help_text=_("Twelve letters and digits, such as 4K7M-9QXT-2B8H. Each is used once."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code as it was given out."""
        return tidy(self.cleaned_data["code"])


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        error_messages={"required": _("Say what the token is for.")},
        help_text=_("The program and the machine: you will know which one to revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label=_("How many days it lasts"),
        min_value=1,
        max_value=LONGEST_TOKEN_DAYS,
        initial=90,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Write a number of days from 1 to 365.")
        ),
        help_text=_("From 1 to 365."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class EraseForm(PasswordForm):
    """The last question before an account is erased: its address, typed by hand, and its password where it has one."""

    address = forms.CharField(
        label=_("E-mail address of the account"),
        help_text=_("Typed by hand, so that nothing is erased by mistake."),
        max_length=254,
        error_messages={"required": _("Write the e-mail address of your account.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("address", "password")

    def clean_address(self) -> str:
        """The address, when it is the account's."""
        address: str = self.cleaned_data["address"].strip().lower()
        if address != self.user.email:
            raise ValidationError(_("This is not the address of your account."), code="other")
        return address
