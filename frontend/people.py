"""Who is looking: what the person covers, asked of the database once a request and only when a page needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import may
from frontend import words
from messaging.models import Notice
from sectors import atlas
from sectors.models import Holding, Mandate
from sectors.scope import Scope, scope_of

if TYPE_CHECKING:
    from accounts.models import User


# Nobody reads a number beyond.
MOST_UNREAD: Final = 100


@dataclass(frozen=True, slots=True)
class Person:
    """What the header shows of a signed-in person, and which doors are open to them."""

    name: str
    role: str
    may_report: bool
    may_read: bool
    has_desk: bool
    may_triage: bool
    may_administer: bool
    may_audit: bool
    may_invite: bool
    may_keep_places: bool
    sees_problems: bool
    may_propose: bool
    may_promise: bool
    may_draw: bool
    may_see_posts: bool


def scope(request: HttpRequest) -> Scope:
    """What the person covers now; kept with the request."""
    kept: Scope | None = getattr(request, "_scope", None)
    if kept is None:
        kept = scope_of(request.user, timezone.now())
        request._scope = kept  # type: ignore[attr-defined]
    return kept


def user(request: HttpRequest) -> User:
    """The account; only for views behind a sign-in."""
    return cast("User", request.user)


def person(request: HttpRequest) -> Person | None:
    """The person signed in, or None."""
    # A request refused on its way in has no account yet.
    who = getattr(request, "user", None)
    if who is None or not who.is_authenticated:
        return None
    held = scope(request)
    return Person(
        name=str(request.user),
        role=_role(held),
        may_report=may(held.roles, "report"),
        may_read=may(held.roles, "list"),
        has_desk=may(held.roles, "hold_desk"),
        may_triage=may(held.roles, "triage"),
        may_administer=may(held.roles, "administer"),
        may_audit=may(held.roles, "read_log"),
        may_invite=may(held.roles, "invite"),
        may_keep_places=may(held.roles, "keep_places"),
        sees_problems=may(held.roles, "see_problem"),
        may_propose=may(held.roles, "propose_problem"),
        may_promise=may(held.roles, "contribute"),
        may_draw=may(held.roles, "draw_edition"),
        may_see_posts=may(held.roles, "see_posts"),
    )


def unread(request: HttpRequest) -> int:
    """How many lines of the person's bell nobody read, to 100; 0 for nobody. One query."""
    if not request.user.is_authenticated:
        return 0
    return Notice.objects.visible_to(user(request)).filter(read_at__isnull=True)[:MOST_UNREAD].count()


def _role(held: Scope) -> str:
    """The post for a référent, else the names of the roles."""
    if held.posts:
        cards = atlas.current().directory.posts
        labels = [words.label(cards[key]) for key in held.posts if key in cards]
        if labels:
            return ", ".join(labels)
    return ", ".join(words.word(words.ROLES, role) for role in words.ROLES if role in held.roles)


def roles(account: User, at: datetime) -> list[tuple[str, str]]:
    """Each role of this person now, and the place, organisation or post that it is over. Two queries."""
    held = Holding.objects.in_force(at).filter(user=account).select_related("post").order_by("post__code")
    found = [
        (_("stand-in") if row.stand_in else words.word(words.ROLES, "referent"), words.label(row.post)) for row in held
    ]
    places = ("partner", "commune", "territory")
    mandates = Mandate.objects.in_force(at).filter(user=account).select_related(*places).order_by("role", "pk")
    for row in mandates.defer("commune__area", "commune__area_m"):
        over = row.partner or row.commune or row.territory
        found.append((words.word(words.ROLES, row.role), words.over(over)))
    return found
