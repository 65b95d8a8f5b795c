"""What opens somebody else's account: tokens, and what else can be taken back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from frontend import administered, people
from frontend.views.administration.entry import FORM, account_or_404, administrators, done, form_page, refusal, sent
from frontend.views.administration.forms import MotiveForm
from sectors.changes import administering
from sectors.changes.administering import NotAllowed


@administrators
@require_POST
def revoke_tokens(request: HttpRequest, account: int) -> HttpResponse:
    """The token of this mark is revoked, or all of them."""
    user = account_or_404(request, account)
    wanted = request.POST.get("token", "")
    tokens = [token for each, token in administered.tokens(user) if wanted in {each, "all"}]
    try:
        gone = administering.revoke_tokens(by=people.user(request), user=user, tokens=tokens, at=timezone.now())
    except NotAllowed as error:
        messages.warning(request, str(refusal(error)))
    else:
        messages.success(request, ngettext("%(n)d token revoked.", "%(n)d tokens revoked.", gone) % {"n": gone})
    return redirect("administration_person", user.pk)


@administrators
@require_POST
def end_sessions(request: HttpRequest, account: int) -> HttpResponse:
    """The session of this mark ends, or all of them."""
    user, now = account_or_404(request, account), timezone.now()
    wanted = request.POST.get("session", "")
    sessions = [row for each, row in administered.sessions(user, now) if wanted in {each, "all"}]
    try:
        ended = administering.end_sessions(by=people.user(request), user=user, sessions=sessions, at=now)
    except NotAllowed as error:
        messages.warning(request, str(refusal(error)))
    else:
        messages.success(request, ngettext("%(n)d session ended.", "%(n)d sessions ended.", ended) % {"n": ended})
    return redirect("administration_person", user.pk)


@administrators
@require_http_methods(FORM)
def suspend(request: HttpRequest, account: int) -> HttpResponse:
    """The account is closed at once, after a motive."""
    user = account_or_404(request, account)
    return _with_motive(
        request,
        user,
        administering.suspend,
        title=_("Suspend the account"),
        button=_("Suspend"),
        note=_("The person can do nothing any more: sessions and tokens end at once and for good. Roles stay."),
        said=_("The account is suspended; its sessions and tokens are gone."),
    )


@administrators
@require_http_methods(FORM)
def reinstate(request: HttpRequest, account: int) -> HttpResponse:
    """The account is opened again, after a motive."""
    user = account_or_404(request, account)
    return _with_motive(
        request,
        user,
        administering.reinstate,
        title=_("Reinstate the account"),
        button=_("Reinstate"),
        note=_("The person can sign in again, with the roles that are in force. New tokens have to be made."),
        said=_("The account is in use again."),
    )


@administrators
@require_http_methods(FORM)
def reset_second_factor(request: HttpRequest, account: int) -> HttpResponse:
    """The second factor is taken away from somebody who lost it, after a motive."""
    user = account_or_404(request, account)
    return _with_motive(
        request,
        user,
        administering.reset_second_factor,
        title=_("Reset the second factor"),
        button=_("Reset"),
        note=_(
            "Make sure first who asks: by a number that you know, not by the one that calls you. The person is told"
            " by e-mail, is signed out everywhere, and sets up another one at the next sign-in."
        ),
        said=_("The second factor has been reset. The person is told by e-mail."),
    )


@administrators
@require_http_methods(FORM)
def unlink_identity(request: HttpRequest, account: int) -> HttpResponse:
    """The account and the identity provider are parted, after a motive."""
    user = account_or_404(request, account)
    return _with_motive(
        request,
        user,
        administering.unlink_identity,
        title=_("Unlink the identity provider"),
        button=_("Unlink"),
        note=_("The next sign-in by the identity provider with this e-mail address links the account anew."),
        said=_("The account is no longer linked."),
    )


def _with_motive(
    request: HttpRequest, user: User, change: Callable[..., object], *, title: str, button: str, note: str, said: str
) -> HttpResponse:
    form = MotiveForm(sent(request))
    by, at = people.user(request), timezone.now()
    if done(form, lambda: change(by=by, user=user, motive=form.cleaned_data["motive"], at=at)):
        messages.success(request, said)
        return redirect("administration_person", user.pk)
    return form_page(request, form, account=user, title=title, button=button, note=note)
