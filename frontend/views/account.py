"""Sign-in and sign-out."""

from __future__ import annotations

import math

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.forms import SignInForm
from sectors.scope import scope_of


class SignIn(LoginView):
    """The sign-in page; afterwards the page that was asked for, when it is one of ours."""

    template_name = "frontend/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ("get", "head", "post", "options")

    def get_default_redirect_url(self) -> str:
        """Where no page was asked for: a référent's day begins at the desk, everybody else's at the map."""
        posts = scope_of(self.request.user, timezone.now()).posts
        return reverse("desk" if posts else "home")

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
