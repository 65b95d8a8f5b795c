"""What comes of a draft from a day on, looked at before it is approved; and the approval, in two steps."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend import edition_rows, people, previewed
from frontend.doors import limited
from frontend.edition_forms import ApproveForm, StartForm
from frontend.refused import tell
from frontend.views.editions.entry import FORM, draft_or_404, drawers, seen_of
from incidents import changes
from incidents.models import Incident
from incidents.previews import Preview
from incidents.views.access import log_rows
from ogcapi import csv_cells
from ogcapi.geojson import Refused
from sectors.models import Edition, EditionState
from sectors.moments import paris_midnight

PAGE: Final = 50
# As many as a form of one page has, and no more.
_MOST_SENT: Final = 200


@drawers
@require_http_methods(FORM)
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The preview for the day of the address (`start_on`); sent, the draft is previewed, or concerns are kept."""
    draft, now = draft_or_404(request, code), timezone.now()
    if request.method == "POST":
        return _sent(request, draft)
    form = StartForm(request.GET if "start_on" in request.GET else None, initial={"start_on": previewed.tomorrow(now)})
    context: dict[str, Any] = {"edition": draft, "form": form, "is_checked": draft.checked_number == draft.number}
    if draft.state is EditionState.PREVIEWED and form.is_valid():
        found = _again(request, draft, form)
        if found is not None:
            context |= _told(request, draft, found)
            context["start_on"] = form.cleaned_data["start_on"]
    return render(request, "frontend/editions/preview.html", context)


@drawers
@require_safe
@limited("export")
def table(request: HttpRequest, code: str) -> HttpResponse:
    """The concerns that would change hands and that this person may see, as a table."""
    draft, form = draft_or_404(request, code), StartForm(request.GET)
    found = _again(request, draft, form) if form.is_valid() else None
    if found is None:
        return redirect("edition_preview", draft.code)
    told = _told(request, draft, found, paged=False)
    answer = HttpResponse(previewed.table(told["rows"]), content_type=csv_cells.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{draft.code}.csv"'
    return answer


@drawers
@require_http_methods(FORM)
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """The second confirmation: what will happen and when, and a box to say that one has looked."""
    draft, now = draft_or_404(request, code), timezone.now()
    asked = StartForm(request.POST if request.method == "POST" else request.GET)
    if draft.state is not EditionState.PREVIEWED or not asked.is_valid():
        return redirect("edition_preview", draft.code)
    start_on: date = asked.cleaned_data["start_on"]
    form = ApproveForm(request.POST if request.method == "POST" else None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            changes.approve(
                by=people.user(request), edition=draft.pk, seen=seen_of(request), start_on=start_on, at=now
            )  # fmt: skip
        except Refused as error:
            tell(form, error)
            refused = error
        else:
            told = _("%(code)s is approved. It comes into force on %(day)s at midnight.")
            messages.success(request, told % {"code": draft.code, "day": date_format(start_on, "j F Y")})
            return redirect("edition", draft.code)
    context = {
        "edition": draft,
        "form": form,
        "start_on": start_on,
        "before": edition_rows.before(draft, paris_midnight(start_on)),
    }
    return render(request, "frontend/editions/approve.html", context, status=refused.status if refused else 200)


def _sent(request: HttpRequest, draft: Edition) -> HttpResponse:
    """After a form of the page: back to it, with what was refused or done in words."""
    form, facts = StartForm(request.POST), _facts(request, draft)
    if not form.is_valid():
        context = {"edition": draft, "form": form, "is_checked": draft.checked_number == draft.number}
        return render(request, "frontend/editions/preview.html", context)
    try:
        if request.POST.get("act") == "keep":
            shown, kept = (request.POST.getlist(name)[:_MOST_SENT] for name in ("shown", "keep"))
            changes.keep_with_post(
                **facts, kept=[each for each in kept if each in shown and each.isprintable()], left=shown
            )
            messages.success(request, _("Your choice is kept with the draft."))
        else:
            changes.preview(**facts, start_on=form.cleaned_data["start_on"])
    except Refused as refused:
        messages.warning(request, str(refused.errors[0].message))
    asked = {name: request.POST[name] for name in ("from_post", "to_post", "due", "page") if request.POST.get(name)}
    query = urlencode({"start_on": form.cleaned_data["start_on"].isoformat(), **asked})
    return redirect(f"{reverse('edition_preview', args=[draft.code])}?{query}")


def _facts(request: HttpRequest, draft: Edition) -> dict[str, Any]:
    return {"by": people.user(request), "edition": draft.pk, "seen": seen_of(request), "at": timezone.now()}


def _again(request: HttpRequest, draft: Edition, form: StartForm) -> Preview | None:
    """The preview, where it was made; else the form says why there is none."""
    try:
        return changes.preview_again(
            by=people.user(request), edition=draft.pk, seen=draft.number, at=timezone.now(),
            start_on=form.cleaned_data["start_on"],
        )  # fmt: skip
    except Refused as refused:
        tell(form, refused)
        return None


def _told(request: HttpRequest, draft: Edition, found: Preview, *, paged: bool = True) -> dict[str, Any]:
    """What the page says of a preview: concerns to those who may see them, and their number to everybody."""
    scope, now = people.scope(request), timezone.now()
    keys = [each.key for each in found.concerns]
    seen = dict(Incident.objects.visible_to(scope).filter(pk__in=keys).values_list("reference", "territory_id"))
    posts = previewed.post_names()
    mine = [each for each in found.concerns if each.reference in seen]
    asked = previewed.FilterForm(request.GET, mine, posts)
    wanted = asked.filtered(mine)
    page = Paginator(wanted, PAGE if paged else max(len(wanted), 1)).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    log_rows(
        [(seen[each.reference], each.reference) for each in shown],
        home=draft.territory_id, user=people.user(request), operation="incident.preview",
        reference=f"edition:{draft.code}",
    )  # fmt: skip
    before = edition_rows.before(draft, found.start)
    kept = set(draft.kept)
    return {
        "found": found,
        "before": before,
        "sectors": previewed.sector_rows(found, draft, before),
        "count": len(found.concerns),
        "late": sum(each.days_left < 0 for each in found.concerns),
        "staying": sum(each.reference in kept for each in found.concerns),
        "vacant": sorted({posts.get(each.vacant, each.vacant) for each in found.concerns if each.vacant}),
        "hidden": len(found.concerns) - len(mine),
        "asked": asked,
        "is_asked": any(request.GET.get(name) for name in asked.fields),
        "page": page,
        "rows": previewed.concern_rows(shown, draft, posts, now),
    }
