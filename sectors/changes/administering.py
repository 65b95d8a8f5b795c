"""What an administrator of a territory changes for its people: their accounts and their roles, each with its trace.

Each function asks again, under a lock of the territory's row, whether who acts still administers it: of two
administrators who take each other's role away at once, one comes too late. Nothing is deleted: a role ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts import changes as accounts
from accounts.changes import second_factor
from accounts.models import ApiToken, BrowserSession, User
from sectors.changes.people import outgrow
from sectors.mandates import REFERENT, also_elsewhere, roles_given
from sectors.models import Commune, Holding, Mandate, Partner, Post, Role, Territory

Place = Territory | Commune | Partner | Post
# The shortest time that a range can hold: what is taken back before it begins has held for this long, in the past.
_INSTANT: Final = timedelta(microseconds=1)


class NotAllowed(Exception):  # noqa: N818 (a refusal is no error)
    """Why an administrator may not: `code` is one of the words of frontend/views/administration."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def describe(*, by: User, user: User, name: str, phone: str, language: str, at: datetime) -> None:
    """The person's name, phone and language. Raises NotAllowed."""
    territory = _own_account(by, user, at)
    accounts.describe(user=user, name=name, phone=phone, language=language)
    _log(by, "account.edit", user, territory)


@transaction.atomic
def suspend(*, by: User, user: User, motive: str, at: datetime) -> None:
    """The account can do nothing any more, from now on. Raises NotAllowed, also for one's own."""
    if user.pk == by.pk:
        raise NotAllowed("own_account")
    territory = _own_account(by, user, at)
    accounts.suspend(user=user)
    _log(by, "account.suspend", user, territory, motive=motive)


@transaction.atomic
def reinstate(*, by: User, user: User, motive: str, at: datetime) -> None:
    """The account may sign in again. Raises NotAllowed."""
    territory = _own_account(by, user, at)
    accounts.reinstate(user=user)
    _log(by, "account.reinstate", user, territory, motive=motive)


@transaction.atomic
def revoke_tokens(*, by: User, user: User, tokens: Sequence[ApiToken], at: datetime) -> int:
    """How many of these tokens of the person are gone. Raises NotAllowed."""
    territory = _own_account(by, user, at)
    gone, _ = ApiToken.objects.filter(user=user, pk__in=[token.pk for token in tokens]).delete()
    _log(by, "token.revoke", user, territory, count=gone)
    return gone


@transaction.atomic
def reset_second_factor(*, by: User, user: User, motive: str, at: datetime) -> None:
    """The person has no second factor any more, and no session; they are told by e-mail and set up another one.

    Raises NotAllowed: `own_account` for one's own, which asks for the password and a code, `no_factor` without one.
    """
    if user.pk == by.pk:
        raise NotAllowed("own_account")
    _own_account(by, user, at)
    if not second_factor.remove(user=user, by=by, motive=motive):
        raise NotAllowed("no_factor")


@transaction.atomic
def unlink_identity(*, by: User, user: User, motive: str, at: datetime) -> None:
    """The account is nobody's at the identity provider any more. Raises NotAllowed: `no_identity` where it was not."""
    if user.pk == by.pk:
        raise NotAllowed("own_account")
    _own_account(by, user, at)
    if not accounts.unlink(user=user, by=by, motive=motive):
        raise NotAllowed("no_identity")


@transaction.atomic
def end_sessions(*, by: User, user: User, sessions: Sequence[BrowserSession], at: datetime) -> int:
    """How many of these sessions of the person ended. Raises NotAllowed."""
    territory = _own_account(by, user, at)
    ended = accounts.end_sessions(user=user, digests=[session.pk for session in sessions])
    _log(by, "session.end", user, territory, count=ended)
    return ended


@transaction.atomic
def give_role(
    *,
    by: User,
    user: User,
    role: str,
    over: Place,
    start: datetime,
    end: datetime | None = None,
    stand_in: bool = False,
    at: datetime,
) -> Mandate | Holding:
    """The role over this place, or this post, on `[start, end)`; the person's API tokens may end (see `outgrow`).

    Raises NotAllowed: `own_account` for a role of one's own, `given_already` for who has it on some of these dates,
    `post_held` where somebody else does.
    """
    if user.pk == by.pk:
        raise NotAllowed("own_account")
    territory = territory_of(over)
    administered(by, at, territory)
    dates = DateTimeTZRange(start, end, "[)")
    given: Mandate | Holding
    if isinstance(over, Post):
        held = Holding.objects.filter(post=over, stand_in=stand_in, validity__overlap=dates)
        if held.exists():
            raise NotAllowed("given_already" if held.filter(user=user).exists() else "post_held")
        given = Holding.objects.create(post=over, user=user, validity=dates, stand_in=stand_in)
    else:
        place = {over._meta.model_name or "": over}
        if Mandate.objects.filter(user=user, role=role, validity__overlap=dates, **place).exists():
            raise NotAllowed("given_already")
        given = Mandate.objects.create(user=user, role=role, validity=dates, **place)
    outgrow(user=user, role=REFERENT if isinstance(over, Post) else role, by=by, territory=territory.code)
    _log(by, "role.give", user, territory, references=[_named(role, over)])
    return given


@transaction.atomic
def end_role(*, by: User, given: Mandate | Holding, end: datetime, at: datetime) -> None:
    """The role ends at `end`, at once if that is past; one that has not begun is taken back.

    Raises NotAllowed: `ended` for one that is over by then, `own_last` for one's own last mandate of administrator.
    """
    over = place_of(given)
    territory = territory_of(over)
    administered(by, at, territory)
    role = given.role if isinstance(given, Mandate) else REFERENT
    locked = type(given)._default_manager.select_for_update(of=("self",)).get(pk=given.pk)
    start, until = locked.validity.lower, locked.validity.upper
    end = max(end, at)
    if until is not None and until <= end:
        raise NotAllowed("ended")
    if role == Role.ADMINISTRATOR and given.user_id == by.pk:
        others = Mandate.objects.in_force(at).filter(user=by, role=role, territory=territory).exclude(pk=given.pk)
        if not others.filter(validity__contains=end).exists():
            raise NotAllowed("own_last")
    locked.validity = DateTimeTZRange(start, end) if start < end else DateTimeTZRange(at - _INSTANT, at)
    locked.save(update_fields=["validity"])
    _log(by, "role.end", given.user, territory, references=[_named(role, over)])


def place_of(given: Mandate | Holding) -> Place:
    """What the role is over."""
    if isinstance(given, Holding):
        return given.post
    place = given.territory or given.commune or given.partner
    assert place is not None  # noqa: S101 - the database holds that exactly one is set
    return place


def territory_of(place: Place) -> Territory:
    """The territory in which this place lies. Raises NotAllowed for a commune that is in none."""
    found = place if isinstance(place, Territory) else place.territory
    if found is None:
        raise NotAllowed("not_administered")
    return found


def _named(role: str, over: Place) -> str:
    return f"{role}:{over.code}"


def administered(by: User, at: datetime, *territories: Territory) -> list[int]:
    """The territories administered, locked, or all of these. Raises NotAllowed where one of these is none of them."""
    mandates = Mandate.objects.in_force(at).filter(user=by, user__is_active=True, role=Role.ADMINISTRATOR)
    keys = [territory.pk for territory in territories] or list(mandates.values_list("territory_id", flat=True))
    # Always in one order, so that two of them never wait for each other.
    locked = Territory.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    found = [each.pk for each in locked]
    held = set(mandates.filter(territory_id__in=found).values_list("territory_id", flat=True))
    if not found or held != set(keys):
        raise NotAllowed("not_administered")
    return found


def _own_account(by: User, user: User, at: datetime) -> Territory:
    """The territory through which this account is the administrator's to change, its row locked.

    An account serves everywhere its person has a role, so that one who serves elsewhere too is only changed by its
    owner or the installation; and who has no role here any more is nobody's here. Raises NotAllowed.
    """
    territories = administered(by, at)
    roles = [given for given in roles_given([user.pk], territories)[user.pk] if given.state(at) != "ended"]
    if not roles:
        raise NotAllowed("no_role")
    if user.is_superuser or also_elsewhere(user, territories, at):
        raise NotAllowed("elsewhere")
    return territory_of(place_of(roles[0].row))


def _log(
    by: User,
    operation: str,
    user: User,
    territory: Territory,
    *,
    motive: str = "",
    references: Sequence[str] = (),
    count: int | None = None,
) -> None:
    accounts.log_access(
        user=by,
        operation=operation,
        reference=f"account:{user.pk}",
        references=references,
        count=count,
        territory=territory.code,
        motive=motive,
    )
