"""Everything that changes what the groups work on: every function is a verb of the trade, and one transaction."""

from .acting import decline, give, give_again, turn
from .agenda import add_point, build_agenda, move_point, note_point, remove_point
from .charter import write_charter
from .closing import close
from .concerns import join, remove
from .deciding import attend, decide
from .diagnosing import co_sign, contribute, write_diagnosis
from .evaluating import evaluate
from .living import change_status, end_suspensions, reorient, retain, suspend
from .meetings import call_off, change_meeting, hold, plan
from .minuting import add_addendum, draft_minutes, validate_minutes
from .proposing import propose
from .rating import ask_again, rate
from .suggesting import accept, dismiss, merge, suggest

__all__ = [
    "accept",
    "add_addendum",
    "add_point",
    "ask_again",
    "attend",
    "build_agenda",
    "call_off",
    "change_meeting",
    "change_status",
    "close",
    "co_sign",
    "contribute",
    "decide",
    "decline",
    "dismiss",
    "draft_minutes",
    "end_suspensions",
    "evaluate",
    "give",
    "give_again",
    "hold",
    "join",
    "merge",
    "move_point",
    "note_point",
    "plan",
    "propose",
    "rate",
    "remove",
    "remove_point",
    "reorient",
    "retain",
    "suggest",
    "suspend",
    "turn",
    "validate_minutes",
    "write_charter",
    "write_diagnosis",
]
