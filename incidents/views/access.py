"""Who asks about concerns: an account, with what it covers now."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils import timezone
from rest_framework.exceptions import NotAuthenticated

from accounts.authentication import SAFE_METHODS, authenticated
from accounts.models import User
from accounts.throttles import throttle
from incidents.models import Incident
from incidents.models.visibility import seen_in_full
from sectors import atlas
from sectors.scope import Scope, scope_of


def reader(request: HttpRequest) -> tuple[User, Scope]:
    """The account and its scope. Raises NotAuthenticated (401) for nobody.

    Reading is counted here, against the account; each way of writing has its own limit. Raises Throttled (429).
    """
    user = authenticated(request)
    if not isinstance(user, User):
        raise NotAuthenticated
    if request.method in SAFE_METHODS:
        throttle(request, "read", account=user)
    return user, scope_of(user, timezone.now())


def held_in_full(reference: str, scope: Scope) -> Incident:
    """The concern, where this person may see all of it; Http404 otherwise, as if it did not exist."""
    full = seen_in_full(scope)
    found: Incident | None = (
        Incident.objects.visible_to(scope)
        .filter(full, reference=reference)
        .select_related("sector")
        .defer("sector__area", "sector__area_m")
        .first()
    )
    if found is None:
        raise Http404
    return found


def in_sight(reference: str, scope: Scope) -> Incident:
    """The concern, where this person may see anything of it; Http404 otherwise, as if it did not exist."""
    found = Incident.objects.visible_to(scope).filter(reference=reference).select_related("sector")
    incident: Incident | None = found.defer("sector__area", "sector__area_m").first()
    if incident is None:
        raise Http404
    return incident


def territory_code(territory: int | None) -> str:
    """The code of a territory, for the access log; "" where there is none."""
    card = atlas.current().directory.territories.get(territory or 0)
    return card.code if card else ""
