"""The one room that writes concerns: every function is a verb of the trade, and one transaction."""

from .moving import move
from .once import Once, forget_keys, once
from .photos import add_photos, attach, drop_photos, sweep
from .reporting import report
from .status import Result, change_many, change_status, end_suspensions, take, take_many

__all__ = [
    "Once",
    "Result",
    "add_photos",
    "attach",
    "change_many",
    "change_status",
    "drop_photos",
    "end_suspensions",
    "forget_keys",
    "move",
    "once",
    "report",
    "sweep",
    "take",
    "take_many",
]
