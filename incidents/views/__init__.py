"""The API of concerns."""

from .detail import IncidentView, MoveView, RoutingsView
from .editions import EditionActView, EditionsView, EditionView
from .grouping import GroupView, SupportView
from .life import StatusView, TransfersView
from .listing import IncidentsView
from .photos import PhotosView, PhotoView
from .statistics import GridView, StatisticsView
from .talk import MessagesView, SatisfactionView, TimelineView

__all__ = [
    "EditionActView",
    "EditionView",
    "EditionsView",
    "GridView",
    "GroupView",
    "IncidentView",
    "IncidentsView",
    "MessagesView",
    "MoveView",
    "PhotoView",
    "PhotosView",
    "RoutingsView",
    "SatisfactionView",
    "StatisticsView",
    "StatusView",
    "SupportView",
    "TimelineView",
    "TransfersView",
]
