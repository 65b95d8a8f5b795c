"""Makes the demonstration's accounts, with the posts they hold and the mandates they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.changes import create_user, suspend
from accounts.models import User
from sectors.changes import entrust, mandate
from sectors.management.reports import voice
from sectors.models import Commune, Holding, Mandate, Partner, Post, Role, Territory

# Known to everybody: this command refuses to run anywhere but in a demonstration.
PASSWORD = "Demonstration-05"
DOMAIN = "psq.example"
# The first day of the demonstration's edition and competences.
START = datetime(2025, 12, 31, 23, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Account:
    """One account: the part of its address before the @, its name, and what it covers."""

    local: str
    name: str
    what: str
    post: str = ""
    role: Role | None = None
    over: str = ""
    active: bool = True


ACCOUNTS = (
    Account("referent.gap1", "Référent Gap 1 (démonstration)", "Gap hyper-centre", post="gap-hyper-centre"),
    Account("referent.gap2", "Référent Gap 2 (démonstration)", "Gap économique", post="gap-economique"),
    Account("referent.gap3", "Référent Gap 3 (démonstration)", "Gap habitat dense", post="gap-habitat-dense"),
    Account(
        "referent.briancon1",
        "Référent Briançon 1 (démonstration)",
        "Briançon hyper-centre",
        post="briancon-hyper-centre",
    ),
    Account(
        "referent.briancon2", "Référent Briançon 2 (démonstration)", "Briançon économique", post="briancon-economique"
    ),
    Account(
        "referent.briancon3",
        "Référent Briançon 3 (démonstration)",
        "Briançon habitat dense",
        post="briancon-habitat-dense",
    ),
    Account("gendarme", "Gendarme référent (démonstration)", "zone gendarmerie", post="gendarmerie-05"),
    Account(
        "partenaire.bailleur",
        "Partenaire bailleur (démonstration)",
        "bailleur social",
        role=Role.PARTNER,
        over="bailleur",
    ),
    Account("partenaire.bus", "Partenaire bus (démonstration)", "réseau de bus", role=Role.PARTNER, over="bus"),
    Account("maire.gap", "Maire de Gap (démonstration)", "commune de Gap", role=Role.MAYOR, over="05061"),
    Account(
        "maire.briancon", "Maire de Briançon (démonstration)", "commune de Briançon", role=Role.MAYOR, over="05023"
    ),
    Account(
        "direction",
        "Direction (démonstration)",
        "tout le territoire, triage",
        post="triage-05",
        role=Role.DIRECTOR,
        over="05",
    ),
    Account(
        "admin", "Administrateur local (démonstration)", "territoire, personnes", role=Role.ADMINISTRATOR, over="05"
    ),
    Account("audit", "Auditeur (démonstration)", "journal des accès", role=Role.AUDITOR, over="05"),
    Account(
        "suspendu", "Compte suspendu (démonstration)", "n'entre pas", role=Role.PARTNER, over="bailleur", active=False
    ),
)


class Command(BaseCommand):
    help = "Makes the demonstration's accounts, all with one password, and prints them. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demonstration (PSQ_DEMO): no known account is made here.")
        if Territory.objects.filter(is_demonstration=False).exists():
            raise CommandError("A real territory is loaded here: no known account is made beside it.")
        try:
            with transaction.atomic():
                for account in ACCOUNTS:
                    self._make(account)
        except (Post.DoesNotExist, Partner.DoesNotExist, Commune.DoesNotExist, Territory.DoesNotExist) as error:
            raise CommandError(f"Load the demonstration's territory first (load_territory): {error}") from error
        out = voice(self.stdout, options)
        width = max(len(account.local) for account in ACCOUNTS) + len(DOMAIN) + 1
        for account in ACCOUNTS:
            out.write(f"  {account.local + '@' + DOMAIN:<{width}}  {account.what}")
        out.write(f"  mot de passe / password: {PASSWORD}")

    def _make(self, account: Account) -> None:
        """What an account was given once is not given again: in a demonstration, too, people change posts."""
        user = _user(account)
        if account.post:
            post = Post.objects.get(code=account.post)
            if not Holding.objects.filter(post=post, stand_in=False).exists():
                entrust(post=post, user=user, start=START)
        if account.role and not Mandate.objects.filter(user=user, role=account.role).exists():
            mandate(user=user, role=account.role, over=_place(account.role, account.over), start=START)


def _user(account: Account) -> User:
    """The account, made where it lacks; its name, state and password are those of the table again."""
    email = f"{account.local}@{DOMAIN}"
    user = User.objects.filter(email=email).first()
    if user is None:
        return create_user(email=email, password=PASSWORD, name=account.name, is_active=account.active)
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
