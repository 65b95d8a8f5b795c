"""Signing in by e-mail address and password."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.lockout import locked_for_s
from accounts.throttles import sign_in_wait


class SignInForm(AuthenticationForm):
    """E-mail and password. Unknown, wrong and suspended get one message, after one password hash each.

    wait_s: above 0 when too many were tried; the password was not looked at, and the page may answer 429.
    """

    username = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
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
