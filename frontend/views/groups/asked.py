"""The group, problem or meeting that an address names, as this person may see it; who may open a page."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from frontend import motives, people
from frontend.doors import open_to
from incidents import references
from incidents.views.access import territory_code
from partnership.models import Meeting, Problem
from sectors.models import PartnershipGroup
from sectors.scope import Scope

REFUSAL: Final = _("Groups are for their référent, their partners, mayors and the direction.")
sees_problems: Final = open_to("see_problem", REFUSAL)
proposes: Final = open_to("propose_problem", _("Référents, partners and mayors propose problems."))
meets: Final = open_to("read_meeting", _("Meetings are for the members of the group."))


def groups_of(scope: Scope) -> Any:
    """The groups that this person runs, is a member of, or directs the territory of."""
    posts = {*scope.posts, *scope.group_posts}
    found = PartnershipGroup.objects.filter(Q(post__in=posts) | Q(territory__in=scope.directed))
    return found.select_related("post").order_by("name", "pk")


def group_asked_for(request: HttpRequest, code: str) -> PartnershipGroup:
    """Http404 alike for a foreign and for a missing one."""
    found: PartnershipGroup | None = groups_of(people.scope(request)).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _one(rows: Any, reference: str) -> Any:
    try:
        wanted = references.normalise(reference)
    except references.ReferenceInvalid:
        raise Http404 from None
    found = rows.filter(reference=wanted).first()
    if found is None:
        raise Http404
    return found


def problem_asked_for(request: HttpRequest, reference: str) -> Problem:
    """With its extent and commune. Http404 alike for a foreign and for a missing one."""
    rows = Problem.objects.visible_to(people.scope(request)).select_related("commune", "post", "partner", "territory")
    found: Problem = _one(rows.defer("extent_m", "commune__area", "commune__area_m"), reference)
    return found


def meeting_asked_for(request: HttpRequest, reference: str) -> Meeting:
    """With its group. Http404 alike for a foreign and for a missing one."""
    found: Meeting = _one(
        Meeting.objects.visible_to(people.scope(request)).select_related("group__post", "called_by"), reference
    )
    return found


def note(
    request: HttpRequest,
    operation: str,
    territory: int | None,
    reference: str = "",
    count: int = 0,
    recipient: str = "",
) -> None:
    """The access log of this territory keeps that it was read, and why; or for whom it was made."""
    log_access(
        user=people.user(request),
        operation=operation,
        reference=reference,
        count=count or None,
        territory=territory_code(territory),
        motive=motives.given(request),
        recipient=recipient,
    )
