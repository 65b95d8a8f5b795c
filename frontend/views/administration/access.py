"""What opens somebody else's account: tokens, and what else can be taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from frontend import administered, people
from frontend.views.administration.entry import account_or_404, administrators, refusal
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
