"""The concerns' tables."""

from .escalation import Escalation
from .history import IdempotencyKey, Routing, StatusChange
from .incident import Incident, Position, ReceivedVia
from .kept import ReporterContact, StatisticalRow
from .photo import Photo
from .standard_answer import StandardAnswer
from .suspension import Suspension
from .transfer import Handover, HandoverTo, Transfer, TransferState

__all__ = [
    "Escalation",
    "Handover",
    "HandoverTo",
    "IdempotencyKey",
    "Incident",
    "Photo",
    "Position",
    "ReceivedVia",
    "ReporterContact",
    "Routing",
    "StandardAnswer",
    "StatisticalRow",
    "StatusChange",
    "Suspension",
    "Transfer",
    "TransferState",
]
