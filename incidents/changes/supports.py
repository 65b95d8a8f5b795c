""" "Me too": another organisation says that a concern already reported is theirs as well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.changes.given import log, no
from incidents.changes.recorded import locked
from incidents.models import Incident, Support
from incidents.models.grouping import LONGEST_NOTE
from incidents.models.visibility import may_on
from incidents.refusals import check_content, check_length
from incidents.workflow import OPEN

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# Who reported or supported: an organisation, or a person who speaks for none.
Key = tuple[str, int]


@transaction.atomic
def support(
    *, incident: Incident, author: User, scope: Scope, partner: int | None, note: str = "", at: datetime | None = None
) -> Support:
    """The support, once for an organisation (`partner`, its key) or for a person of none; repeated, the first one.

    note: what they would have reported, for the desk. Supporting what is dealt with in another concern supports that
    one. Raises PermissionDenied for who may not support this concern; Refused: 409 `already_settled`,
    `own_concern`; 422 `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "support"):
        raise PermissionDenied
    note = note.strip()
    check_length(note, LONGEST_NOTE, field="note")
    check_content(note, None, at, field="note")
    kept = locked(Incident(pk=held.merged_into_id)) if held.merged_into_id is not None else held
    if kept.status not in OPEN:
        no(409, "status", "already_settled", _("This concern is settled: report a new one."))
    mine: Key = ("partner", partner) if partner is not None else ("user", author.pk)
    if mine in set(_reporters(kept)):
        no(409, "incident", "own_concern", _("Your organisation reported it: add a message instead."))
    whose = {"partner_id": partner} if partner is not None else {"partner_id": None, "author": author}
    made, fresh = Support.objects.get_or_create(
        incident=kept, **whose, defaults={"author": author, "at": at, "note": note}
    )
    if fresh:
        count(kept)
        kept.updated_at = at
        kept.save(update_fields=["support_count", "updated_at"])
        log(kept, author, "incident.support", "")
    return made


def count(kept: Incident) -> None:
    """Sets, and does not save, how many others reported the same or said so: each once, whatever they did."""
    mine = ("partner", kept.partner_id) if kept.partner_id is not None else ("user", kept.author_id)
    others: set[Key] = set(_reporters(kept))
    for incident, partner, author in Support.objects.values_list("incident_id", "partner_id", "author_id").filter(
        incident__in=[kept.pk, *kept.group.values_list("pk", flat=True)]
    ):
        del incident
        others.add(("partner", partner) if partner is not None else ("user", author))
    kept.support_count = len(others - {mine})


def _reporters(kept: Incident) -> Iterator[Key]:
    """Whose the concern is, and those dealt with in it. One query."""
    yield ("partner", kept.partner_id) if kept.partner_id is not None else ("user", kept.author_id)
    for partner, author in kept.group.values_list("partner_id", "author_id"):
        yield ("partner", partner) if partner is not None else ("user", author)
