"""The concerns' tables."""

from .announcement import Announcement, Audience
from .escalation import Escalation
from .grouping import Merge, Support
from .history import IdempotencyKey, Routing, StatusChange
from .incident import Incident, Position, ReceivedVia
from .kept import KeptDraft, ReporterContact, StatisticalRow
from .photo import Photo
from .remark import Deed, Remark, Side
from .satisfaction import Satisfaction, Settled, Stage
from .standard_answer import StandardAnswer
from .succession import Succession
from .suspension import Suspension
from .transfer import Handover, HandoverTo, Transfer, TransferState

__all__ = [
    "Announcement",
    "Audience",
    "Deed",
    "Escalation",
    "Handover",
    "HandoverTo",
    "IdempotencyKey",
    "Incident",
    "KeptDraft",
    "Merge",
    "Photo",
    "Position",
    "ReceivedVia",
    "Remark",
    "ReporterContact",
    "Routing",
    "Satisfaction",
    "Settled",
    "Side",
    "Stage",
    "StandardAnswer",
    "StatisticalRow",
    "StatusChange",
    "Succession",
    "Support",
    "Suspension",
    "Transfer",
    "TransferState",
]
