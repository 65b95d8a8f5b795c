"""The concerns' tables."""

from .history import IdempotencyKey, Routing, StatusChange
from .incident import Incident, Position, ReceivedVia
from .kept import ReporterContact, StatisticalRow

__all__ = [
    "IdempotencyKey",
    "Incident",
    "Position",
    "ReceivedVia",
    "ReporterContact",
    "Routing",
    "StatisticalRow",
    "StatusChange",
]
