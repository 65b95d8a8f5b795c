"""What every page's template is given."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from frontend import maps, people


def site(request: HttpRequest) -> dict[str, Any]:
    """The service's name, whether this is the demonstration, and the moment; when the page asks for it, the person, and
    the drawing of the sectors, which is None where no territory is loaded."""
    return {
        "service": settings.SITE,
        "is_demonstration": settings.DEMO,
        "has_proconnect": settings.PROCONNECT,
        "now": timezone.now(),
        "person": SimpleLazyObject(lambda: people.person(request)),
        "unread": SimpleLazyObject(lambda: people.unread(request)),
        "sheet": SimpleLazyObject(maps.current),
    }
