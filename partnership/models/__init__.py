"""The groups' tables."""

from .action import Action, ActionChange, Turn
from .charter import Charter
from .diagnosis import Contribution, CoSignature, Diagnosis, Phase
from .evaluation import Evaluation, Rating, RatingStage
from .kept import StatisticalProblem
from .meeting import (
    Addendum,
    AgendaItem,
    AgendaKind,
    Attendance,
    Decision,
    Meeting,
    Minutes,
    Presence,
)
from .problem import Origin, Problem, ProblemChange, ProblemConcern, ProblemSuspension
from .suggestion import Fate, Suggestion

__all__ = [
    "Action",
    "ActionChange",
    "Addendum",
    "AgendaItem",
    "AgendaKind",
    "Attendance",
    "Charter",
    "CoSignature",
    "Contribution",
    "Decision",
    "Diagnosis",
    "Evaluation",
    "Fate",
    "Meeting",
    "Minutes",
    "Origin",
    "Phase",
    "Presence",
    "Problem",
    "ProblemChange",
    "ProblemConcern",
    "ProblemSuspension",
    "Rating",
    "RatingStage",
    "StatisticalProblem",
    "Suggestion",
    "Turn",
]
