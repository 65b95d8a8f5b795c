"""A problem is brought to a group: by its référent, by a partner of it, or by the mayor of the commune."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.contrib.gis.geos import MultiPolygon
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import may
from incidents.models import Incident
from incidents.references import new_reference
from partnership.changes.concerns import check_ours, put_in
from partnership.changes.extents import Rings, around, drawn
from partnership.changes.held import log, members_of
from partnership.letters import owe_to_post
from partnership.models import Origin, Problem, ProblemChange
from partnership.models.problem import LONGEST_TEXT, LONGEST_TITLE
from partnership.refusals import no, worded
from partnership.severity import Recurrence, severity_of
from sectors.locating import locate
from sectors.models import Category, Commune, Competence, Post, PostKind

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

_DRAWS: Final = 3


@transaction.atomic
def propose(
    *,
    author: User,
    scope: Scope,
    title: str,
    family: str,
    description: str = "",
    recurrence: str = Recurrence.RECURRENTE,
    polygons: Sequence[Rings] = (),
    post: str | None = None,
    incidents: Iterable[Incident] = (),
    suggested: bool = False,
    confidential: bool = False,
    at: datetime | None = None,
) -> Problem:
    """The stored problem, `signalee`; its history, the letter to the référent and the access log are written with it.

    post: the code of the post that it is for; without it, the one whose sector the extent lies in, or the only one the
    author holds. incidents: concerns that a référent puts in it at once. Raises PermissionDenied for who proposes none;
    Refused (422): `required`, `too_long`, `personal_data`, `unknown_family`, `unknown_recurrence`, `unknown_post`,
    `post_required`, `not_in_group`, `outside_commune`, what `extents.drawn` and `concerns.join` refuse.
    """
    at = at or timezone.now()
    if not may(scope.roles, "propose_problem"):
        raise PermissionDenied
    concerns = list(incidents)
    extent = drawn(polygons) if polygons else around([each.pk for each in concerns])
    if recurrence not in list(Recurrence):
        no(422, "recurrence", "unknown_recurrence", _("Choose one of the list."))
    taken, commune = _placed(scope, post, extent, at)
    if not Category.objects.filter(territory_id=taken.territory_id, family=family).exists():
        no(422, "family", "unknown_family", _("Choose a family of natures of this territory."))
    problem = Problem(
        territory_id=taken.territory_id,
        post=taken,
        commune=commune,
        family=family,
        title=worded(title, at, longest=LONGEST_TITLE, field="title", line=True),
        description=worded(description, at, longest=LONGEST_TEXT, field="description", needed=False),
        extent=extent,
        recurrence=recurrence,
        severity=severity_of(family, Recurrence(recurrence)),
        proposed_by=author,
        proposed_at=at,
        updated_at=at,
        confidential=confidential,
    )
    problem.origin, problem.partner_id = _from_whom(problem, scope, suggested=suggested)
    _insert(problem)
    ProblemChange(problem=problem, at=at, state_to=problem.state, author=author, post=taken).save(force_insert=True)
    if concerns:
        if problem.post_id not in scope.posts:
            raise PermissionDenied
        check_ours(concerns, problem, scope)
        put_in(problem, concerns, author, at)
    owe_to_post("proposed", problem, author, at)
    log(problem, author, "problem.propose")
    return problem


def _placed(scope: Scope, code: str | None, extent: MultiPolygon | None, at: datetime) -> tuple[Post, Commune | None]:
    """The post that the problem is for, and its commune where the extent, or the mayor's one commune, tells it."""
    inside = extent.point_on_surface if extent is not None else None
    located = locate(inside.x, inside.y) if inside is not None else None
    key = located.facts.commune.commune if located is not None and located.facts.commune else None
    there = located.decision.post if located else None
    if scope.posts or scope.partners:
        found = _of_group(scope, code, there)
    else:
        found, key = _of_mayor(scope, there, key, at)
    return found, Commune.objects.defer("area", "area_m").filter(pk__in=[key]).first()


def _of_group(scope: Scope, code: str | None, there: int | None) -> Post:
    """A post that one holds, or whose group one's organisation is in."""
    known = Post.objects.filter(pk__in={*scope.group_posts, *scope.posts}).exclude(kind=PostKind.TRIAGE)
    ours = {each.pk: each for each in known}
    held = [each for each in ours if each in scope.posts]
    if code is not None:
        named = next((each for each in ours.values() if each.code == code), None)
        return named or no(422, "post", "unknown_post", _("You are not in the group of this post."))
    if there in ours:
        return ours[there]
    if len(held) == 1:
        # What a référent draws outside the sector is theirs all the same, until they give it away.
        return ours[held[0]]
    if there is not None:
        no(422, "extent", "not_in_group", _("You are not in the group of this place."))
    if len(ours) == 1:
        return next(iter(ours.values()))
    return no(422, "post", "post_required", _("Say which group it is for, or draw where it is."))


def _of_mayor(scope: Scope, there: int | None, commune: int | None, at: datetime) -> tuple[Post, int]:
    if commune is None and len(scope.communes) == 1:
        commune = scope.communes[0]
    if commune not in scope.communes:
        no(422, "extent", "outside_commune", _("Draw it in your commune."))
    if there is None:
        there = Competence.objects.in_force(at).filter(commune=commune).values_list("post_id", flat=True).first()
    post = Post.objects.filter(pk__in=[there]).first()
    return (post or no(422, "extent", "post_required", _("Draw where it is."))), commune


def _from_whom(problem: Problem, scope: Scope, *, suggested: bool) -> tuple[str, int | None]:
    if problem.post_id in scope.posts:
        return (Origin.SUGGESTED if suggested else Origin.REFERENT), None
    ours = sorted(members_of(problem).intersection(scope.partners))
    return (Origin.PARTNER, ours[0]) if ours else (Origin.MAYOR, None)


def _insert(problem: Problem) -> None:
    """References are drawn: should one be taken, another is drawn."""
    for left in reversed(range(_DRAWS)):
        problem.reference = new_reference()
        try:
            with transaction.atomic():
                problem.save(force_insert=True)
        except IntegrityError as error:
            if left and "problem_reference" in str(error):
                continue
            raise
        return
