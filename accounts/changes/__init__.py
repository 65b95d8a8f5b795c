"""The one room that writes accounts, tokens and the access log."""

from .access import Access, access, log_access, log_accesses
from .identities import link, unlink
from .notifications import choose_notifications
from .passwords import ask_address, ask_reset, change_password, confirm_address
from .people import create_user, describe, reinstate, suspend
from .saved import drop_filter, save_filter
from .sessions import end_sessions, note_seen
from .tokens import create_token, make_token, revoke_token, revoke_tokens

__all__ = [
    "Access",
    "access",
    "ask_address",
    "ask_reset",
    "change_password",
    "choose_notifications",
    "confirm_address",
    "create_token",
    "create_user",
    "describe",
    "drop_filter",
    "end_sessions",
    "link",
    "log_access",
    "log_accesses",
    "make_token",
    "note_seen",
    "reinstate",
    "revoke_token",
    "revoke_tokens",
    "save_filter",
    "suspend",
    "unlink",
]
