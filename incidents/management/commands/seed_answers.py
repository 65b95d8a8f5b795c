"""Writes the demonstration's standard answers, from which a référent begins."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from incidents.changes.standard_answers import Words, write_answer
from incidents.models import StandardAnswer
from sectors.models import Mandate, Role

ANSWERS: Final[tuple[Words, ...]] = (
    {
        "title_fr": "Passages renforcés",
        "title_en": "More patrols",
        "text_fr": (
            "Votre préoccupation {{ reference }} ({{ category }}) a été prise en compte. Des passages ont été ajoutés à"
            " {{ commune }} aux heures que vous indiquez. Si cela continue, rouvrez-la : elle reviendra à {{ post }}."
        ),
        "text_en": (
            "Your concern {{ reference }} ({{ category }}) has been taken into account. Patrols have been added in"
            " {{ commune }} at the hours you gave. Should it go on, reopen it: it will come back to {{ post }}."
        ),
        "rank": 1,
    },
    {
        "title_fr": "Rencontre sur place",
        "title_en": "Meeting on the spot",
        "text_fr": (
            "Je vous propose une rencontre sur place au sujet de la préoccupation {{ reference }}, signalée le"
            " {{ reported }}. Joignez {{ post }} au {{ phone }} ou à {{ email }} pour en fixer l'heure."
        ),
        "text_en": (
            "I propose to meet on the spot about the concern {{ reference }}, reported on {{ reported }}. Reach"
            " {{ post }} on {{ phone }} or at {{ email }} to agree on an hour."
        ),
        "rank": 2,
    },
    {
        "title_fr": "Du ressort d'un autre service",
        "title_en": "For another service",
        "text_fr": (
            "La préoccupation {{ reference }} ({{ category }}) relève d'un autre service, qui en a été informé."
            " Vous pouvez vous adresser directement à lui pour la suite."
        ),
        "text_en": (
            "The concern {{ reference }} ({{ category }}) is for another service, which has been told of it. You may"
            " turn to it directly for what follows."
        ),
        "rank": 3,
    },
)


class Command(BaseCommand):
    help = "Writes the demonstration's standard answers where a territory has none. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demonstration (PSQ_DEMO): its administrator writes them.")
        administered = Mandate.objects.in_force(timezone.now()).filter(role=Role.ADMINISTRATOR, user__is_active=True)
        by = {found.territory: found.user for found in administered.select_related("territory", "user").order_by("-pk")}
        if not by:
            raise CommandError("Make the demonstration's accounts first (seed_demo).")
        for territory, administrator in by.items():
            if territory is not None and not StandardAnswer.objects.filter(territory=territory).exists():
                for said in ANSWERS:
                    write_answer(by=administrator, territory=territory, **said)
        count = StandardAnswer.objects.filter(territory__in=by).count()
        if options["verbosity"]:
            self.stdout.write(f"{count} standard answers")
