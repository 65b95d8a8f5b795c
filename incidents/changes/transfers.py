"""A concern is offered to another référent, or assigned by the direction; its clock runs on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.changes.given import check_open, log, no, said
from incidents.changes.handing import hand
from incidents.changes.recorded import close_offer, group_of, locked
from incidents.changes.status import Result, one_by_one
from incidents.deadlines import offer_due
from incidents.models import Incident, Transfer, TransferState
from incidents.models.visibility import may_on, relations_to
from incidents.notices_of_transfers import owe_transfer_notices
from incidents.policies import policy_in
from sectors.models import Post

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@transaction.atomic
def offer(
    *, incident: Incident, to_post: str, author: User, scope: Scope, reason: str, at: datetime | None = None
) -> Transfer:
    """The offer to the post of this code: its holder may read the concern, and whoever has it keeps it until answered.

    Raises PermissionDenied for who does not hold the concern; Refused: 409 `already_settled`, `already_offered`; 422
    `unknown_post`, `same_post`, `reason_required`, `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "hand_on"):
        raise PermissionDenied
    reason = said(reason, at)
    check_open(held)
    post = _post(to_post, held)
    if Transfer.objects.waiting().filter(incident=held).exists():
        no(409, "decision", "already_offered", _("This concern is offered already: wait for the answer."))
    made = Transfer(
        incident=held,
        from_post_id=held.post_id,
        to_post=post,
        reason=reason,
        offered_at=at,
        offered_by=author,
        due_on=offer_due(at, policy_in(held.territory_id)),
        opened_to_receiver=post.pk not in held.co_reader_posts,
    )
    made.save(force_insert=True)
    if made.opened_to_receiver:
        held.co_reader_posts = sorted({*held.co_reader_posts, post.pk})
    held.updated_at = at
    held.save(update_fields=["co_reader_posts", "updated_at"])
    owe_transfer_notices(held, made, author, at)
    log(held, author, "incident.transfer", post.code)
    return made


@transaction.atomic
def accept(*, incident: Incident, author: User, scope: Scope, at: datetime | None = None) -> Incident:
    """The concern at the post that it was offered to, `signalee` there, with the same due day.

    Raises PermissionDenied for who does not hold that post; Refused (409): `nothing_offered`.
    """
    at = at or timezone.now()
    held = locked(incident)
    _waiting(held, scope)
    answered = close_offer(held, at=at, state=TransferState.ACCEPTED, by=author)
    assert answered is not None  # noqa: S101 - found above, and the concern is locked
    for each in (held, *group_of(held)):
        hand(each, answered.to_post, author, answered.reason, at)
    owe_transfer_notices(held, answered, author, at)
    log(held, author, "incident.transfer", answered.to_post.code)
    return held


@transaction.atomic
def refuse(
    *,
    incident: Incident,
    author: User,
    scope: Scope,
    reason: str,
    out_of_sector: bool = False,
    at: datetime | None = None,
) -> Transfer:
    """The offer refused with a reason: the concern stays where it is, and its receiver reads it no more.

    out_of_sector: the place is not in the receiver's sector, which statistics keep. Raises as `accept` does, and
    Refused (422): `reason_required`, `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    _waiting(held, scope)
    answer = said(reason, at)
    answered = close_offer(
        held, at=at, state=TransferState.REFUSED, by=author, answer=answer, out_of_sector=out_of_sector
    )
    return _ended(held, answered, author, at)


@transaction.atomic
def withdraw(*, incident: Incident, author: User, scope: Scope, at: datetime | None = None) -> Transfer:
    """The offer taken back by the post that has the concern. Raises as `accept` does."""
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "hand_on"):
        raise PermissionDenied
    return _ended(held, close_offer(held, at=at, state=TransferState.WITHDRAWN, by=author), author, at)


@transaction.atomic
def assign(
    *, incident: Incident, to_post: str, author: User, scope: Scope, reason: str, at: datetime | None = None
) -> Incident:
    """The concern given to a post by the direction, which asks nobody; an offer that waits is without object.

    Raises PermissionDenied for others; Refused: 409 `already_settled`; 422 as `offer` does.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "triage"):
        raise PermissionDenied
    reason = said(reason, at)
    check_open(held)
    post = _post(to_post, held)
    close_offer(held, at=at)
    made = Transfer(
        incident=held,
        from_post_id=held.post_id,
        to_post=post,
        reason=reason,
        offered_at=at,
        offered_by=author,
        state=TransferState.ASSIGNED,
        answered_at=at,
        answered_by=author,
    )
    made.save(force_insert=True)
    for each in (held, *group_of(held)):
        hand(each, post, author, reason, at)
    owe_transfer_notices(held, made, author, at)
    log(held, author, "incident.transfer", post.code)
    return held


def hand_on_many(
    *,
    incidents: Iterable[Incident],
    to_post: str,
    author: User,
    scope: Scope,
    reason: str,
    at: datetime | None = None,
) -> list[Result]:
    """What became of each, in their order: assigned by the direction, else offered, in a transaction of its own."""

    def hand_on(incident: Incident) -> object:
        make = assign if may_on(incident, scope, "triage") else offer
        return make(incident=incident, to_post=to_post, author=author, scope=scope, reason=reason, at=at)

    return one_by_one(incidents, hand_on)


def _waiting(held: Incident, scope: Scope) -> None:
    """Nothing, where this person may answer the offer that waits; a director answers for any post of the territory."""
    waiting = Transfer.objects.waiting().filter(incident=held).first()
    answers = waiting is not None and waiting.to_post_id in scope.posts
    if not answers and "territory" not in relations_to(held, scope):
        raise PermissionDenied
    if waiting is None:
        _nothing_offered()


def _ended(held: Incident, answered: Transfer | None, author: User, at: datetime) -> Transfer:
    if answered is None:
        _nothing_offered()
    held.updated_at = at
    held.save(update_fields=["co_reader_posts", "updated_at"])
    owe_transfer_notices(held, answered, author, at)
    log(held, author, "incident.transfer", answered.to_post.code)
    return answered


def _post(code: str, held: Incident) -> Post:
    found = Post.objects.filter(code=code, territory=held.territory_id).first()
    if found is None:
        no(422, "to", "unknown_post", _("There is no such post in this territory."))
    if found.pk == held.post_id:
        no(422, "to", "same_post", _("This post has the concern already."))
    return found


def _nothing_offered() -> NoReturn:
    no(409, "decision", "nothing_offered", _("Nobody waits for an answer: the offer was answered or taken back."))
