"""Invitations: sent, sent again and revoked by who may invite; accepted by who has the link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.changes import log_access
from accounts.models import User
from accounts.throttles import wait_of
from frontend import people, words
from frontend.doors import open_to, too_many
from frontend.invitation_forms import AcceptForm, InviteForm
from sectors import inviting
from sectors.changes import invitations as changes
from sectors.models import Invitation, Role
from sectors.safeguards import SHORTEST, SHORTEST_OF_ADMINISTRATORS
from sectors.scope import scope_of

PAGE = 25
STATES = {"waiting": "clock", "used": "check", "expired": "close", "revoked": "close"}


inviters_only = open_to("invite", _("Only administrators and référents invite. Ask the local administrator."))


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", args=[token]))


@require_safe
@inviters_only
def listing(request: HttpRequest) -> HttpResponse:
    """Those this person may see, newest first, 25 a page."""
    now = timezone.now()
    rows = Invitation.objects.visible_to(people.scope(request)).select_related(
        "partner", "post", "territory", "commune", "invited_by", "used_by"
    )
    rows = rows.prefetch_related("partner__groups")
    rows = rows.defer("commune__area", "commune__area_m").order_by("-invited_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    # What each of those who sent them still covers: a query for each other person, of whom there are few.
    senders = {row.invited_by for row in page.object_list} - {people.user(request)}
    covers = {people.user(request).pk: people.scope(request)} | {each.pk: scope_of(each, now) for each in senders}
    shown = [
        {
            "row": row,
            "role": words.word(words.ROLES, row.role),
            "over": words.over(row.over),
            "state": inviting.state(row, now, covers[row.invited_by_id]),
        }
        for row in page.object_list
    ]
    log_access(
        user=people.user(request),
        operation="invitation.list",
        references=[f"invitation:{each['row'].code}" for each in shown],
        count=page.paginator.count,
    )
    return render(request, "frontend/invitations/list.html", {"shown": shown, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@inviters_only
def invite(request: HttpRequest) -> HttpResponse:
    """Whom to invite, and to what. The answer is the same whether the address has an account or not."""
    user, offers = people.user(request), inviting.offers(people.scope(request))
    form = InviteForm(offers=offers, initial={"language": get_language()})
    if request.method == "POST":
        wait_s = wait_of(request, "invite", user)
        if wait_s:
            return too_many(request, wait_s)
        form = InviteForm(request.POST, offers=offers)
        if form.is_valid():
            given = form.cleaned_data
            try:
                changes.invite(
                    by=user,
                    email=given["email"],
                    offer=given["what"],
                    language=given["language"],
                    at=timezone.now(),
                    link_to=lambda token: _link(request, token),
                )
            except changes.AlreadyInvited:
                form.add_error("email", gettext("This address waits for the same role: send that invitation again."))
            else:
                messages.success(request, gettext("An invitation has been sent to %(to)s.") % {"to": given["email"]})
                return redirect("invitations")
    return render(request, "frontend/invitations/invite.html", {"form": form, "offers": offers})


@require_POST
@inviters_only
def act(request: HttpRequest, code: str) -> HttpResponse:
    """Sends one again or revokes it (`do`); 404 for one that is not this person's to see."""
    user, now = people.user(request), timezone.now()
    found = Invitation.objects.visible_to(people.scope(request)).filter(code=code).first()
    if found is None or request.POST.get("do") not in {"resend", "revoke"}:
        raise Http404
    try:
        if request.POST["do"] == "revoke":
            changes.revoke(invitation=found, by=user, at=now)
            messages.success(request, gettext("The invitation of %(to)s was revoked.") % {"to": found.email})
        else:
            wait_s = wait_of(request, "invite", user)
            if wait_s:
                return too_many(request, wait_s)
            changes.resend(invitation=found, by=user, at=now, link_to=lambda token: _link(request, token))
            messages.success(request, gettext("An invitation has been sent to %(to)s.") % {"to": found.email})
    except changes.NoLongerHolds:
        messages.warning(request, gettext("This invitation was used or revoked meanwhile."))
    return redirect("invitations")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accept(request: HttpRequest, signed: str) -> HttpResponse:
    """The page of the link: a new account, or one more role for the account that there is; 410 where it holds no more.

    Following the link shows that the address is theirs.
    """
    now = timezone.now()
    found, why = _behind(signed, now)
    if found is None or why:
        return _over(request, why)
    facts = {
        "invitation": found,
        "role": words.word(words.ROLES, found.role),
        "over": words.over(found.over),
        "signed": signed,
    }
    if request.user.is_authenticated or User.objects.filter(email=found.email).exists():
        return _accept_as(request, signed, facts)
    shortest = SHORTEST_OF_ADMINISTRATORS if found.role == Role.ADMINISTRATOR else SHORTEST
    person = User(email=found.email, name=request.POST.get("name", "")[:120])
    form = AcceptForm(request.POST or None, person=person, shortest=shortest)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            changes.accept_new(token=signed, name=given["name"], password=given["new_password"], at=now)
        except changes.NoLongerHolds as ended:
            return _over(request, ended.why)
        messages.success(request, gettext("Your account is open. Sign in with your address and your password."))
        return redirect("login")
    return render(request, "frontend/invitations/accept.html", {**facts, "form": form})


def _behind(signed: str, at: datetime) -> tuple[Invitation | None, str]:
    """The invitation of a link, and why it can no longer be accepted ("" where it can)."""
    named = inviting.read(signed)
    rows = Invitation.objects.select_related("partner", "post", "territory", "commune", "invited_by")
    found = rows.defer("commune__area", "commune__area_m").filter(code=named[0]).first() if named else None
    if named is None or found is None:
        return None, "unknown"
    if found.times_sent != named[1]:
        return found, "resent"
    state = inviting.state(found, at, scope_of(found.invited_by, at))
    return found, "" if state == "waiting" else state


def _accept_as(request: HttpRequest, signed: str, facts: dict[str, Any]) -> HttpResponse:
    """For an address that has an account: its owner accepts signed in."""
    mine = request.user.is_authenticated and people.user(request).email == facts["invitation"].email
    if not mine or request.method != "POST":
        return render(request, "frontend/invitations/accept_as.html", {**facts, "mine": mine})
    try:
        changes.accept_as(token=signed, user=people.user(request), at=timezone.now())
    except changes.NoLongerHolds as ended:
        return _over(request, ended.why)
    messages.success(request, gettext("You have one more role."))
    return redirect("account")


def _over(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "frontend/invitations/over.html", {"why": why}, status=410)
