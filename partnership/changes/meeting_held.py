"""What every change of a meeting begins and ends with: the locked row, who may, the access log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from partnership.changes.held import territory_code
from partnership.life import MeetingState
from partnership.models import Meeting, Minutes
from partnership.refusals import no

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


def run_by(meeting: Meeting, scope: Scope) -> Meeting:
    """The locked meeting. Raises PermissionDenied for who does not run its group."""
    held: Meeting = Meeting.objects.select_for_update(of=("self",)).select_related("group__post").get(pk=meeting.pk)
    if held.group.post_id not in scope.posts:
        raise PermissionDenied
    return held


def written_on(meeting: Meeting, scope: Scope) -> Meeting:
    """The locked meeting of which something can still be written. Raises as `run_by`, and Refused (409) `over`."""
    held = run_by(meeting, scope)
    validated = Minutes.objects.filter(meeting=held, validated_at__isnull=False).exists()
    if validated or held.state == MeetingState.ANNULEE:
        no(409, "status", "over", _("It was called off, or its minutes are validated: write an addendum."))
    return held


def log(meeting: Meeting, author: User, operation: str, recipient: str = "") -> None:
    """One row of the access log."""
    log_access(
        user=author,
        operation=operation,
        reference=f"meeting:{meeting.reference}",
        territory=territory_code(meeting.group.territory_id),
        recipient=recipient,
    )
