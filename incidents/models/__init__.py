"""The concerns' tables."""

from .history import IdempotencyKey, Routing, StatusChange
from .incident import Incident, Position, ReceivedVia
from .kept import ReporterContact, StatisticalRow
from .photo import Photo

__all__ = [
    "IdempotencyKey",
    "Incident",
    "Photo",
    "Position",
    "ReceivedVia",
    "ReporterContact",
    "Routing",
    "StatisticalRow",
    "StatusChange",
]
