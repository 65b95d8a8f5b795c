"""The concerns' tables."""

from .history import IdempotencyKey, Routing, StatusChange
from .incident import Incident, Position, ReceivedVia

__all__ = ["IdempotencyKey", "Incident", "Position", "ReceivedVia", "Routing", "StatusChange"]
