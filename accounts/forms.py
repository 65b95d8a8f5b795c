"""Signing in by e-mail address and password, and changing either."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.lockout import locked_for_s
from accounts.models import User
from accounts.passwords import check_length
from accounts.throttles import sign_in_wait


class SignInForm(AuthenticationForm):
    """E-mail and password. Unknown, wrong and suspended get one message, after one password hash each.

    wait_s: above 0 when too many were tried; the password was not looked at, and the page may answer 429.
    """

    username = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        # Hashing a text of megabytes is work that anybody could ask for.
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {  # noqa: RUF012 (the base class declares it as a plain dict)
        "invalid_login": _("This address and password do not match an account in use."),
        "inactive": _("This address and password do not match an account in use."),
    }
    wait_s: float = 0.0

    def clean(self) -> dict[str, Any]:
        """The cleaned data, with `get_user()` set. Raises ValidationError `throttled` or `invalid_login`."""
        email = self.cleaned_data.get("username")
        if email and self.request is not None:
            self.wait_s = sign_in_wait(self.request, email) or locked_for_s(self.request, email)
        if self.wait_s:
            minutes = math.ceil(self.wait_s / 60)
            raise ValidationError(
                ngettext(
                    "Too many attempts. Try again in %(minutes)d minute.",
                    "Too many attempts. Try again in %(minutes)d minutes.",
                    minutes,
                ),
                code="throttled",
                params={"minutes": minutes},
            )
        return super().clean()


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=1000, widget=widget)


def _checked(person: User, password: str) -> str:
    if not person.check_password(password):
        raise ValidationError(_("This is not your password."), "wrong")
    return password


class NewPasswordForm(forms.Form):
    """A new password, twice, for a person who may be about to become an account.

    shortest: the least number of characters, as the hint says it; the validators of the settings judge.
    """

    new_password = _password(_("New password"), "new-password")
    again = _password(_("The same password again"), "new-password")

    def __init__(self, data: Any = None, *, person: User, shortest: int, **options: Any) -> None:
        super().__init__(data, **options)
        self.person, self.shortest = person, shortest
        self.fields["new_password"].help_text = ngettext(
            "At least %(count)d character. A short sentence is easy to remember and hard to guess.",
            "At least %(count)d characters. A short sentence is easy to remember and hard to guess.",
            shortest,
        ) % {"count": shortest}

    def clean_new_password(self) -> str:
        """The password, when every validator takes it."""
        password: str = self.cleaned_data["new_password"]
        password_validation.validate_password(password, self.person)
        check_length(password, self.shortest)
        return password

    def clean(self) -> dict[str, Any]:
        """Both are the same, or the second has an error."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, second = cleaned.get("new_password"), cleaned.get("again")
        if first and second and first != second:
            self.add_error("again", ValidationError(_("The two passwords differ."), "mismatch"))
        return cleaned


class OwnPasswordForm(forms.Form):
    """Asks for the account's password once more."""

    password = _password(_("Current password"), "current-password")

    def __init__(self, data: Any = None, *, person: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.person = person

    def clean_password(self) -> str:
        """The password, when it is this account's."""
        return _checked(self.person, self.cleaned_data["password"])


class PasswordChangeForm(NewPasswordForm):
    """The password there is, and the new one twice."""

    field_order = ("password", "new_password", "again")
    password = _password(_("Current password"), "current-password")

    def clean_password(self) -> str:
        """The password, when it is this account's."""
        return _checked(self.person, self.cleaned_data["password"])


class AddressForm(OwnPasswordForm):
    """A new e-mail address, and the password."""

    field_order = ("email", "password")
    email = forms.EmailField(
        label=_("New e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        """In lower case, and another one than now."""
        email: str = self.cleaned_data["email"].lower()
        if email == self.person.email:
            raise ValidationError(_("This is your address already."), "same")
        return email


class ResetForm(forms.Form):
    """The address of an account whose password was forgotten."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
