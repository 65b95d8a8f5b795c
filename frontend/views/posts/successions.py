"""What passes from one holder of a post to the next: a note to write, what was handed over, and saying it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.changes import log_access
from frontend import people
from frontend.doors import signed_in
from frontend.post_forms import NoteForm
from frontend.refused import tell
from incidents.changes import successions
from incidents.models import Incident, Succession
from ogcapi.geojson import Refused
from sectors.models import Holding

# What is older is looked up with the concerns themselves.
MOST: Final = 30


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A post that one holds or left lately, and the note that one left there so far."""

    holding: Holding
    note: str


@require_safe
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """The posts whose next holder one may write to, and what passed to or from this person."""
    user, scope, now = people.user(request), people.scope(request), timezone.now()
    held = successions.may_write(user, now).select_related("post").order_by("post__label_fr", "-validity")
    notes = dict(Succession.objects.visible_to(scope).notes_of(user).values_list("post_id", "note"))
    passed = Succession.objects.visible_to(scope).passed().select_related("post", "from_user", "to_user", "from_post")
    context = {
        "to_write": list({row.post_id: ToWrite(row, notes.get(row.post_id, "")) for row in held}.values()),
        "passed": passed[:MOST],
        "posts": scope.posts,
        "asked_until": now + successions.BEFOREHAND,
    }
    return render(request, "frontend/posts/successions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def note(request: HttpRequest, code: str) -> HttpResponse:
    """What one leaves for whoever comes next; 404 for a post that one neither holds nor left lately."""
    user, now = people.user(request), timezone.now()
    held = successions.may_write(user, now).filter(post__code=code).select_related("post__territory")
    holding = held.order_by("-validity").first()
    if holding is None:
        raise Http404
    own = Succession.objects.visible_to(people.scope(request)).last_of(user, holding.post_id)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"note": own.note if own else ""})
    if form.is_valid():
        try:
            successions.write_note(by=user, post=holding.post, note=form.cleaned_data["note"], at=now)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Your note is kept: whoever comes next is given it with what is open."))
            return redirect("successions")
    return render(request, "frontend/posts/note.html", {"form": form, "holding": holding})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def one(request: HttpRequest, succession: int) -> HttpResponse:
    """What passed: the note and the concerns; saying that it arrived. 404 for who has no part in it."""
    user, scope, now = people.user(request), people.scope(request), timezone.now()
    rows = Succession.objects.visible_to(scope).passed()
    row = rows.select_related("post__territory", "from_user", "to_user", "from_post", "received_by")
    found = row.filter(pk=succession).first()
    if found is None:
        raise Http404
    may_receive = found.post_id in scope.posts and found.from_user_id != user.pk
    if request.method == "POST":
        if not may_receive:
            raise PermissionDenied(_("Whoever takes the post up says that it arrived."))
        successions.receive(by=user, row=found, posts=scope.posts, at=now)
        messages.success(request, _("Noted: you have received the handover."))
        return redirect("succession", found.pk)
    log_access(
        user=user,
        operation="succession.read",
        reference=f"post:{found.post.code}",
        references=found.concerns,
        territory=found.post.territory.code,
    )
    # Of those that this person may still see: who left sees none of them any more.
    seen = Incident.objects.visible_to(scope).filter(reference__in=found.concerns).select_related("category")
    context = {
        "row": found,
        "concerns": seen.order_by("due_on", "pk")[:200],
        "may_receive": may_receive and found.received_at is None,
    }
    return render(request, "frontend/posts/succession.html", context)
