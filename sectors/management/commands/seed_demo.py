"""Makes the demonstration's accounts, with the posts they hold and the mandates they have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.changes import create_user, suspend
from accounts.models import User
from sectors.account_files import Account, embedded_accounts
from sectors.changes import entrust, mandate
from sectors.management.reports import voice
from sectors.models import Commune, Holding, Mandate, Partner, Post, Role, Territory

# Known to everybody: this command refuses to run anywhere but in a demonstration.
PASSWORD = "Demonstration-05"
# The first day of the demonstration's edition and competences.
START = datetime(2025, 12, 31, 23, tzinfo=UTC)


class Command(BaseCommand):
    help = "Makes the demonstration's accounts, all with one password, and prints them. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demonstration (PSQ_DEMO): no known account is made here.")
        if Territory.objects.filter(is_demonstration=False).exists():
            raise CommandError("A real territory is loaded here: no known account is made beside it.")
        loaded = set(Territory.objects.values_list("code", flat=True))
        accounts = [one for code, of in embedded_accounts().items() if code in loaded for one in of]
        if not accounts:
            raise CommandError("Load the demonstration's territory first (load_territory).")
        try:
            with transaction.atomic():
                for account in accounts:
                    self._make(account)
        except (Post.DoesNotExist, Partner.DoesNotExist, Commune.DoesNotExist, Territory.DoesNotExist) as error:
            raise CommandError(f"Load the demonstration's territory first (load_territory): {error}") from error
        out = voice(self.stdout, options)
        width = max(len(account.email) for account in accounts)
        for account in accounts:
            out.write(f"  {account.email:<{width}}  {account.what}")
        out.write(f"  mot de passe / password: {PASSWORD}")

    def _make(self, account: Account) -> None:
        """What an account was given once is not given again: in a demonstration, too, people change posts."""
        user = _user(account)
        if account.post:
            post = Post.objects.get(code=account.post)
            if not Holding.objects.filter(post=post, stand_in=False).exists():
                entrust(post=post, user=user, start=START)
        if account.role and not Mandate.objects.filter(user=user, role=account.role).exists():
            role = Role(account.role)
            mandate(user=user, role=role, over=_place(role, account.over), start=START)


def _user(account: Account) -> User:
    """The account, made where it lacks; its name, state and password are those of the table again."""
    user = User.objects.filter(email=account.email).first()
    if user is None:
        return create_user(email=account.email, password=PASSWORD, name=account.name, is_active=account.active)
    if user.is_active and not account.active:
        suspend(user=user)
    if (user.name, user.is_active) != (account.name, account.active) or not user.check_password(PASSWORD):
        user.name, user.is_active = account.name, account.active
        user.set_password(PASSWORD)
        user.save(update_fields=["name", "is_active", "password"])
    return user


def _place(role: Role, code: str) -> Territory | Commune | Partner:
    if role is Role.PARTNER:
        return Partner.objects.get(code=code)
    if role is Role.MAYOR:
        return Commune.objects.defer("area", "area_m").get(code=code)
    return Territory.objects.get(code=code)
