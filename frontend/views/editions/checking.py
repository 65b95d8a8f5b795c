"""What does not fit in an edition, on a map and in words; its repairs are looked at one by one before they are made."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend import drawn, edition_rows, people
from frontend.views.editions.entry import FORM, draft_or_404, drawers, edition_or_404, seen_of
from ogcapi.geojson import Refused
from sectors.boundaries import Finding
from sectors.changes import drafts
from sectors.changes.mending import mend
from sectors.checking import findings_of
from sectors.models import Edition, EditionState

# What weighs most comes first: who has mended these sees the next.
MOST: Final = 200
_UNDRAWN: Final = frozenset({EditionState.DATED, EditionState.ABANDONED})


@drawers
@require_http_methods(FORM)
def check(request: HttpRequest, code: str) -> HttpResponse:
    """The findings of an edition. Sent, a draft is noted as looked at and found sound."""
    edition = edition_or_404(request, code)
    is_draft = edition.state not in _UNDRAWN
    if request.method == "POST":
        if not is_draft:
            raise Http404
        try:
            drafts.mark_checked(by=people.user(request), edition=edition.pk, seen=seen_of(request), at=timezone.now())
        except Refused as refused:
            messages.warning(request, str(refused.errors[0].message))
            return redirect("edition_check", edition.code)
        messages.success(request, _("The draft is checked as it stands. Look now at what comes of it."))
        return redirect("edition_preview", edition.code)
    findings = findings_of(edition)
    context = {
        "edition": edition,
        "is_draft": is_draft,
        "is_checked": edition.checked_number == edition.number,
        "errors": sum(each.severity == "error" for each in findings),
        "findings": drawn.told(findings[:MOST], edition_rows.names_of(edition)),
        "count": len(findings),
        "shapes": edition_rows.found_in(edition, _drawn(findings[:MOST])),
    }
    return render(request, "frontend/editions/check.html", context)


@drawers
@require_http_methods(FORM)
def repair(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The repair of a finding as it would be: before and after. Sent, it is one step of the draft."""
    draft = draft_or_404(request, code)
    finding = _finding(draft, number)
    if finding is None or finding.repair is None:
        messages.warning(request, _("The draft was changed meanwhile: look at it as it stands now."))
        return redirect("edition_check", draft.code)
    if request.method == "POST":
        facts: dict[str, Any] = {"by": people.user(request), "edition": draft.pk, "at": timezone.now()}
        try:
            if seen_of(request) != draft.number:
                # Another finding may stand under this number by now.
                drafts.at_number(draft, seen_of(request))
            mend(**facts, finding=finding, seen=draft.number)
        except Refused as refused:
            messages.warning(request, str(refused.errors[0].message))
        else:
            messages.success(request, _("The repair is made, as a step that can be undone."))
        return redirect("edition_check", draft.code)
    (told,) = drawn.told([finding], edition_rows.names_of(draft))
    shapes = [
        edition_rows.of_metres(f"{look}-{change.code}", f"shape shape--{look}", area)
        for change in finding.repair.changes
        for look, area in (("before", change.before), ("after", change.after))
        if not area.is_empty
    ]
    shapes.append(edition_rows.of_metres("finding", f"shape shape--{finding.severity}", finding.where))
    context = {
        "edition": draft,
        "number": number,
        "finding": told,
        "moved_m2": finding.repair.moved_m2,
        "shapes": edition_rows.carried(shapes),
        "box": edition_rows.around(finding.where),
    }
    return render(request, "frontend/editions/repair.html", context)


def _finding(draft: Edition, number: int) -> Finding | None:
    """The finding of this number in the draft as it stands."""
    findings = findings_of(draft)[:MOST]
    return findings[number - 1] if 1 <= number <= len(findings) else None


def _drawn(findings: list[Finding]) -> list[dict[str, Any]]:
    """The findings as features of the map, under their numbers."""
    return [
        edition_rows.of_metres(str(number), f"shape shape--{each.severity}", each.where, number)
        for number, each in enumerate(findings, start=1)
    ]
