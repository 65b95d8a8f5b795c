"""A concern is handed over outside the police: told to a service, which says that it has arrived; its clock runs on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.changes.given import check_open, log, no, said
from incidents.changes.recorded import locked
from incidents.models import Handover, HandoverTo, Incident
from incidents.models.visibility import may_on
from incidents.notices_of_transfers import owe_handover_notices
from incidents.refusals import OF_A_SERVICE, check_content, check_length

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@transaction.atomic
def hand_over(
    *,
    incident: Incident,
    to: str,
    recipient: str,
    author: User,
    scope: Scope,
    reason: str,
    at: datetime | None = None,
) -> Handover:
    """The record that the concern was told to somebody outside, who has yet to say that it arrived.

    to: one of `HandoverTo`; recipient: a service by its name. Status and due day stay. Raises PermissionDenied for who
    does not hold the concern; Refused: 409 `already_settled`, `already_handed_over`; 422 `unknown_recipient`,
    `recipient_required`, `reason_required`, `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "hand_on"):
        raise PermissionDenied
    if to not in HandoverTo:
        no(422, "to", "unknown_recipient", _("Hand it over to the gendarmerie, the town hall or the CLSPD."))
    recipient = recipient.strip()
    if not recipient:
        no(422, "recipient", "recipient_required", _("Name the service that receives it."))
    check_length(recipient, 160, field="recipient")
    check_content(recipient, None, at, field="recipient")
    reason = said(reason, at)
    check_open(held)
    if held.handovers.filter(to=to, acknowledged_at__isnull=True).exists():
        no(409, "to", "already_handed_over", _("It was handed over to them already: wait until they acknowledge."))
    made = Handover(incident=held, to=to, recipient=recipient, reason=reason, at=at, author=author)
    made.save(force_insert=True)
    owe_handover_notices(held, made, author, at)
    log(held, author, "incident.handover", f"{to}: {recipient}")
    return made


@transaction.atomic
def acknowledge(
    *, incident: Incident, to: str, author: User, scope: Scope, note: str = "", at: datetime | None = None
) -> Handover:
    """The handover that they say has arrived, as the desk writes it down.

    Raises PermissionDenied for who does not hold the concern; Refused: 409 `nothing_handed_over`; 422 `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "hand_on"):
        raise PermissionDenied
    note = note.strip()
    check_length(note, 500, field="reason")
    check_content(note, None, at, field="reason", but=OF_A_SERVICE)
    waiting = held.handovers.filter(to=to, acknowledged_at__isnull=True).first()
    if waiting is None:
        no(409, "to", "nothing_handed_over", _("Nothing waits for their acknowledgement."))
    waiting.acknowledged_at, waiting.acknowledged_by, waiting.acknowledgement = at, author, note
    waiting.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledgement"])
    owe_handover_notices(held, waiting, author, at)
    log(held, author, "incident.acknowledge", f"{to}: {waiting.recipient}")
    return waiting
