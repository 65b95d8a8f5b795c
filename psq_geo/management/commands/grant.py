"""manage.py grant: the rights of the role that the running product is."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from psq_geo.roles import grant


class Command(BaseCommand):
    help = "Give the application's role the rights that running needs. To be run as the owner, after every migration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", nargs="?", default=os.environ.get("PSQ_APP", ""), help="the role (PSQ_APP)")

    def handle(self, *args: Any, **options: Any) -> None:
        role: str = options["role"]
        if not role:
            raise CommandError("To which role? Name it, or set PSQ_APP.")
        try:
            rights = grant(role)
        except ProgrammingError as error:
            raise CommandError(f"The rights were not given: {error}") from error
        if options["verbosity"]:
            width = max(map(len, rights))
            for table, some in rights.items():
                self.stdout.write(f"  {table:<{width}}  {some}")
