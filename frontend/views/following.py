"""A concern as its reporter follows it: what happened, a message, whether it is settled, and reopening it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.throttles import wait_of
from frontend import following_forms as forms
from frontend import motives, people, readers, typed, words
from frontend.acting import stopped
from frontend.doors import too_many
from frontend.views.reading import one_asked_for, reads, sent_from_concern
from incidents import changes, timeline
from incidents.changes.recorded import closed_on
from incidents.deadlines import paris_date
from incidents.models import Incident, Settled
from incidents.models.visibility import may_on
from incidents.uploads import pictures_joined, takes_photos
from incidents.words import SUSPENSION_REASONS
from incidents.workflow import REOPENING_DAYS, Status, next_from
from ogcapi.geojson import Refused
from sectors import atlas
from sectors.scope import Scope
from sectors.words import sentence

FORMS: Final[Mapping[str, type[Form]]] = MappingProxyType(
    {"reply": forms.ReplyForm, "rate": forms.RatingForm, "reopen": forms.ReopenForm}
)


def page(request: HttpRequest, incident: Any, failed: tuple[str, Form] | None = None) -> HttpResponse:
    """The concern, as much of it as this person may see, with what they may say of it; `failed` is what was refused."""
    scope, now = people.scope(request), timezone.now()
    motives.note_reading(request, incident)
    row = readers.row(incident, now)
    context: dict[str, Any] = {"row": row}
    if row.full:
        directory = atlas.current().directory
        offered = _offered(incident, scope)
        before = typed.of(request, incident.reference)
        if before and before[0] in offered:
            offered[before[0]] = FORMS[before[0]](before[1])
        suspension = stopped(incident)
        context |= {
            "incident": incident,
            "post": directory.posts.get(incident.post_id),
            "why": sentence(incident.reason),
            "received": words.word(words.RECEIVED, incident.received_via),
            "co_readers": [card for card in directory.sectors.values() if card.code in incident.co_readers],
            "photos": incident.photos.visible_to(scope).filter(remark=None).order_by("rank"),
            "entries": timeline.of(incident, scope),
            "suspension": suspension,
            "stopped": suspension and words.word(SUSPENSION_REASONS, suspension.reason),
            "offered": offered | ({failed[0]: failed[1]} if failed else {}),
            "failed": failed and failed[0],
            "form": failed and failed[1],
            "reopen_until": _reopen_until(incident) if "reopen" in offered else None,
        }
    return render(request, "frontend/concerns/detail.html", context)


def _offered(incident: Incident, scope: Scope) -> dict[str, Form]:
    """The forms that this person is shown."""
    found: dict[str, Form] = {}
    if may_on(incident, scope, "comment"):
        found["reply"] = forms.ReplyForm()
    if may_on(incident, scope, "rate"):
        asked = changes.questions(incident)
        if asked and not asked[0].answer:
            found["rate"] = forms.RatingForm()
    if may_on(incident, scope, "change_status") and Status.ROUVERTE in next_from(incident.status):
        last = _reopen_until(incident)
        if last is None or last >= paris_date(timezone.now()):
            found["reopen"] = forms.ReopenForm()
    return found


def _reopen_until(incident: Incident) -> Any:
    """The last day on which it can be reopened; None where there is no end to it yet."""
    if incident.status == Status.REPONDUE:
        return None
    return closed_on(incident) + timedelta(days=REOPENING_DAYS)


@takes_photos
@sent_from_concern("reply")
@reads
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Sends a message to the desk, with up to three photos."""

    def say(incident: Incident, given: dict[str, Any], **by: Any) -> None:
        pictures = pictures_joined(request.FILES.getlist("photo"))
        changes.remark(incident=incident, text=given["text"], pictures=pictures, **by)
        messages.success(request, _("Your message is on the référent's desk."))

    return _said(request, reference, "reply", say)


@sent_from_concern("rate")
@reads
def rate(request: HttpRequest, reference: str) -> HttpResponse:
    """Says whether it is settled; whoever is not content is offered to reopen it."""

    def say(incident: Incident, given: dict[str, Any], **by: Any) -> None:
        changes.rate(incident=incident, answer=given["answer"], comment=given["comment"], **by)
        if given["answer"] == Settled.YES:
            messages.success(request, _("Thank you: it is good to know that it is settled."))
        else:
            messages.success(request, _("Thank you: the référent reads it. You can also reopen the concern below."))

    return _said(request, reference, "rate", say)


@sent_from_concern("reopen")
@reads
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Reopens the concern, with the reason."""

    def say(incident: Incident, given: dict[str, Any], **by: Any) -> None:
        changes.change_status(incident=incident, to=Status.ROUVERTE, reason=given["reason"], **by)
        messages.success(request, _("Reopened: the référent takes it up again."))

    return _said(request, reference, "reopen", say)


def _said(request: HttpRequest, reference: str, name: str, say: Callable[..., None]) -> HttpResponse:
    """Does it and comes back to the concern; refused, the page says why and keeps what was typed."""
    scope, person = people.scope(request), people.user(request)
    incident = one_asked_for(request, reference)
    if not incident.full:
        raise Http404
    if may_on(incident, scope, "hold_desk"):
        # Who answers for it does so on the desk.
        return redirect("concern", reference=incident.reference)
    wait = wait_of(request, "status", person)
    if wait:
        return too_many(request, wait)
    form = FORMS[name](request.POST)
    if form.is_valid():
        try:
            say(incident, form.cleaned_data, author=person, scope=scope)
        except Refused as refused:
            for error in refused.errors:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
            if not refused.errors:
                form.add_error(None, str(refused.detail))
        else:
            typed.sent(request, incident.reference)
            return redirect("concern", reference=incident.reference)
    return page(request, incident, (name, form))
