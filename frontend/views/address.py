"""The e-mail address of an account: a new one counts once its owner has followed the link sent to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import addresses, changes
from accounts.forms import AddressForm
from accounts.throttles import wait_of
from frontend import people
from frontend.doors import signed_in, too_many


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: HttpRequest) -> HttpResponse:
    """Asks for the link. It is the same whether the new address has an account or not."""
    user = people.user(request)
    form = AddressForm(person=user)
    if request.method == "POST":
        wait_s = wait_of(request, "confirm", user)
        if wait_s:
            return too_many(request, wait_s)
        form = AddressForm(request.POST, person=user)
        if form.is_valid():
            new = form.cleaned_data["email"]
            changes.ask_address(
                user=user,
                new=new,
                link_to=lambda token: request.build_absolute_uri(reverse("address_confirm", args=[token])),
            )
            messages.success(
                request,
                _("A link has been sent to %(address)s. Your address changes when you follow it, within a day.")
                % {"address": new},
            )
            return redirect("account")
    return render(request, "frontend/account/address.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """The page of the link. It asks for a click: mail programs open links by themselves."""
    asked = addresses.read(signed)
    if asked is not None and request.method == "POST":
        user = changes.confirm_address(token=signed)
        if user is not None:
            messages.success(
                request, _("Your address is now %(address)s. Sign in with it from now on.") % {"address": user.email}
            )
            return redirect("account")
        asked = None
    context = {"address": asked.new if asked else ""}
    return render(request, "frontend/account/address_confirm.html", context, status=200 if asked else 410)
