"""Fills the demonstration with as many concerns and sectors as a large installation has after years."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from accounts.changes import create_user
from accounts.models import User
from incidents.changes.escalating import pass_over
from incidents.deadlines import PARIS, due, paris_date, taken_due, triage_due
from incidents.management import bulk_rows
from incidents.policies import policy_of
from incidents.references import ALPHABET
from sectors import atlas
from sectors.account_files import DOMAIN
from sectors.changes import entrust, mandate
from sectors.management.commands.seed_demo import PASSWORD
from sectors.models import Partner, Post, Role, Territory

CODE = "volume"
START = datetime(2024, 1, 1, tzinfo=UTC)
PARTNERS = 50
# The oldest concern is of 660 days ago.
DAYS = 700
TEXTS = (
    "Bruit de moteurs sur le parking, surtout en fin de semaine.",
    "Dépôt de gravats au bord du chemin, depuis plusieurs jours.",
    "Lampadaire éteint devant l'école, le passage est sombre le soir.",
    "Porte du hall forcée, des groupes s'y tiennent la nuit.",
    "Vitesse excessive dans la rue à la sortie des classes.",
)
ANALYSED = "incidents_incident, incidents_routing, incidents_statuschange, incidents_suspension, sectors_post"


class Command(BaseCommand):
    help = (
        "Add a territory at sea with many sectors, each with its post, and concerns in every state with their history, "
        "for measuring and for trying things out. Nobody is told of them. Refuses anywhere but in a demonstration."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concerns", type=int, default=100_000, help="how many (%(default)s)")
        parser.add_argument("--sectors", type=int, default=20_000, help="how many (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        concerns, sectors = options["concerns"], options["sectors"]
        if not (1 <= concerns <= 1_000_000 and 1 <= sectors <= 50_000):
            raise CommandError("1 to 1,000,000 concerns in 1 to 50,000 sectors.")
        if not settings.DEMO:
            raise CommandError("This installation is not a demonstration (PSQ_DEMO): nothing is made up here.")
        if Territory.objects.filter(is_demonstration=False).exists():
            raise CommandError("A real territory is loaded here: nothing is made up beside it.")
        if not Territory.objects.exists():
            raise CommandError("Load the demonstration's territory first (load_territory).")
        if Territory.objects.filter(code=CODE).exists():
            raise CommandError("The bulk is there already: begin with a fresh database to have another.")
        with transaction.atomic():
            _fill(concerns, sectors)
            passed = pass_over(at=timezone.now())
        self.stdout.write(f"{concerns} concerns in {sectors} sectors; {passed} reminders count as told.")
        for local, what in (
            ("direction.volume", "the whole territory"),
            ("referent.volume", "the sector with one concern in fifty"),
            ("partenaire.volume", "one organisation in fifty, and whatever was reported"),
        ):
            self.stdout.write(f"  {local}@{DOMAIN:<14} {what}")
        self.stdout.write(f"  password: {PASSWORD}")


def _fill(concerns: int, sectors: int) -> None:
    values: dict[str, Any] = {
        "code": CODE,
        "concerns": concerns,
        "sectors": sectors,
        "partners": PARTNERS,
        "west": bulk_rows.WEST,
        "south": bulk_rows.SOUTH,
        "cell": bulk_rows.CELL_DEG,
        "wide": math.isqrt(sectors) + 1,
        "alphabet": ALPHABET,
        "texts": list(TEXTS),
        "text_count": len(TEXTS),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT setseed(0.5)")
        for statement in bulk_rows.TERRITORY:
            cursor.execute(statement, values)
        values["author"] = _accounts()
        cursor.execute(bulk_rows.DRAWN, values)
        cursor.execute("ANALYZE drawn")
        values |= _days()
        for statement in (bulk_rows.CONCERNS, bulk_rows.ROUTINGS, bulk_rows.MOVES, bulk_rows.SUSPENSIONS):
            cursor.execute(statement, values)
        cursor.execute(f"ANALYZE {ANALYSED}")


def _accounts() -> str:
    """Three people, with a password that everybody knows; the address of the one who reports."""

    def made(local: str, name: str) -> User:
        return create_user(email=f"{local}@{DOMAIN}", password=PASSWORD, name=f"{name} (volume)")

    territory = Territory.objects.get(code=CODE)
    mandate(user=made("direction.volume", "Direction"), role=Role.DIRECTOR, over=territory, start=START)
    entrust(post=Post.objects.get(code=f"{CODE}-1"), user=made("referent.volume", "Référent"), start=START)
    reporter = made("partenaire.volume", "Partenaire")
    mandate(user=reporter, role=Role.PARTNER, over=Partner.objects.get(code=f"{CODE}-partenaire-1"), start=START)
    return reporter.email


def days_until(now: datetime) -> list[datetime]:
    """A moment of each day of Paris from tomorrow back, every day once.

    By the wall clock: in hours of the world the night in which the clocks are put back would be two moments of one day.
    """
    local = now.astimezone(PARIS)
    return [local - timedelta(days=ago) for ago in range(-1, DAYS)]


def _days() -> dict[str, list[Any]]:
    """The due days of a report of each day, by the product's own clock."""
    policy = policy_of(next(c for c in atlas.current().directory.territories.values() if c.code == CODE))
    days = days_until(timezone.now())
    return {
        "day": [paris_date(each) for each in days],
        "due_on": [due(each, policy).on for each in days],
        "due_at": [due(each, policy).at for each in days],
        "triage_at": [triage_due(each, policy).at for each in days],
        "taken_at": [taken_due(each, policy).at for each in days],
    }
