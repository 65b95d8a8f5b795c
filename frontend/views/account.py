"""Sign-in, sign-out, and the page of one's own account."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.forms import SignInForm
from accounts.models import BrowserSession
from accounts.sessions import ENDED, ENDS_AFTER
from frontend import entry, people
from frontend.doors import signed_in
from frontend.form_pages import page_of
from frontend.views import proconnect
from sectors.safeguards import shortest_password

if TYPE_CHECKING:
    from accounts.models import User


class SignIn(LoginView):
    """The sign-in page; afterwards the page that was asked for, when it is one of ours."""

    template_name = "frontend/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ("get", "head", "post", "options")

    def get_redirect_url(self) -> str:  # type: ignore[override] # the stubs add a parameter
        """The page asked for; not this one, where Django would see a loop and fail."""
        page: str = page_of(super().get_redirect_url())
        return "" if page == self.request.path else page

    def get_default_redirect_url(self) -> str:
        """Where somebody goes who is signed in already."""
        return entry.landing(cast("User", self.request.user))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right: in, or on to the second factor. Says so where the role now asks for a longer one."""
        if len(form.cleaned_data["password"]) < shortest_password(form.get_user()):
            messages.warning(
                self.request, _("Your role asks for a longer password: change it on the page of your account.")
            )
            self.request.session[entry.SHORT] = True
        return entry.admit(self.request, form.get_user(), next_page=self.get_redirect_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With `ended`: did a sign-in of this browser just end by itself?"""
        ended = self.request.session.pop(ENDED, None) is not None
        return super().get_context_data(ended=ended, **kwargs)

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

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Out; and out of the identity provider too for who came from there."""
        token = request.session.get("oidc_id_token") if settings.PROCONNECT else None
        answer = super().post(request, *args, **kwargs)
        return proconnect.way_out(request, token) if token else answer


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """One's own account: a page of titled blocks, each a template of its own under `account/blocks/`."""
    user, now = people.user(request), timezone.now()
    rows = BrowserSession.objects.visible_to(user).filter(expire_date__gt=now, signed_in_at__gt=now - ENDS_AFTER)
    context = {"roles": people.roles(user, now), "open_sessions": rows.count()}
    return render(request, "frontend/account/overview.html", context)
