"""A pin is moved: the concern is routed again, and its clock runs on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from incidents.changes.decided import decide
from incidents.changes.given import check_standing
from incidents.changes.recorded import await_taker, close_offer
from incidents.deadlines import triage_due
from incidents.models import Incident
from incidents.models.history import Trigger
from incidents.models.visibility import may_on
from incidents.notices import owe_move_notice
from incidents.policies import policy_in
from incidents.positions import lazy_point, street
from incidents.refusals import check_content, check_not_swapped
from incidents.workflow import OPEN
from ogcapi.geojson import FieldError, Refused
from sectors.scope import Scope

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def move(
    *, incident: Incident, author: User, scope: Scope, lon: float, lat: float, reason: str, at: datetime | None = None
) -> Incident:
    """The concern at its new place (EPSG:4326), with a new Routing row and the same due date.

    The accuracy of the first position says nothing of a place chosen by hand: it is dropped. Raises Refused (422):
    looks_swapped, personal_data; (409): settled, merged; PermissionDenied for who may not move it as it stands now.
    """
    at = at or timezone.now()
    check_content(reason, None, at, field="reason")
    check_not_swapped(lon, lat, field="coordinates")
    locked: Incident = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("category", "sector")
        .defer("sector__area", "sector__area_m")
        .get(pk=incident.pk)
    )
    # As it stands now, not as it was read: somebody may have moved or settled it meanwhile.
    if not may_on(locked, scope, "move"):
        raise PermissionDenied
    if locked.status not in OPEN:
        raise Refused(
            [FieldError("status", "settled", _("A settled concern is not moved: reopen it first."))], status=409
        )
    check_standing(locked)
    before = locked.post_id
    # Whose it is was asked of the old place.
    close_offer(locked, at=at)
    decided = decide(lon, lat, at, accuracy_m=None, category=locked.category.code, home=locked.territory_id)
    decided.laid_on(locked)
    locked.street_location = lazy_point(*street(lon, lat))
    locked.territory_id = decided.decision.territory
    if locked.post_id != before:
        await_taker(locked, at)
    if not decided.is_triaged:
        locked.triage_due_at = None
    elif locked.triage_due_at is None:
        locked.triage_due_at = triage_due(at, policy_in(locked.territory_id)).at
    locked.updated_at = at
    locked.save(
        update_fields=[
            "location", "street_location", "accuracy_m", "outcome", "sector", "post", "unit", "commune",
            "co_readers", "co_reader_posts", "border", "reason", "territory", "triage_due_at", "taken_due_at",
            "updated_at",
        ]
    )  # fmt: skip
    routing = decided.routing(locked, trigger=Trigger.MOVE, author=author, comment=reason)
    routing.save(force_insert=True)
    if locked.post_id != before:
        owe_move_notice(locked, decided, routing)
    territory = decided.directory.territories[locked.territory_id]
    log_access(
        user=author, operation="incident.move", reference=f"incident:{locked.reference}", territory=territory.code
    )
    return locked
