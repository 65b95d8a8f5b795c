"""manage.py token EMAIL: a fresh API token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from knox.settings import knox_settings

from accounts.changes import create_token
from accounts.models import User

DAYS_AT_MOST = 3650


class Command(BaseCommand):
    help = "Print a fresh API token of an account, as the last word of the last line. It is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="manage.py token", help="what the owner sees in the list of their tokens")
        parser.add_argument("--days", type=int, default=None, help="how long it lasts (a year)")

    def handle(self, *args: Any, **options: Any) -> None:
        ttl: timedelta = knox_settings.TOKEN_TTL
        if options["days"] is not None:
            if not 1 <= options["days"] <= DAYS_AT_MOST:
                raise CommandError(f"--days goes from 1 to {DAYS_AT_MOST}.")
            ttl = timedelta(days=options["days"])
        email = options["email"]
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"No account has the address {email}.")
        if not user.is_active:
            raise CommandError(f"The account {user.email} is suspended.")
        clear = create_token(user=user, name=options["name"], ttl=ttl)
        self.stdout.write(f"{user.email}, for {ttl.days} days; it is not shown again: {clear}")
