"""Sign-in and sign-out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from accounts.forms import SignInForm
from frontend import entry

if TYPE_CHECKING:
    from accounts.models import User


class SignIn(LoginView):
    """The sign-in page; afterwards the page that was asked for, when it is one of ours."""

    template_name = "frontend/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ("get", "head", "post", "options")

    def get_default_redirect_url(self) -> str:
        """Where somebody goes who is signed in already."""
        return entry.landing(cast("User", self.request.user))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right: in, or on to the second factor."""
        return entry.admit(self.request, form.get_user(), next_page=self.get_redirect_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """The form again; 429 when too many passwords were tried."""
        answer = super().form_invalid(form)
        if isinstance(form, SignInForm) and form.wait_s:
            answer.status_code = 429
            answer["Retry-After"] = str(math.ceil(form.wait_s))
        return answer


class SignOut(LogoutView):
    """Ends the session; only by POST, so that no link of another site can."""

    http_method_names = ("post", "options")


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
