"""Invitations: sent, sent again, revoked, accepted. Each is logged, and what it sends is owed with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts.changes import create_user, log_access
from accounts.models import User
from messaging.changes import owe
from sectors import inviting, notices
from sectors.changes.people import entrust, mandate
from sectors.inviting import Offer
from sectors.models import Commune, Partner, Post, Role
from sectors.models.invitations import Invitation
from sectors.scope import scope_of

HOLDS: Final = timedelta(days=7)
LinkTo = Callable[[str], str]


class AlreadyInvited(ValueError):  # noqa: N818 - the asker errs, not the program
    """This address waits for the same role: send that invitation again, or revoke it."""


class NoLongerHolds(ValueError):  # noqa: N818 - time passed
    """The invitation was used, revoked, sent again or is too old. why: a word for the page that says so."""

    why = "used"


class PostHeld(NoLongerHolds):
    """Somebody else holds the post by now: their holding ends first."""

    why = "held"


class HasAccount(NoLongerHolds):
    """The address has an account by now: its owner accepts signed in."""


@transaction.atomic
def invite(*, by: User, email: str, offer: Offer, language: str, at: datetime, link_to: LinkTo) -> Invitation:
    """The invitation, owed to this address. That `by` may make the offer is the caller's to know.

    link_to: the link of a token. Raises AlreadyInvited.
    """
    places = {kind: offer.over if isinstance(offer.over, model) else None for kind, model in _PLACES.items()}
    invitation = Invitation(
        email=email.strip().lower(),
        role=offer.role,
        territory_id=offer.territory,
        language=language,
        invited_by=by,
        invited_at=at,
        expires_at=at + HOLDS,
        **places,
    )
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyInvited from error
    owe(notices.invitation_link(invitation, link_to(inviting.token(invitation))))
    _log(by, "send", invitation)
    return invitation


_PLACES: Final = {"partner": Partner, "commune": Commune, "post": Post}


@transaction.atomic
def resend(*, invitation: Invitation, by: User, at: datetime, link_to: LinkTo) -> None:
    """Owes another link for as long again, now by this person; the one before no longer holds. Raises NoLongerHolds."""
    row = _locked(invitation.code)
    if row is None or row.state(at) not in {"waiting", "expired"}:
        raise NoLongerHolds
    row.times_sent += 1
    row.expires_at = at + HOLDS
    row.invited_by = by
    row.save(update_fields=["times_sent", "expires_at", "invited_by"])
    owe(notices.invitation_link(row, link_to(inviting.token(row))))
    _log(by, "send_again", row)


@transaction.atomic
def revoke(*, invitation: Invitation, by: User, at: datetime) -> None:
    """The link opens nothing any more. Raises NoLongerHolds."""
    row = _locked(invitation.code)
    if row is None or row.state(at) not in {"waiting", "expired"}:
        raise NoLongerHolds
    row.revoked_at, row.revoked_by = at, by
    row.save(update_fields=["revoked_at", "revoked_by"])
    _log(by, "revoke", row)


@transaction.atomic
def accept_new(*, token: str, name: str, password: str, at: datetime) -> User:
    """A new account with the role of the invitation. Raises NoLongerHolds and HasAccount.

    The strength of the password is the form's business.
    """
    invitation = _waiting(token, at)
    if User.objects.filter(email=invitation.email).exists():
        raise HasAccount
    user = create_user(email=invitation.email, password=password, name=name, language=invitation.language)
    _take(invitation, user, at)
    return user


@transaction.atomic
def accept_as(*, token: str, user: User, at: datetime) -> None:
    """The role for an account that there is. Raises NoLongerHolds, also where the invitation is another's."""
    invitation = _waiting(token, at)
    if invitation.email != user.email:
        raise NoLongerHolds
    _take(invitation, user, at)


def _waiting(token: str, at: datetime) -> Invitation:
    named = inviting.read(token)
    invitation = _locked(named[0]) if named else None
    if named is None or invitation is None or invitation.times_sent != named[1]:
        raise NoLongerHolds
    if inviting.state(invitation, at, scope_of(invitation.invited_by, at)) != "waiting":
        raise NoLongerHolds
    return invitation


def _locked(code: str) -> Invitation | None:
    rows = Invitation.objects.select_related("partner", "post", "territory", "commune", "invited_by")
    found: Invitation | None = (
        rows.defer("commune__area", "commune__area_m").select_for_update(of=("self",)).filter(code=code).first()
    )
    return found


def _take(invitation: Invitation, user: User, at: datetime) -> None:
    over = invitation.over
    if isinstance(over, Post):
        try:
            with transaction.atomic():
                entrust(post=over, user=user, start=at)
        except IntegrityError as error:
            raise PostHeld from error
    else:
        mandate(user=user, role=Role(invitation.role), over=over, start=at)
    invitation.used_at, invitation.used_by = at, user
    invitation.save(update_fields=["used_at", "used_by"])
    _log(user, "accept", invitation)


def _log(user: User, what: str, invitation: Invitation) -> None:
    log_access(
        user=user,
        operation=f"invitation.{what}",
        reference=f"invitation:{invitation.code}",
        territory=invitation.territory.code,
    )
