"""The sectors of a draft brought as a file: all of it as one step, or nothing."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import map_file_words, people
from frontend.doors import too_many
from frontend.edition_forms import ImportForm
from frontend.views.editions.entry import FORM, draft_or_404, drawers, seen_of
from incidents.uploads import takes_photos
from ogcapi.geojson import Refused
from sectors.changes.importing import import_areas
from sectors.file_tables import Defects
from sectors.map_files import MOST_BYTES, read_map_file
from sectors.models import Edition


@takes_photos
@drawers
@require_http_methods(FORM)
def bring(request: HttpRequest, code: str) -> HttpResponse:
    """A form for a file; what is wrong in it is told feature by feature, and nothing is drawn then."""
    draft = draft_or_404(request, code)
    form, wrong = ImportForm(), list[str]()
    if request.method == "POST":
        wait = wait_of(request, "draw", people.user(request))
        if wait:
            return too_many(request, wait)
        form = ImportForm(request.POST, request.FILES)
        wrong = _brought(request, draft, form) if form.is_valid() else []
        if form.is_valid() and not wrong:
            return redirect("edition_check", draft.code)
    context = {"edition": draft, "form": form, "wrong": wrong, "folded": not (wrong or form.errors)}
    return render(request, "frontend/editions/import.html", context, status=422 if wrong else 200)


def _brought(request: HttpRequest, draft: Edition, form: ImportForm) -> list[str]:
    """What is wrong with the file; nothing where the draft has its sectors by now."""
    given, columns = form.cleaned_data, form.columns
    sent: UploadedFile[bytes] = given["file"]
    if (sent.size or 0) > MOST_BYTES:
        return [_("The file is too large: 20 MB at most, 100 MB unpacked.")]
    before = draft.sectors.count()
    try:
        file = read_map_file(sent.read(), name=sent.name or "", epsg=given["epsg"])
    except Defects as defects:
        return map_file_words.of_defects(defects)
    try:
        drawn = import_areas(
            by=people.user(request), edition=draft.pk, file=file, seen=seen_of(request), at=timezone.now(),
            columns=columns, keep=given["keep"],
        )  # fmt: skip
    except Refused as refused:
        return map_file_words.of_refusal(refused, file.areas, columns.get("code", "code"))
    count = len(file.areas)
    told = ngettext(
        "%(count)s sector was brought from EPSG:%(epsg)s.", "%(count)s sectors were brought from EPSG:%(epsg)s.", count
    )
    messages.success(request, told % {"count": count, "epsg": file.epsg})
    after = drawn.sectors.count()
    if after < before:
        fewer = _("The draft had %(before)s sectors and has %(after)s now: what the file does not name is gone.")
        messages.warning(request, fewer % {"before": before, "after": after})
    return []
