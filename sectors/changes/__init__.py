"""Every change of the territory's tables."""

from .communes import refine
from .official import refine_competence
from .people import entrust, mandate
from .rows import Report
from .territory import load_territory

__all__ = ["Report", "entrust", "load_territory", "mandate", "refine", "refine_competence"]
