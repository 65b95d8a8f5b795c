"""Step 2 of a report: what happens there, when, and up to three photos of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.exceptions import Throttled

from accounts.throttles import throttle
from frontend import drafts, people, snapshots
from frontend.drafts import Draft
from frontend.forms import WhatForm, text_mark
from frontend.snapshots import Received
from frontend.texts import marked
from frontend.views.steps import categories, page, reporters_only
from incidents import photo_files
from incidents.photo_files import Folder
from incidents.photos import MOST_PHOTOS
from incidents.uploads import takes_photos
from incidents.views.photos import as_a_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sectors.atlas.directory import CategoryCard


@takes_photos
@reporters_only
@require_http_methods(["GET", "HEAD", "POST"])
def what(request: HttpRequest) -> HttpResponse:
    """Step 2: the nature, the moment, the words and the photos; one button adds photos, one removes each."""
    draft = drafts.read(request)
    if not draft.has_place:
        return redirect("report_where")
    cards = categories(request, draft)
    if request.method != "POST":
        form = WhatForm(initial={name: getattr(draft, name) for name in drafts.WORDS}, cards=cards)
        return _page(request, draft, form, cards, Received())
    form = WhatForm(request.POST, cards=cards)
    goes_on = _keep_words(request, draft, form)
    removed = request.POST.get("remove", "")
    if removed:
        snapshots.remove(draft, removed)
    received = _receive(request, draft)
    drafts.keep(request, draft)
    if removed or "add" in request.POST:
        # Nothing is asked of the words yet.
        form = WhatForm(initial={name: request.POST.get(name, "") for name in drafts.WORDS}, cards=cards)
    elif goes_on and not received:
        return redirect("report_nearby")
    return _page(request, draft, form, cards, received)


def _receive(request: HttpRequest, draft: Draft) -> Received:
    """Takes in the photos that came along, unless too many came this hour."""
    files = request.FILES.getlist("photo")
    if files:
        try:
            throttle(request, "photo", account=people.user(request))
        except Throttled:
            return Received([_("You have added many photos within an hour. Try again later, or send without.")])
    return snapshots.receive(draft, files)


def _keep_words(request: HttpRequest, draft: Draft, form: WhatForm) -> bool:
    """Lays the words on the draft, as typed where they are refused: Back and a lost connection lose nothing.

    Not a text that names somebody. True when all of it is right.
    """
    valid = form.is_valid()
    drafts.take_words(draft, request.POST)
    if valid:
        given = form.cleaned_data
        draft.description = given["description"]
        draft.occurred_on = given["occurred_on"].isoformat() if given["occurred_on"] else ""
        draft.occurred_time = given["occurred_time"].strftime("%H:%M") if given["occurred_time"] else ""
        draft.read_again = text_mark(draft.description) if form.findings else ""
    return valid


def _page(
    request: HttpRequest, draft: Draft, form: WhatForm, cards: Sequence[CategoryCard], received: Received
) -> HttpResponse:
    text = str(form["description"].value() or "")
    return page(
        request,
        "what",
        draft,
        form=form,
        frequent=[card for card in cards if card.is_frequent],
        others=[card for card in cards if not card.is_frequent],
        marked=marked(text, form.findings),
        may_confirm=bool(form.findings) and not any(finding.certain for finding in form.findings),
        text_mark=text_mark(text),
        today=timezone.localdate(),
        received=received,
        most_photos=MOST_PHOTOS,
        room=MOST_PHOTOS - len(draft.photos),
        photo_place=_("Place of the photo"),
    )


@reporters_only
@require_safe
def draft_photo(request: HttpRequest, key: str) -> HttpResponse:
    """A photo of this session's own draft; 404 for any other."""
    photo = next((each for each in drafts.read(request).photos if each["key"] == key), None)
    if photo is None:
        raise Http404
    try:
        return as_a_file(photo_files.read(Folder.DRAFTS, key), "photo.jpg", photo["digest"])
    except FileNotFoundError:
        raise Http404 from None
