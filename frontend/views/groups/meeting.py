"""Meetings of a group: called, changed, called off; what is to be spoken of, and what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.throttles import wait_of
from frontend import acting, meetings, motives, people
from frontend.doors import limited, open_to, too_many
from frontend.forms import MotiveForm
from frontend.group_doing import make
from frontend.meeting_acting import POINTS, page_of
from frontend.meeting_forms import PlanForm
from frontend.minutes import record
from frontend.printing import NotPrinted, printed
from frontend.views.groups.asked import group_asked_for, meeting_asked_for, meets, note
from ogcapi.geojson import FieldError, Refused
from partnership import changes
from partnership.calendar_file import invitation
from partnership.models import AgendaItem, Meeting
from sectors.models import Partner, PartnershipGroup
from sectors.scope import Scope

TEMPLATES = {
    "meeting": "frontend/groups/meeting.html",
    "meeting_table": "frontend/groups/meeting_table.html",
    "meeting_minutes": "frontend/groups/minutes.html",
}
REFUSAL = gettext_lazy("Meetings are called by who runs the group.")
# The member of a refusal, and the field of the form that it is about.
_FIELDS = {"begins_at": "day", "ends_at": "ends"}


@require_http_methods(["GET", "HEAD", "POST"])
@open_to("run_problem", REFUSAL)
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """When and where the group meets, and calling it; 404 for who is not in the group, 403 for who does not run it."""
    scope = people.scope(request)
    group = group_asked_for(request, code)
    if group.post_id not in scope.posts:
        raise PermissionDenied(str(REFUSAL))
    members = list(Partner.objects.filter(groups=group).order_by("name"))
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        members=[(each.code, each.name) for each in members],
        initial={"begins": "14:00", "ends": "16:00", "place": _last_place(group, scope)},
    )
    if form.is_valid():
        if wait := wait_of(request, "status", people.user(request)):
            return too_many(request, wait)
        given = dict(form.cleaned_data)
        codes = given.pop("invited", ())
        invited = [each for each in members if each.code in codes]
        try:
            made = changes.plan(group=group, author=people.user(request), scope=scope, invited=invited, **given)
        except Refused as refused:
            _add(form, refused)
        else:
            messages.success(request, _("The meeting is set: everybody invited is told, with a calendar file."))
            return redirect("meeting", made.reference)
    return render(request, "frontend/groups/plan.html", {"form": form, "group": group})


@require_http_methods(["GET", "HEAD", "POST"])
@meets
@limited("read")
def meeting(request: HttpRequest, meeting: str) -> HttpResponse:
    """The meeting. The direction says first why it reads (POST `motive`)."""
    asked = meeting_asked_for(request, meeting)
    if not told(request, asked):
        form = MotiveForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            motives.keep(request, form.cleaned_data["motive"])
            return redirect("meeting", asked.reference)
        return render(request, "frontend/groups/meeting_motive.html", {"form": form, "meeting": asked})
    return page(request, asked, "meeting")


@require_safe
@meets
@limited("read")
def table(request: HttpRequest, meeting: str) -> HttpResponse:
    """What is typed while the group sits, for who runs it; to the meeting's page where it is over."""
    asked = meeting_asked_for(request, meeting)
    if asked.group.post_id not in people.scope(request).posts:
        raise PermissionDenied(_("Who runs the group notes what is said."))
    if not meetings.standing_of(asked, people.scope(request)).written_on:
        return redirect("meeting", asked.reference)
    return page(request, asked, "meeting_table")


@require_safe
@meets
@limited("read")
def minutes(request: HttpRequest, meeting: str) -> HttpResponse:
    """The minutes; a draft for who runs the group alone, 404 for others where there are none."""
    asked = meeting_asked_for(request, meeting)
    if not told(request, asked):
        return redirect("meeting", asked.reference)
    stands = meetings.standing_of(asked, people.scope(request))
    if not stands.validated and not stands.drafts:
        if stands.runs:
            return redirect("meeting", asked.reference)
        raise Http404
    return page(request, asked, "meeting_minutes")


@require_safe
@meets
@limited("read")
def document(request: HttpRequest, meeting: str, to: str) -> HttpResponse:
    """Validated minutes as a PDF: for the members, or for the CLSPD without what is confidential; 404 before."""
    asked = meeting_asked_for(request, meeting)
    if not told(request, asked):
        return redirect("meeting", asked.reference)
    found = meetings.minutes_of(asked)
    if found is None or found.validated_at is None:
        raise Http404
    context = {"meeting": asked, "record": record(asked, found, confidential=to == "membres")}
    try:
        made = printed(render_to_string("frontend/groups/minutes_pdf.html", context))
    except NotPrinted:
        messages.warning(request, _("The document could not be made now. Print this page, or try again later."))
        return redirect("meeting_minutes", asked.reference)
    note(request, "minutes.print", asked.group.territory_id, f"meeting:{asked.reference}", recipient=to)
    answer = HttpResponse(made, content_type="application/pdf")
    name = f"releve-{asked.reference}{'' if to == 'membres' else '-clspd'}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@meets
@limited("read")
def calendar(request: HttpRequest, meeting: str) -> HttpResponse:
    """The meeting as a calendar file."""
    asked = meeting_asked_for(request, meeting)
    note(request, "meeting.read", asked.group.territory_id, f"meeting:{asked.reference}")
    answer = HttpResponse(invitation(asked), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="reunion-{asked.reference}.ics"'
    return answer


@meets
@require_POST
def act(request: HttpRequest, meeting: str, action: str) -> HttpResponse:
    """Does one of the things that may be done with the meeting, and comes back to where it is shown."""
    return _act(request, meeting_asked_for(request, meeting), action, None)


@meets
@require_POST
def act_on_point(request: HttpRequest, meeting: str, point: int, action: str) -> HttpResponse:
    """The same with a point of its agenda."""
    asked = meeting_asked_for(request, meeting)
    found = asked.agenda.select_related("problem").filter(pk=point).first()
    if found is None:
        if asked.group.post_id not in people.scope(request).posts:
            raise PermissionDenied(_("Who runs the group notes what is said."))
        messages.warning(request, _("This point is no longer on the agenda."))
        return redirect("meeting_table", asked.reference)
    return _act(request, asked, action, found)


def _act(request: HttpRequest, asked: Meeting, code: str, point: AgendaItem | None) -> HttpResponse:
    scope, person = people.scope(request), people.user(request)
    shown = "meeting_table" if point else page_of(code)
    if not shown or (point and code not in POINTS):
        raise Http404
    if asked.group.post_id not in scope.posts:
        raise PermissionDenied(_("Who runs the group notes what is said."))
    if wait := wait_of(request, "status", person):
        return too_many(request, wait)
    if "agenda" in request.POST:
        # From the agenda of the meeting's own page one comes back there.
        shown = "meeting"
    said = (code, request.POST)
    offer = next((each for each in meetings.offered(asked, scope, shown, said, point) if each.code == code), None)
    if offer is None:
        messages.warning(request, _("Nothing was done: it has changed meanwhile. This is how it stands now."))
        return redirect("meeting", asked.reference)
    about: dict[str, Any] = {"meeting": asked} | ({"point": point} if point else {})
    try:
        if not offer.form.is_valid():
            raise Refused([], status=422)
        make(offer, person, scope, **about)
    except Refused as refused:
        return page(request, asked, shown, said=said, point=point, refused=refused)
    messages.success(request, str(offer.action.done))
    answer = redirect("meeting_table" if code == "tenir" else shown, asked.reference)
    if point and shown == "meeting_table" and code != "retirer":
        answer["Location"] += f"#point-{point.rank}"
    return answer


def page(
    request: HttpRequest,
    asked: Meeting,
    shown: str,
    *,
    said: tuple[str, Any] | None = None,
    point: AgendaItem | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """One of the three pages of a meeting; after a refusal with what was typed and why it was refused.

    point: the one that `said` is about.
    """
    scope = people.scope(request)
    note(request, "meeting.read", asked.group.territory_id, f"meeting:{asked.reference}")
    context = meetings.told(request, asked, shown, said, point, refused, scope)
    mine = said if point is None else None
    offers = meetings.offered(asked, scope, shown, mine, None)
    for offer in offers:
        offer.form.auto_id = "id_%s"
    failed = acting.failed(offers, mine, _renamed(refused)) or context["failed"]
    context |= {
        "meeting": asked,
        "offers": {each.code: each for each in offers},
        "listed": offers,
        "failed": failed,
        "form": failed.form if failed else None,
        "refusal": "" if failed or refused is None else str(refused.detail),
    }
    return render(request, TEMPLATES[shown], context)


def told(request: HttpRequest, asked: Meeting) -> bool:
    """May its words be shown now? To the direction once it has said why it reads."""
    scope = people.scope(request)
    return bool(motives.given(request)) or asked.group.post_id in {*scope.posts, *scope.group_posts}


def _renamed(refused: Refused | None) -> Refused | None:
    """The refusal, by the fields of our forms."""
    if refused is None:
        return None
    errors = [FieldError(_FIELDS.get(each.field, each.field), each.code, each.message) for each in refused.errors]
    return Refused(errors, status=refused.status)


def _add(form: PlanForm, refused: Refused) -> None:
    for error in refused.errors:
        field = _FIELDS.get(error.field, error.field)
        form.add_error(field if field in form.fields else None, str(error.message))


def _last_place(group: PartnershipGroup, scope: Scope) -> str:
    """Where the group met the last time: nobody types it twice."""
    places = (
        Meeting.objects.visible_to(scope).filter(group=group).order_by("-begins_at").values_list("place", flat=True)
    )
    return str(places.first() or "")
