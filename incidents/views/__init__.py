"""The API of concerns."""

from .detail import IncidentView, MoveView, RoutingsView
from .listing import IncidentsView

__all__ = ["IncidentView", "IncidentsView", "MoveView", "RoutingsView"]
