"""Who holds a post and who has a mandate, on dates."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import second_factor
from accounts.changes import revoke_tokens
from accounts.models import User
from sectors.changes.competence import since
from sectors.models import Commune, Holding, Mandate, Partner, Post, Role, Territory


@transaction.atomic
def entrust(*, post: Post, user: User, start: datetime) -> bool:
    """Gives this person this post from `start` on; False where they hold it already. A post has one holder at a time.

    Raises IntegrityError where another person holds it: end their holding first.
    """
    held = Holding.objects.filter(post=post, user=user, stand_in=False, validity__contains=since(start))
    if held.exists():
        return False
    Holding.objects.create(post=post, user=user, validity=since(start))
    return True


@transaction.atomic
def mandate(*, user: User, role: Role, over: Territory | Commune | Partner, start: datetime) -> bool:
    """Gives this person this role over this place or organisation from `start` on; False where they have it already.

    A role that asks for a second factor ends the API tokens of somebody who has none: they were made by a password
    alone, and would reach further from that day on than their maker was ever asked to prove.
    """
    place = {over._meta.model_name or "": over}
    if Mandate.objects.filter(user=user, role=role, validity__contains=since(start), **place).exists():
        return False
    Mandate.objects.create(user=user, role=role, validity=since(start), **place)
    if second_factor.mandatory({role}) and not second_factor.has_one(user):
        revoke_tokens(user=user)
    return True
