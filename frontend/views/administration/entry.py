"""The door of the administrator's pages, and what each of them asks first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frontend import people, words
from frontend.doors import open_to
from frontend.refused import tell
from ogcapi.geojson import Refused
from sectors.changes.administering import NotAllowed
from sectors.mandates import accounts_of
from sectors.models import Territory

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


@dataclass(frozen=True, slots=True)
class Choice:
    """The territory that a page is about, of those that the person administers; where they are several, a page offers
    the others too, and its address names its own."""

    territory: Territory
    mine: Sequence[Territory]

    @property
    def several(self) -> bool:
        """Is there anything to choose?"""
        return len(self.mine) > 1

    @property
    def query(self) -> str:
        """What an address of such a page ends with."""
        return f"?territory={self.territory.code}" if self.several else ""

    @property
    def others(self) -> list[tuple[str, str, bool]]:
        """Code, name and whether it is this one, of each."""
        return [(each.code, words.name(each), each == self.territory) for each in self.mine]

    def redirect(self, name: str) -> HttpResponseRedirect:
        """To the page of this name, about the same territory."""
        return HttpResponseRedirect(reverse(name) + self.query)


def choice_of(request: HttpRequest) -> Choice:
    """The territory that the address names (`territory`, its code), else the first. Http404 where they administer it
    not. One query."""
    return choice_among(request, territories_of(request))


def choice_among(request: HttpRequest, territories: Sequence[int]) -> Choice:
    """The same, of the territories of these keys."""
    mine = list(Territory.objects.filter(pk__in=territories).order_by("rank", "pk"))
    asked = request.GET.get("territory", mine[0].code if mine else "")
    found = next((each for each in mine if each.code == asked), None)
    if found is None:
        raise Http404
    return Choice(found, mine)


def account_or_404(request: HttpRequest, key: int) -> User:
    """The account, where it has or had a role here; Http404 otherwise, as if it did not exist."""
    found = accounts_of(territories_of(request)).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def done(form: Form, change: Callable[[], object], *, field: str | None = None) -> bool:
    """Whether what was sent is done; else the form says why not: at `field` what an administrator may not do."""
    if not form.is_valid():
        return False
    try:
        change()
    except NotAllowed as error:
        form.add_error(field, str(refusal(error)))
    except Refused as refused:
        tell(form, refused)
    return not form.errors


def form_page(
    request: HttpRequest, form: Form, *, title: str, button: str, back: str = "administration_people", **more: Any
) -> HttpResponse:
    """A page of one form, with what must be corrected where it was sent.

    back: where one comes from, unless it is about a person. more: `account` whom it is about, `about` what, `note` what
    it will do, `choice` for which territory, and `fixed` where there is no other to choose.
    """
    account = more.get("account")
    lead = reverse("administration_person", args=[account.pk]) if account else reverse(back)
    if "choice" in more:
        lead += more["choice"].query
    context = {"form": form, "title": title, "button": button, "back": lead, **more}
    return render(request, "frontend/administration/form.html", context)
