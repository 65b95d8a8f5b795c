"""Passwords: changed by their owner, or chosen anew by a link in an e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import changes
from accounts.forms import NewPasswordForm, PasswordChangeForm, ResetForm
from accounts.sessions import digest
from accounts.throttles import LIMITS, allow, client_address, may_reset, wait_of
from frontend import entry, people
from frontend.doors import signed_in, too_many
from sectors.safeguards import shortest_password

if TYPE_CHECKING:
    from accounts.models import User


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: HttpRequest) -> HttpResponse:
    """A new password, for who knows the one there is. The other sessions end."""
    user = people.user(request)
    shortest = shortest_password(user)
    form = PasswordChangeForm(person=user, shortest=shortest)
    if request.method == "POST":
        wait_s = wait_of(request, "confirm", user)
        if wait_s:
            return too_many(request, wait_s)
        form = PasswordChangeForm(request.POST, person=user, shortest=shortest)
        if form.is_valid():
            here = digest(request.session.session_key or "")
            changes.change_password(user=user, password=form.cleaned_data["new_password"], keep=here)
            update_session_auth_hash(request, user)
            request.session.pop(entry.SHORT, None)
            messages.success(request, _("Your password has been changed. Your other sessions were ended."))
            return redirect("account")
    return render(request, "frontend/account/password.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for the link. The answer is the same whether the address has an account or not."""
    form = ResetForm()
    if request.method == "POST":
        wait_s = allow(f"reset_address:{client_address(request)}", rate=LIMITS["reset_address"])
        if wait_s:
            return too_many(request, wait_s)
        form = ResetForm(request.POST)
        if form.is_valid():
            email = form.cleaned_data["email"]
            if may_reset(email):
                changes.ask_reset(email=email, link_to=lambda uid, token: _link(request, uid, token))
            return redirect("password_reset_sent")
    return render(request, "frontend/account/forgotten.html", {"form": form})


def _link(request: HttpRequest, uid: str, token: str) -> str:
    return request.build_absolute_uri(reverse("password_reset_confirm", args=[uid, token]))


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What to do now."""
    return render(request, "frontend/account/forgotten_sent.html")


class Choose(PasswordResetConfirmView):
    """The page of the link: a new password, twice; 410 for a link that was used or is too old."""

    template_name = "frontend/account/choose_password.html"
    form_class = NewPasswordForm  # type: ignore[assignment] # Django's would save by itself

    def get_user(self, uidb64: str) -> Any:
        """The account of the link; nobody for one that is suspended."""
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the form of ours takes."""
        kwargs = super().get_form_kwargs()
        person = kwargs.pop("user")
        return {**kwargs, "person": person, "shortest": shortest_password(person)}

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """The form, or why there is none."""
        return super().render_to_response(context, status=200 if self.validlink else 410, **options)

    def form_valid(self, form: Any) -> HttpResponse:
        """Stores it and asks to sign in with it."""
        changes.change_password(user=cast("User", self.user), password=form.cleaned_data["new_password"])
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, _("Your password has been changed. Sign in with it."))
        return redirect("login")


choose = require_http_methods(["GET", "HEAD", "POST"])(Choose.as_view())
