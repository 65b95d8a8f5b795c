"""The places of one's organisation: a list it brings as a file, offered to its people alone when they report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.throttles import wait_of
from frontend import examples, people
from frontend.doors import open_to, too_many
from incidents.screening import screen
from incidents.uploads import takes_photos
from sectors.changes.places import MOST_OWN, drop_own_places, load_own_places
from sectors.changes.rows import Report
from sectors.models import OwnPlace, Partner
from sectors.place_lists import PlaceRow, Wrong, WrongList, read_places

REFUSAL: Final = gettext_lazy("Only the people of a partner organisation keep places of their own.")
PAGE: Final = 50
MOST_BYTES: Final = 1024 * 1024


class ListForm(forms.Form):
    """A file of places, and whether those that it does not name go."""

    places = forms.FileField(
        label=gettext_lazy("File (CSV or GeoJSON)"),
        help_text=gettext_lazy(
            "In the first line the names of the columns: nom, lon, lat; and if you like type, commune, code. "
            "Degrees, UTF-8, 1 MB and 2,000 places at most. The stops.txt of a GTFS is read as it is."
        ),
        error_messages={"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.json,.geojson,text/csv,application/geo+json"}),
    )
    equal = forms.BooleanField(
        required=False, label=gettext_lazy("Remove the places that stand here and not in the file")
    )

    def clean_places(self) -> list[PlaceRow]:
        """The places of the file. What is wrong is told line by line."""
        file: UploadedFile[bytes] = self.cleaned_data["places"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB."), "too_large")
        try:
            rows = read_places(file.read(), most=MOST_OWN)
            _check_names(rows)
        except WrongList as refused:
            raise forms.ValidationError(refused.lines()) from refused
        return rows


def _check_names(rows: Sequence[PlaceRow]) -> None:
    """Nothing, or WrongList: a place is called by no person's number or address."""
    named = [row for row in rows if any(found.certain for found in screen(f"{row.name} {row.kind}"))]
    if named:
        raise WrongList([Wrong(row.line, _("the name designates a person: remove what does")) for row in named])


@takes_photos
@require_http_methods(["GET", "HEAD", "POST"])
@open_to("keep_places", REFUSAL)
def listing(request: HttpRequest) -> HttpResponse:
    """The organisation's places, by name, and a form for a file of them. Written is all of a file or nothing."""
    partners = _partners(request)
    partner = _partner(partners, request.POST.get("partner") or request.GET.get("organisme", ""))
    form = ListForm()
    if request.method == "POST":
        user = people.user(request)
        wait = wait_of(request, "report", user)
        if wait:
            return too_many(request, wait)
        form = ListForm(request.POST, request.FILES)
        if form.is_valid():
            given = form.cleaned_data
            try:
                report = load_own_places(
                    partner=partner, rows=given["places"], commit=True, keep=not given["equal"], by=user
                )
            except WrongList as refused:
                form.add_error("places", refused.lines())
            else:
                _tell(request, report)
                return _back(partner)
    rows = OwnPlace.objects.visible_to(people.scope(request)).filter(partner=partner).order_by("name", "pk")
    asked = request.GET.get("q", "").replace("\0", "").strip()[:80]
    page = Paginator(rows.filter(name__icontains=asked) if asked else rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "example": examples.of_the_map(),
        "form": form,
        "partner": partner,
        "partners": partners,
        "page": page,
        "asked": asked,
        "total": rows.count() if asked else page.paginator.count,
    }
    return render(request, "frontend/account/places.html", context)


@require_POST
@open_to("keep_places", REFUSAL)
def remove(request: HttpRequest) -> HttpResponse:
    """Takes one place off the list, or all of them; then back to it."""
    partner = _partner(_partners(request), request.POST.get("partner", ""))
    code = request.POST.get("place", "")
    if "all" in request.POST or code:
        codes = None if "all" in request.POST else [code.replace("\0", "")]
        gone = drop_own_places(partner=partner, codes=codes, by=people.user(request))
        messages.success(
            request,
            ngettext("%(count)s place was removed.", "%(count)s places were removed.", gone) % {"count": gone},
        )
    return _back(partner)


def _partners(request: HttpRequest) -> list[Partner]:
    return list(Partner.objects.filter(pk__in=people.scope(request).partners).order_by("name"))


def _partner(partners: Sequence[Partner], code: str) -> Partner:
    """The organisation of this code among one's own, without a code the first. Raises Http404."""
    found = next((each for each in partners if not code or each.code == code), None)
    if found is None:
        raise Http404
    return found


def _back(partner: Partner) -> HttpResponseRedirect:
    answer = redirect(f"{reverse('own_places')}?{urlencode({'organisme': partner.code})}")
    assert isinstance(answer, HttpResponseRedirect)  # noqa: S101 - it is not permanent
    return answer


def _tell(request: HttpRequest, report: Report) -> None:
    counts: dict[str, Any] = {
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
    }
    messages.success(request, _("%(added)s added, %(changed)s changed, %(removed)s removed.") % counts)
    for note in report.notes:
        messages.warning(request, note)
