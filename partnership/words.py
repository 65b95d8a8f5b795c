"""The words for the codes of a group's work: what the API refuses with, what letters and screens say."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _

from incidents.words import Words
from partnership.life import ActionState, MeetingState, Outcome, State
from partnership.models import Presence, Turn
from partnership.severity import Recurrence, Severity

STATES: Final[Words] = MappingProxyType(
    {
        State.SIGNALEE: _("Reported"),
        State.A_QUALIFIER: _("To be qualified"),
        State.RETENUE: _("Retained"),
        State.DIAGNOSTIC: _("Diagnosis under way"),
        State.ACTIONS_EN_COURS: _("Actions under way"),
        State.EVALUATION: _("Under evaluation"),
        State.CLOSE: _("Closed"),
        State.REORIENTEE: _("Given to another post"),
        State.NON_RETENUE: _("Not retained"),
        State.SUSPENDUE: _("Suspended"),
        State.ROUVERTE: _("Reopened"),
    }
)
OUTCOMES: Final[Words] = MappingProxyType(
    {
        Outcome.RESOLUE: _("Solved"),
        Outcome.PARTIELLEMENT_RESOLUE: _("Partly solved"),
        Outcome.NON_RESOLUE: _("Not solved"),
        Outcome.ABANDONNEE: _("Abandoned"),
    }
)
ACTIONS: Final[Words] = MappingProxyType(
    {
        ActionState.PROPOSEE: _("Proposed"),
        ActionState.ACCEPTEE: _("Accepted"),
        ActionState.EN_COURS: _("Begun"),
        ActionState.REALISEE: _("Done"),
        ActionState.NON_REALISEE: _("Not done"),
        ActionState.ANNULEE: _("Called off"),
    }
)
TURNS: Final[Words] = MappingProxyType(
    {
        Turn.GIVEN: _("given"),
        Turn.ACCEPTED: _("accepted"),
        Turn.DECLINED: _("declined"),
        Turn.GIVEN_AGAIN: _("given again"),
        Turn.BEGUN: _("begun"),
        Turn.DONE: _("done"),
        Turn.NOT_DONE: _("not done"),
        Turn.CANCELLED: _("called off"),
    }
)
MEETINGS: Final[Words] = MappingProxyType(
    {
        MeetingState.PLANIFIEE: _("Planned"),
        MeetingState.TENUE: _("Held"),
        MeetingState.ANNULEE: _("Called off"),
    }
)
PRESENCES: Final[Words] = MappingProxyType(
    {
        Presence.PRESENT: _("present"),
        Presence.LATE: _("late"),
        Presence.EXCUSED: _("excused"),
        Presence.ABSENT: _("absent"),
    }
)
SUSPENSION_REASONS: Final[Words] = MappingProxyType(
    {
        "partenaire_attendu": _("Waiting for another organisation to act"),
        "decision_attendue": _("Waiting for a decision (court, prefecture, town)"),
        "travaux_en_cours": _("Works under way"),
        "saison": _("It comes with a season that is not now"),
    }
)
SEVERITIES: Final[Words] = MappingProxyType(
    {
        Severity.VERT: _("green (isolated)"),
        Severity.JAUNE: _("yellow (recurrent)"),
        Severity.ORANGE: _("orange (established)"),
        Severity.ROUGE: _("red (serious and established)"),
    }
)
RECURRENCES: Final[Words] = MappingProxyType(
    {
        Recurrence.ISOLEE: _("isolated"),
        Recurrence.RECURRENTE: _("recurrent"),
        Recurrence.INSTALLEE: _("established"),
    }
)
