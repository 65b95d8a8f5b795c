"""The administrator's pages: people, their roles, partners. Never a concern."""

from .overview import overview

__all__ = ["overview"]
