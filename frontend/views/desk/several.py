"""Several concerns of a page at once: taken in charge, dealt with as one, or handed on to another post."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import may, relations
from accounts.throttles import wait_of
from frontend import filters, motives, people, posts, readers
from frontend.acting_forms import ToPostForm
from frontend.doors import too_many
from frontend.views.desk.home import MINE, PAGE
from frontend.views.reading import holds_desk
from incidents import changes
from incidents.changes import Result
from incidents.models import Incident
from incidents.models.visibility import reached
from ogcapi.geojson import Refused
from sectors.scope import Scope

MERGED_AT_LEAST: Final = 2


@holds_desk
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Does with the chosen concerns of a page what was asked for, and says what became of them."""
    scope, person = people.scope(request), people.user(request)
    wait = wait_of(request, "status", person)
    if wait:
        return too_many(request, wait)
    found = _chosen(request.POST, scope)
    back = _back(request.POST)
    if not found:
        messages.warning(request, _("Choose concerns of the list first."))
    elif "merge" in request.POST:
        return _merge(request, found, scope, back) or redirect(back)
    elif "hand_on" in request.POST:
        return _hand_on(request, found, scope, back) or redirect(back)
    else:
        _take(request, found, scope)
    return redirect(back)


@holds_desk
@require_http_methods(["GET", "HEAD", "POST"])
def separate(request: HttpRequest) -> HttpResponse:
    """Undoes what `batch` has merged: the concerns named in the address, looked over before they are separated."""
    scope, person = people.scope(request), people.user(request)
    given = request.POST if request.method == "POST" else request.GET
    found = [each for each in _chosen(given, scope) if each.merged_into_id is not None]
    back = _back(given)
    if not found:
        messages.warning(request, _("There is nothing to undo: none of them is dealt with in another."))
        return redirect(back)
    if request.method != "POST":
        return _look_over(request, found, given, back, separates=True)
    wait = wait_of(request, "status", person)
    if wait:
        return too_many(request, wait)
    done = 0
    for each in found:
        try:
            changes.unmerge(incident=each, author=person, scope=scope)
            done += 1
        except (Refused, PermissionDenied) as refused:
            detail = refused.detail if isinstance(refused, Refused) else _("another post answers for it.")
            messages.warning(request, f"{each.reference} – {detail}")
    if done:
        told = ngettext("%(count)s concern is on its own again.", "%(count)s concerns are on their own again.", done)
        messages.success(request, told % {"count": done})
    return redirect(back)


def _chosen(given: QueryDict, scope: Scope) -> list[Any]:
    """The concerns named that are this person's to work on, by due date. One query."""
    names = [each for each in given.getlist("reference") if "\0" not in each][:PAGE]
    mine = reached(scope, relations(scope.roles, "hold_desk"))
    return list(readers.asked(scope).filter(mine, reference__in=names).order_by("due_at", "pk")) if names else []


def _back(given: QueryDict) -> str:
    """The list that they were chosen from."""
    asked = filters.asked_for(QueryDict(given.get("query", "")))
    return reverse("desk") if asked == MINE else f"{reverse('concerns')}?{urlencode(asked)}"


def _take(request: HttpRequest, found: list[Incident], scope: Scope) -> None:
    """Each in a transaction of its own."""
    results = changes.take_many(incidents=found, author=people.user(request), scope=scope)
    done = _refusals(request, results)
    if done:
        told = ngettext(
            "%(count)s concern taken in charge: its reporter is told.",
            "%(count)s concerns taken in charge: their reporters are told.",
            done,
        )
        messages.success(request, told % {"count": done})


def _hand_on(request: HttpRequest, found: list[Incident], scope: Scope, back: str) -> HttpResponse | None:
    """The page that asks to whom and why; None once each was offered or assigned, in a transaction of its own."""
    assigns = may(scope.roles, "triage")
    said = request.POST if "to_post" in request.POST else None
    form = ToPostForm(
        said,
        choices={
            "to_post": [
                (card.code, card.label) for card in posts.of_territories({incident.territory_id for incident in found})
            ]
        },
    )
    if said is not None and form.is_valid():
        results = changes.hand_on_many(incidents=found, author=people.user(request), scope=scope, **form.cleaned_data)
        refused = {each.message for each in results if each.code in {"reason_required", "too_long", "personal_data"}}
        if not refused:
            done = _refusals(request, results)
            if done:
                messages.success(request, _handed_on(done, assigns=assigns))
            return None
        # What was said of all of them is wrong for each: nothing was done.
        form.add_error("reason", str(refused.pop()))
    now = timezone.now()
    rows = [readers.row(incident, now, motives.given(request)) for incident in found]
    motives.note_rows(request, "incident.desk", rows)
    context: dict[str, Any] = {"rows": rows, "form": form, "assigns": assigns, "back": back}
    return render(request, "frontend/desk/hand_on.html", {**context, "query": request.POST.get("query", "")})


def _handed_on(done: int, *, assigns: bool) -> str:
    if assigns:
        told = ngettext(
            "%(count)s concern assigned: its new holder is told.",
            "%(count)s concerns assigned: their new holder is told.",
            done,
        )
    else:
        told = ngettext(
            "%(count)s concern proposed: it stays yours until they accept.",
            "%(count)s concerns proposed: they stay yours until they accept.",
            done,
        )
    return told % {"count": done}


def _refusals(request: HttpRequest, results: Iterable[Result]) -> int:
    """How many were done; why each of the others was not is said."""
    done = 0
    for result in results:
        if result.incident is None:
            messages.warning(request, f"{result.reference} – {result.message}")
        else:
            done += 1
    return done


def _look_over(
    request: HttpRequest, found: list[Any], given: QueryDict, back: str, *, separates: bool = False
) -> HttpResponse:
    """The page that shows the concerns, and asks whether it is these."""
    now = timezone.now()
    rows = [readers.row(incident, now, motives.given(request)) for incident in found]
    motives.note_rows(request, "incident.desk", rows)
    context = {"rows": rows, "back": back, "query": given.get("query", ""), "separates": separates}
    return render(request, "frontend/desk/merge.html", context)


def _merge(request: HttpRequest, found: list[Any], scope: Scope, back: str) -> HttpResponse | None:
    """The page that asks whether these are the same; None once all of them, or none, are dealt with as one."""
    if len(found) < MERGED_AT_LEAST:
        messages.warning(request, _("Choose two concerns at least: the one due first stays, the others join it."))
        return None
    if "confirmed" not in request.POST:
        return _look_over(request, found, request.POST, back)
    try:
        kept, made = changes.merge_many(incidents=found, author=people.user(request), scope=scope)
    except Refused as refused:
        messages.warning(request, _("Nothing was merged. %(reason)s") % {"reason": refused.detail})
    except PermissionDenied:
        messages.warning(request, _("Nothing was merged: another post answers for one of them."))
    else:
        told = ngettext(
            "%(count)s concern is now dealt with in %(reference)s.",
            "%(count)s concerns are now dealt with in %(reference)s.",
            len(made),
        )
        undo = [("reference", each.merged.reference) for each in made]
        undo.append(("query", request.POST.get("query", "")))
        messages.success(
            request,
            format_html(
                '{} <a href="{}?{}">{}</a>',
                told % {"count": len(made), "reference": kept.reference},
                reverse("desk_separate"),
                urlencode(undo),
                _("Undo"),
            ),
        )
    return None
