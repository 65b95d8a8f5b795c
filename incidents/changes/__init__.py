"""The one room that writes concerns: every function is a verb of the trade, and one transaction."""

from .contacting import write_to_post
from .drafts import drop_drafts, erase, keep_draft
from .editions import apply_editions, approve, keep_with_post, preview, preview_again
from .escalating import escalate
from .grouping import merge, merge_many, unmerge
from .handovers import acknowledge, hand_over
from .moving import move
from .once import Once, forget_keys, once
from .photos import add_photos, attach, drop_photos, sweep
from .remarks import record_deed, remark, seen
from .reporter_contact import keep_contact
from .reporting import report
from .satisfaction import ask_again, questions, rate
from .status import Result, change_status, end_suspensions, take, take_many
from .supports import support
from .transfers import accept, assign, hand_on_many, offer, refuse, withdraw

__all__ = [
    "Once",
    "Result",
    "accept",
    "acknowledge",
    "add_photos",
    "apply_editions",
    "approve",
    "ask_again",
    "assign",
    "attach",
    "change_status",
    "drop_drafts",
    "drop_photos",
    "end_suspensions",
    "erase",
    "escalate",
    "forget_keys",
    "hand_on_many",
    "hand_over",
    "keep_contact",
    "keep_draft",
    "keep_with_post",
    "merge",
    "merge_many",
    "move",
    "offer",
    "once",
    "preview",
    "preview_again",
    "questions",
    "rate",
    "record_deed",
    "refuse",
    "remark",
    "report",
    "seen",
    "support",
    "sweep",
    "take",
    "take_many",
    "unmerge",
    "withdraw",
    "write_to_post",
]
