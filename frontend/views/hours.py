"""Service hours: those of one's own posts, how they are set, and the calendar that anybody may subscribe to."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import may
from accounts.throttles import wait_of
from frontend import calendars, people, words
from frontend.doors import limited, signed_in, too_many
from frontend.hours_forms import week_form
from sectors.changes.administering import NotAllowed
from sectors.changes.hours import set_hours
from sectors.models import Post, ServiceHours

PAGE: Final = 50


def _own(request: HttpRequest) -> QuerySet[Post]:
    """The posts whose hours this person sets. Raises PermissionDenied for who has a role for none."""
    scope = people.scope(request)
    if not (scope.posts or may(scope.roles, "administer")):
        raise PermissionDenied(_("Service hours are set by who holds the post or administers its territory."))
    return Post.objects.filter(Q(pk__in=scope.posts) | Q(territory__in=scope.administered))


@require_safe
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """The posts whose hours one sets, with them, fifty a page."""
    posts = _own(request).prefetch_related(Prefetch("hours", ServiceHours.objects.all())).order_by("label_fr", "pk")
    page = Paginator(posts, PAGE).get_page(request.GET.get("page"))
    return render(request, "frontend/hours/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The week of a post, and setting it; 404 for a post that is not one's own."""
    post = get_object_or_404(_own(request), code=code)
    form = week_form(request.POST if request.method == "POST" else None, list(post.hours.all()))
    if request.method == "POST" and form.is_valid():
        user = people.user(request)
        wait = wait_of(request, "status", user)
        if wait:
            return too_many(request, wait)
        try:
            set_hours(by=user, post=post, week=form.week(), at=timezone.now())
        except NotAllowed:
            raise Http404 from None
        messages.success(request, _("The service hours are set: everybody sees them from now on."))
        return redirect("service_hours")
    return render(request, "frontend/hours/edit.html", {"form": form, "post": post})


@require_safe
@limited("areas")
def agenda(request: HttpRequest, code: str) -> HttpResponse:
    """The calendar of a post, for everybody; 404 where it has no hours."""
    hours = list(ServiceHours.objects.filter(post__code=code).select_related("post"))
    if not hours:
        raise Http404
    post = hours[0].post
    name = f"{_('Service hours')} – {words.label(post)}"
    text = calendars.calendar(post.code, name, hours, request.get_host().partition(":")[0], post.phone)
    answer = HttpResponse(text, content_type=calendars.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="permanences-{post.code}.ics"'
    answer["Cache-Control"] = "public, max-age=3600"
    answer["Vary"] = "Accept-Language, Cookie"
    return answer
