"""What the product owes to people outside it, and what became of it."""

from .again import close, try_again
from .bell import choose, read_notices
from .digest import owe_digests
from .moving import move_along
from .owing import enclose, forget_person, forget_recipient, forget_texts, message, owe
from .sorting import sort_due
from .together import tell_together

__all__ = [
    "choose",
    "close",
    "enclose",
    "forget_person",
    "forget_recipient",
    "forget_texts",
    "message",
    "move_along",
    "owe",
    "owe_digests",
    "read_notices",
    "sort_due",
    "tell_together",
    "try_again",
]
