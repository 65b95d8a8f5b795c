"""The one room that writes concerns: every function is a verb of the trade, and one transaction."""

from .escalating import escalate
from .handovers import acknowledge, hand_over
from .moving import move
from .once import Once, forget_keys, once
from .photos import add_photos, attach, drop_photos, sweep
from .reporting import report
from .status import Result, change_many, change_status, end_suspensions, take, take_many
from .transfers import accept, assign, offer, refuse, withdraw

__all__ = [
    "Once",
    "Result",
    "accept",
    "acknowledge",
    "add_photos",
    "assign",
    "attach",
    "change_many",
    "change_status",
    "drop_photos",
    "end_suspensions",
    "escalate",
    "forget_keys",
    "hand_over",
    "move",
    "offer",
    "once",
    "refuse",
    "report",
    "sweep",
    "take",
    "take_many",
    "withdraw",
]
