"""The one room that writes accounts, tokens and the access log."""

from .access import Access, access, log_access
from .people import create_token, create_user, suspend
from .sessions import end_sessions, note_seen

__all__ = ["Access", "access", "create_token", "create_user", "end_sessions", "log_access", "note_seen", "suspend"]
