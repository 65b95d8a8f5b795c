"""The one room that writes accounts, tokens and the access log."""

from .access import Access, access, log_access
from .people import create_token, create_user, suspend

__all__ = ["Access", "access", "create_token", "create_user", "log_access", "suspend"]
