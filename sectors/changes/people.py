"""Who holds a post and who has a mandate, on dates."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import second_factor
from accounts.changes import revoke_tokens
from accounts.models import User
from sectors.changes.competence import since
from sectors.mandates import REFERENT
from sectors.models import Commune, Holding, Mandate, Partner, Post, Role, Territory


@transaction.atomic
def entrust(*, post: Post, user: User, start: datetime) -> bool:
    """Gives this person this post from `start` on; False where they hold it already. A post has one holder at a time.

    Their API tokens end where they have no second factor (see `outgrow`).
    Raises IntegrityError where another person holds it: end their holding first.
    """
    held = Holding.objects.filter(post=post, user=user, stand_in=False, validity__contains=since(start))
    if held.exists():
        return False
    Holding.objects.create(post=post, user=user, validity=since(start))
    outgrow(user=user, role=REFERENT)
    return True


@transaction.atomic
def mandate(*, user: User, role: Role, over: Territory | Commune | Partner, start: datetime) -> bool:
    """Gives this person this role over this place or organisation from `start` on; False where they have it already.

    Their API tokens end where the role asks for a second factor that they have not (see `outgrow`).
    """
    place = {over._meta.model_name or "": over}
    if Mandate.objects.filter(user=user, role=role, validity__contains=since(start), **place).exists():
        return False
    Mandate.objects.create(user=user, role=role, validity=since(start), **place)
    outgrow(user=user, role=role)
    return True


@transaction.atomic
def outgrow(*, user: User, role: str, by: User | None = None, territory: str = "") -> int:
    """How many API tokens end with this role, because it asks for a second factor that the account has not.

    They were made by a password alone, and would reach further from that day on than their maker was ever asked to
    prove. by: who gives the role, where it is not its taker.
    """
    if not second_factor.mandatory({role}) or second_factor.has_one(user):
        return 0
    return revoke_tokens(user=user, by=by, territory=territory)
