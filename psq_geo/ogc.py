"""The service of `/ogc`: the collections of the apps, and who asks for them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authentication import authenticated
from accounts.models import User
from accounts.throttles import throttle
from incidents import collections as incidents
from ogcapi.api import Api
from ogcapi.tiling import TILE
from partnership import collections as partnership
from sectors import collections as sectors
from sectors import draft_sectors
from sectors.collections import Reader
from sectors.scope import scope_of


def identify(request: HttpRequest) -> Reader | None:
    """Who asks: by token, by Basic with a token as its password, by session, else nobody. Raises 401 and 429."""
    user = authenticated(request, basic=True)
    # A window full of map is thirty tiles at once: they are counted apart, and nobody reads less for having drawn.
    tile = getattr(request.resolver_match, "url_name", None) == TILE
    if not isinstance(user, User):
        throttle(request, "tiles" if tile else "areas", account=user)
        return None
    throttle(request, "tiles" if tile else "read", account=user)
    return Reader(user, scope_of(user, timezone.now()))


API = Api(
    title=_("psq_geo: neighbourhood policing by sector"),
    description=_(
        "The map of the sectors, their limits and the citizen watch for anybody; with a token, the concerns and"
        " problems that you may see."
    ),
    collections=(
        *sectors.COLLECTIONS,
        *incidents.COLLECTIONS,
        *partnership.COLLECTIONS,
        *draft_sectors.COLLECTIONS,
    ),
    identify=identify,
    # With what they cover: a file written for a mandate is not given after it.
    whose=lambda reader: "" if reader is None else f"{reader.user.pk} {reader.scope}",
)
