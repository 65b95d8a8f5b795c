"""The filters of a list that a person keeps for themselves."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from accounts.models import LONGEST_QUERY, SavedFilter, User

MOST: Final = 20


@transaction.atomic
def save_filter(*, user: User, name: str, query: str) -> bool:
    """Whether the filter is kept under this name, in the place of one that had it: not beyond MOST of them."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    mine = SavedFilter.objects.filter(user=user)
    if len(query) > LONGEST_QUERY or (mine.count() >= MOST and not mine.filter(name=name).exists()):
        return False
    SavedFilter.objects.update_or_create(user=user, name=name, defaults={"query": query})
    return True


def drop_filter(*, user: User, name: str) -> bool:
    """Whether there was a filter of this name, which is gone."""
    return bool(SavedFilter.objects.filter(user=user, name=name).delete()[0])
