"""The API of concerns."""

from .detail import IncidentView, MoveView, RoutingsView
from .listing import IncidentsView
from .photos import PhotosView, PhotoView

__all__ = ["IncidentView", "IncidentsView", "MoveView", "PhotoView", "PhotosView", "RoutingsView"]
