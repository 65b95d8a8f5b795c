"""What the log tells of requests: a line each, which names nobody."""

from __future__ import annotations

import logging
from typing import Final

# Where Django tells of an answer; the rest of `django` is about the server.
OF_REQUESTS: Final = ("django.request", "django.security")
NOWHERE: Final = "(no such address)"
SERVER_FAULT: Final = 500
# Under which a request carries what the page of its fault calls it; no header of a client can be called so.
FAULT: Final = "psq.fault"


class OneLine(logging.Filter):
    """Rewrites what is told of a request, and lets everything pass.

    An address may carry a link that opens an account, or whatever somebody typed: its route is told in its place. A
    refusal (4xx) is no fault, and needs no traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """True."""
        status = getattr(record, "status_code", None)
        if record.name.startswith(OF_REQUESTS) and isinstance(status, int):
            request = getattr(record, "request", None)
            match = getattr(request, "resolver_match", None)
            method = "".join(filter(str.isalpha, str(getattr(request, "method", ""))))[:10]
            told = [status, method, f"/{match.route}" if match else NOWHERE]
            fault = getattr(request, "META", {}).get(FAULT)
            if fault:
                told.append(f"fault {fault}")
            record.msg, record.args = " ".join(["%s"] * len(told)), tuple(told)
            if status < SERVER_FAULT:
                record.exc_info = record.exc_text = record.stack_info = None
        return True
