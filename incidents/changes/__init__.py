"""The one room that writes concerns: every function is a verb of the trade, and one transaction."""

from .moving import move
from .once import Once, forget_keys, once
from .reporting import report

__all__ = ["Once", "forget_keys", "move", "once", "report"]
