"""A problem of the demonstration that a group has worked on to its end: reported, met about, settled and evaluated."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from accounts.models import User
from incidents.management.stories import ANSWER, CLOSE, MADE_UP, TAKE, Story, beside, days_before, tell
from incidents.models import Incident
from partnership import changes
from partnership.life import ActionState, Outcome
from partnership.models import Meeting, Presence, Problem
from sectors.models import Mandate, PartnershipGroup, Role, Sector
from sectors.scope import scope_of

# Days ago. Eight whole weeks before the first promise are compared with eight after the last deed.
_BEFORE: Final = (134, 131, 127, 122, 118, 113, 109, 106, 102, 98, 95, 92)
_AFTER: Final = (47, 20)
_PROPOSED, _RETAINED, _TOLD, _MET, _DONE, _JUDGED = 90, 89, 85, 80, 62, 1
_TEXTS: Final = (
    "Encombrants et cartons laissés derrière les garages.",
    "Nouveau dépôt au même endroit, des sacs éventrés cette fois.",
)
_SETTLED: Final = ((TAKE, 1, ""), (ANSWER, 6, "Le dépôt a été enlevé par la commune."), (CLOSE, 9, ""))


def work(group: PartnershipGroup, referent: User, sector: Sector, now: datetime) -> Problem | None:
    """The closed problem; None where the map is too young, or nobody of an organisation sits in the group."""
    seat = Mandate.objects.in_force(now).filter(
        role=Role.PARTNER, partner__memberships__group=group, user__is_active=True
    )
    mandate = seat.select_related("user", "partner").order_by("partner__code", "pk").first()
    if mandate is None or _at(max(_BEFORE), now) < sector.edition.validity.lower:
        return None
    desk: dict[str, Any] = {"author": referent, "scope": scope_of(referent, now)}
    partner: dict[str, Any] = {"author": mandate.user, "scope": scope_of(mandate.user, now)}
    concerns = _reported(sector, mandate, referent, now)
    problem = changes.propose(
        title=f"Dépôts sauvages derrière les garages {MADE_UP}", family="degradations", post=group.post.code,
        incidents=concerns[: len(_BEFORE)], at=_at(_PROPOSED, now), **desk,
    )  # fmt: skip
    problem = changes.retain(problem=problem, at=_at(_RETAINED, now), **desk)
    changes.contribute(
        problem=problem, phase="analyse", at=_at(_TOLD, now), **partner,
        text=f"Le passage n’est pas éclairé et la barrière reste ouverte. {MADE_UP}",
    )  # fmt: skip
    changes.write_diagnosis(
        problem=problem, at=_at(_TOLD - 1, now), **desk,
        text=f"Un accès ouvert aux voitures, sans lumière ni regard, à deux pas de la déchetterie. {MADE_UP}",
    )  # fmt: skip
    changes.co_sign(problem=problem, version=1, at=_at(_TOLD - 2, now), **partner)
    _met(group, problem, mandate, desk, now)
    for action in problem.actions.order_by("number"):
        own = partner if action.owner_id else desk
        if action.state == ActionState.PROPOSEE:
            changes.turn(action=action, to=ActionState.ACCEPTEE, at=_at(_MET - 2, now), **own)
        changes.turn(action=action, to=ActionState.REALISEE, at=_at(_DONE, now), **own)
    changes.evaluate(
        problem=problem, at=_at(_JUDGED, now), **desk,
        text=f"La barrière est fermée la nuit ; deux dépôts seulement depuis. {MADE_UP}",
    )  # fmt: skip
    return changes.close(
        problem=problem, result=Outcome.PARTIELLEMENT_RESOLUE, at=_at(_JUDGED, now) + timedelta(hours=1), **desk
    )


def _at(days_ago: int, now: datetime) -> datetime:
    return days_before(now, days_ago, hour=12)


def _reported(sector: Sector, mandate: Mandate, referent: User, now: datetime) -> list[Incident]:
    """The concerns within some forty metres of one place of the sector, each of them settled."""
    found = []
    middle = beside(sector.area.point_on_surface, sector.area, -260, -180)
    for n, days in enumerate((*_BEFORE, *_AFTER)):
        east, north = 12 * (n % 4), 11 * (n % 3)
        story = Story(days, 9 + n % 9, "depot_sauvage", _TEXTS[n % len(_TEXTS)], east, north, _SETTLED)
        place = beside(middle, sector.area, east, north)
        found.append(tell(story, place, days_before(now, days, story.hour), mandate, {sector.post_id: referent}, now))
    return found


def _met(group: PartnershipGroup, problem: Problem, mandate: Mandate, desk: dict[str, Any], now: datetime) -> Meeting:
    """The meeting at which both promised something, with its validated minutes."""
    begins = _at(_MET, now) + timedelta(hours=2)
    meeting = changes.plan(
        group=group, begins_at=begins, ends_at=begins + timedelta(hours=1), at=_at(_RETAINED, now),
        place=f"Salle de réunion {MADE_UP}", **desk,
    )  # fmt: skip
    meeting = changes.hold(meeting=meeting, at=begins, **desk)
    for partner in (None, mandate.partner):
        changes.attend(meeting=meeting, partner=partner, presence=Presence.PRESENT, at=begins, **desk)
    day = begins.date() + timedelta(days=20)
    for text, owner in (("Passages à heures variables", None), ("Fermer la barrière la nuit", mandate.partner)):
        changes.decide(
            meeting=meeting, text=f"{text} {MADE_UP}", problem=problem, owner=owner, due_on=day, at=begins, **desk
        )
    changes.draft_minutes(
        meeting=meeting, text=f"Les deux engagements sont revus dans trois semaines. {MADE_UP}",
        at=begins + timedelta(hours=1), **desk,
    )  # fmt: skip
    changes.validate_minutes(meeting=meeting, at=begins + timedelta(days=1), **desk)
    return meeting
