"""A person erases their own account: allowed as long as nobody is left without an answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from accounts.changes.erasing import anonymise
from accounts.models import User
from sectors.models import Holding, Invitation, Mandate, Role, Territory
from sectors.scope import scope_of


class NotErased(Exception):  # noqa: N818 (a refusal is no error)
    """Why an account stays. `code`: `superuser`, `holds_post`, `last_administrator`; `what`: of which post or place."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code)
        self.code, self.what = code, what


@transaction.atomic
def erase(*, user: User, at: datetime) -> None:
    """The account is anonymised and its mandates end; what it wrote stays with its organisation, without its name.

    Raises NotErased: for a superuser, whose account the machine's keeper made; for who holds a post now or later, since
    its concerns would come to nobody; for the last administrator of a territory.
    """
    check_erasable(user=user, at=at, lock=True)
    home = Territory.objects.filter(pk=scope_of(user, at).home or 0).values_list("code", flat=True).first()
    later = Q(validity__endswith__isnull=True) | Q(validity__endswith__gt=at)
    for each in Mandate.objects.filter(later, user=user):
        if each.validity.lower < at:
            each.validity = DateTimeTZRange(each.validity.lower, at, "[)")
            each.save(update_fields=["validity"])
        else:
            each.delete()
    Invitation.objects.filter(email=user.email).delete()
    anonymise(user=user, at=at, territory=home or "")


def check_erasable(*, user: User, at: datetime, lock: bool = False) -> None:
    """Raises NotErased as `erase` does. lock: the territories stay locked, so that of two last ones one stays."""
    if user.is_superuser:
        raise NotErased("superuser")
    later = Q(validity__endswith__isnull=True) | Q(validity__endswith__gt=at)
    held = Holding.objects.filter(later, user=user).select_related("post").first()
    if held is not None:
        raise NotErased("holds_post", held.post.code)
    administered = Mandate.objects.filter(user=user, role=Role.ADMINISTRATOR).in_force(at).values("territory")
    territories = Territory.objects.filter(pk__in=administered)
    for territory in territories.select_for_update() if lock else territories:
        others = Mandate.objects.filter(territory=territory, role=Role.ADMINISTRATOR, user__is_active=True)
        if not others.in_force(at).exclude(user=user).exists():
            raise NotErased("last_administrator", territory.code)
