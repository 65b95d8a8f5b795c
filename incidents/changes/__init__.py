"""The one room that writes concerns: every function is a verb of the trade, and one transaction."""

from .moving import move
from .once import Once, forget_keys, once
from .photos import add_photos, attach, drop_photos, sweep
from .reporting import report

__all__ = ["Once", "add_photos", "attach", "drop_photos", "forget_keys", "move", "once", "report", "sweep"]
