"""Which service answers in a commune from a day on: previewed, planned, and taken back while it has not begun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend import people
from frontend.post_forms import CompetenceForm
from frontend.refused import tell
from frontend.views.administration.entry import choice_among, sent
from frontend.views.editions.entry import FORM, drawers, drawn_by
from frontend.words import label
from incidents.changes.competences import preview_competence
from incidents.models import Incident
from incidents.previews import Handed
from incidents.views.access import log_rows
from ogcapi.geojson import Refused
from sectors.changes import passing
from sectors.models import CompetenceChange, Post


@require_http_methods(FORM)
@drawers
def competences(request: HttpRequest) -> HttpResponse:
    """The changes of a territory, planned and past, and the form of another: it is previewed first, then planned."""
    choice, now = choice_among(request, drawn_by(request)), timezone.now()
    form = CompetenceForm(sent(request), territory=choice.territory.pk)
    preview: dict[str, Any] | None = None
    if form.is_valid():
        asked = {"by": people.user(request), "at": now, **form.cleaned_data}
        try:
            if "plan" in request.POST:
                passing.plan(**asked)
                messages.success(request, _("It is planned: from that day on this service answers there."))
                return choice.redirect("competences")
            preview = _told(request, preview_competence(**asked))
        except Refused as refused:
            tell(form, refused)
    changes = CompetenceChange.objects.filter(commune__territory=choice.territory)
    context = {
        "choice": choice,
        "form": form,
        "preview": preview,
        "changes": changes.select_related("post", "edition", "planned_by", "commune").defer(
            "commune__area", "commune__area_m"
        ),
        "now": now,
    }
    return render(request, "frontend/posts/competences.html", context)


def _told(request: HttpRequest, found: Sequence[Handed]) -> dict[str, Any]:
    """How many pass from which post to which, and which: each named to whoever may see it."""
    scope = people.scope(request)
    seen = dict(
        Incident.objects.visible_to(scope).filter(pk__in=[each.key for each in found]).values_list(
            "reference", "territory_id"
        )
    )  # fmt: skip
    log_rows(
        [(territory, reference) for reference, territory in seen.items()],
        home=scope.home, user=people.user(request), operation="incident.preview", reference="competence",
    )  # fmt: skip
    posts = {post.code: label(post) for post in Post.objects.filter(code__in={each.from_post for each in found})}
    counts = Counter(each.from_post for each in found)
    return {
        "count": len(found),
        "by_post": [(posts[code], number) for code, number in counts.most_common()],
        "rows": [(each, posts[each.from_post]) for each in found if each.reference in seen],
    }


@require_POST
@drawers
def withdraw(request: HttpRequest, change: int) -> HttpResponse:
    """The plan, taken back; 404 for one of elsewhere."""
    choice = choice_among(request, drawn_by(request))
    rows = CompetenceChange.objects.filter(commune__territory=choice.territory, pk=change)
    if not rows.exists():
        raise Http404
    try:
        passing.withdraw(by=people.user(request), change=change, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.errors[0].message))
    else:
        messages.success(request, _("It is taken back: what holds today goes on."))
    return choice.redirect("competences")
