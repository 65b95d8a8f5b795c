"""The API of concerns."""

from .detail import IncidentView, MoveView, RoutingsView
from .life import StatusView, TransfersView
from .listing import IncidentsView
from .photos import PhotosView, PhotoView
from .statistics import GridView, StatisticsView

__all__ = [
    "GridView",
    "IncidentView",
    "IncidentsView",
    "MoveView",
    "PhotoView",
    "PhotosView",
    "RoutingsView",
    "StatisticsView",
    "StatusView",
    "TransfersView",
]
