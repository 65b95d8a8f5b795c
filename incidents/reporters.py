"""Who may report, and for which organisation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import may
from ogcapi.geojson import FieldError, Refused
from sectors.models import Mandate, Partner, Role
from sectors.scope import Scope

if TYPE_CHECKING:
    from incidents.models import Incident


def partner_for(scope: Scope, code: str | None, *, field: str = "properties.partner") -> int | None:
    """The key of the organisation that a concern is reported for; None for a référent's or a mayor's own.

    Partners report for their own organisation; référents and mayors for any of their territory. Raises
    PermissionDenied for other roles, and Refused (422): unknown_partner; partner_required for a person of several.
    """
    if not may(scope.roles, "report"):
        raise PermissionDenied
    if code is None:
        if len(scope.partners) > 1 and not scope.speaks_for_others:
            message = _("You belong to several organisations: say which one reports.")
            raise Refused([FieldError(field, "partner_required", message)], status=422)
        return scope.partners[0] if len(scope.partners) == 1 else None
    allowed = Partner.objects.filter(code=code)
    allowed = (
        allowed.filter(territory_id__in=[scope.home])
        if scope.speaks_for_others
        else allowed.filter(pk__in=scope.partners)
    )
    key = allowed.values_list("pk", flat=True).first()
    if key is None:
        raise Refused([FieldError(field, "unknown_partner", _("You cannot report for this organisation."))], status=422)
    return key


def on_behalf(scope: Scope, partner: int | None) -> bool:
    """Is what this person reports for the organisation of this key that of others: do they not belong to it?"""
    return partner is not None and partner not in scope.partners


def reporters_of(incident: Incident, at: datetime) -> list[User]:
    """Who is told what becomes of a concern: its author, while they may act and, for an organisation, belong to it.

    Else the members of the organisation that it was reported for: it is theirs, whoever wrote it down. Nobody where
    nobody is left. One query.
    """
    if incident.partner_id is None:
        return list(User.objects.filter(pk=incident.author_id, is_active=True))
    of_it = Mandate.objects.in_force(at).filter(role=Role.PARTNER, partner=incident.partner_id)
    members = list(User.objects.filter(pk__in=of_it.values("user"), is_active=True).order_by("pk"))
    return [each for each in members if each.pk == incident.author_id] or members
