"""Who asks about concerns, with what they cover now and why they read; and what the access log keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated

from accounts.authentication import SAFE_METHODS, authenticated
from accounts.changes import Access, log_access, log_accesses
from accounts.models import User
from accounts.throttles import throttle
from incidents.models import Incident
from incidents.models.visibility import asks_for_a_motive, may_on, seen_in_full
from incidents.refusals import OF_A_SERVICE, warnings
from incidents.views.reading import read_motive
from ogcapi.geojson import FieldError, Refused
from sectors import atlas
from sectors.scope import Scope, scope_of

# Where a session keeps what was answered to the question why.
MOTIVE_KEPT: Final = "motive"


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


def motive_of(request: HttpRequest, *others: str) -> tuple[str, dict[str, str]]:
    """Why this is read, "" where nobody says, and the `others` of the query string: as the address says it, else as
    the browser's session holds it. Refused (400)."""
    motive, asked = read_motive(request, *others)
    if not motive and "HTTP_AUTHORIZATION" not in request.META:
        motive = kept_motive(request)
    return motive, asked


def kept_motive(request: HttpRequest) -> str:
    """What was answered in this session; "" for nothing yet, and where there is no session."""
    session = getattr(request, "session", None)
    return str(session.get(MOTIVE_KEPT, "")) if session is not None else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A concern read in full: by whom, and why ("" where nobody says)."""

    user: User
    scope: Scope
    incident: Incident
    motive: str

    @property
    def unsaid(self) -> bool:
        """Is what somebody wrote not told yet, because the direction has not said why it reads?"""
        return not self.motive and asks_for_a_motive(self.incident, self.scope)

    def told(self, fields: dict[str, Any], *words: str) -> dict[str, Any]:
        """The fields of an answer; those that are somebody's words are null where they are not told yet."""
        return fields | dict.fromkeys(words) if self.unsaid else fields

    def log(self, operation: str, count: int | None = None) -> None:
        """The access log of the concern's territory keeps it."""
        log_access(
            user=self.user,
            operation=operation,
            reference=f"incident:{self.incident.reference}",
            count=count,
            territory=territory_code(self.incident.territory_id),
            motive=self.motive,
        )


def reading(request: HttpRequest, reference: str) -> Reading:
    """The concern asked for, with who reads it in full and why. Raises as `reader`, `held_in_full` and `motive_of`."""
    user, scope = reader(request)
    motive, _asked = motive_of(request)
    return Reading(user, scope, held_in_full(reference, scope), motive)


def check_told(read: Reading) -> None:
    """Nothing, or Refused (403) `motive_required`, for what is words or a picture through and through."""
    if read.unsaid:
        message = _("Say why you read what a sector holds: ?motive=, kept in the access log.")
        title = _("Say why you read this")
        raise Refused([FieldError("motive", "motive_required", message)], status=403, title=title)


def warned(incident: Incident, scope: Scope, texts: Mapping[str, str]) -> dict[str, object]:
    """The member `warnings` for what was just said of this concern; {} where nothing may be of a person."""
    return warnings(texts, OF_A_SERVICE if may_on(incident, scope, "hold_desk") else ())


def log_rows(
    shown: Iterable[tuple[int | None, str]], *, home: int | None, kind: str = "incident", **entry: Any
) -> None:
    """The access log of each territory keeps which of its concerns (or what of another `kind`) were shown.

    A row for each territory, by one query.

    shown: (key of the territory, reference). home: where it is kept that nothing was. `count` in `entry` is how many
    there are in all, and told where all that is shown lies in one territory; else each row counts its own.
    """
    found: dict[int | None, list[str]] = {}
    for territory, reference in shown:
        found.setdefault(territory, []).append(f"{kind}:{reference}")
    entries: list[Access] = [
        {
            **entry,  # type: ignore[typeddict-item] # what `Access` names
            "references": references,
            "count": len(references) if len(found) > 1 else entry.get("count", len(references)),
            "territory": territory_code(territory),
        }
        for territory, references in (found or {home: []}).items()
    ]
    log_accesses(entries)


def log_in_all(territories: Iterable[int], **entry: Any) -> None:
    """The access log of each of these territories keeps it; one query."""
    log_accesses({**entry, "territory": territory_code(key)} for key in territories)  # type: ignore[typeddict-item]


def territory_code(territory: int | None) -> str:
    """The code of a territory, for the access log; "" where there is none."""
    card = atlas.current().directory.territories.get(territory or 0)
    return card.code if card else ""
