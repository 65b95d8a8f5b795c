"""The API of the groups."""

from .meetings import MeetingsView, MeetingView
from .problems import ProblemsView, ProblemView

__all__ = ["MeetingView", "MeetingsView", "ProblemView", "ProblemsView"]
