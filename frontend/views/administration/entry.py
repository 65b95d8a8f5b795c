"""The door of the administrator's pages, and what each of them asks first."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frontend import people
from frontend.doors import open_to
from sectors.changes.administering import NotAllowed
from sectors.mandates import accounts_of

administrators: Final = open_to(
    "administer", _("Administration is for the local administrator of a territory. Ask yours if this should change.")
)

FORM: Final = ("GET", "HEAD", "POST")

REFUSALS: Final = MappingProxyType(
    {
        "own_account": _("Not on your own account. Another administrator can."),
        "no_factor": _("This person has no second factor."),
        "no_identity": _("This account is not linked to an identity provider."),
        "own_last": _("You cannot end your own last role of administrator. Another administrator can."),
        "no_role": _("This person has no role here any more: their account is no longer yours to change."),
        "elsewhere": _(
            "This account also serves outside your territory: its owner or the installation changes it. You can still"
            " end its roles here."
        ),
        "given_already": _("This person has this role on some of these dates already."),
        "post_held": _("Somebody else holds this post on some of these dates. End their time first."),
        "ended": _("This role is over by then already."),
        "unknown_family": _("There is no such family of natures in your territory."),
        "not_administered": _("You do not administer this territory any more."),
    }
)


def refusal(error: NotAllowed) -> Promise | str:
    """The sentence for what an administrator may not do."""
    return REFUSALS.get(error.code, error.code)


def territories_of(request: HttpRequest) -> tuple[int, ...]:
    """The keys of the territories that this person administers."""
    return people.scope(request).administered


def account_or_404(request: HttpRequest, key: int) -> User:
    """The account, where it has or had a role here; Http404 otherwise, as if it did not exist."""
    found = accounts_of(territories_of(request)).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: HttpRequest, form: Form, *, title: str, button: str, back: str = "administration_people", **more: Any
) -> HttpResponse:
    """A page of one form, with what must be corrected where it was sent.

    back: where one comes from, unless it is about a person. more: `account` whom it is about, `about` what, `note` what
    it will do.
    """
    account = more.get("account")
    lead = reverse("administration_person", args=[account.pk]) if account else reverse(back)
    context = {"form": form, "title": title, "button": button, "back": lead, **more}
    return render(request, "frontend/administration/form.html", context)
