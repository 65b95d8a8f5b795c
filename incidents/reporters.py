"""Who may report, and for which organisation."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.permissions import may
from ogcapi.geojson import FieldError, Refused
from sectors.models import Partner
from sectors.scope import Scope


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
