"""The référent writes what a group has agreed to be bound by."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.permissions import relations
from partnership.changes.held import territory_code
from partnership.models import Charter
from partnership.models.problem import LONGEST_TEXT
from partnership.refusals import no, worded
from sectors.models import PartnershipGroup

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@transaction.atomic
def write_charter(
    *, group: PartnershipGroup, author: User, scope: Scope, text: str, at: datetime | None = None
) -> Charter:
    """The next version of the group's charter, which holds from now on; those before are kept.

    Raises PermissionDenied for who does not run the group; Refused: 409 `unchanged`; 422 `required`, `too_long`,
    `personal_data`.
    """
    at = at or timezone.now()
    if not relations(scope.roles, "run_problem") or group.post_id not in scope.posts:
        raise PermissionDenied
    held = PartnershipGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    text = worded(text, at, longest=LONGEST_TEXT, field="text")
    last = Charter.objects.filter(group=held).first()
    if last is not None and last.text == text:
        no(409, "text", "unchanged", _("This is the charter that holds already."))
    made = Charter(group=held, version=last.version + 1 if last else 1, at=at, author=author, text=text)
    made.save(force_insert=True)
    log_access(
        user=author,
        operation="group.charter",
        reference=f"group:{held.code}",
        territory=territory_code(held.territory_id),
        recipient="",
    )
    return made
