"""The headers that every answer carries: pages, data, static files, redirects, refusals and faults alike.

It stands outermost, where nothing passes it by: a refusal made half-way (a wrong host, a fault on the short way of the
API, the redirect to https) never meets the middleware of pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What a browser may do with an answer that is no page of ours: nothing. Pages bring their own policy.
POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
# Only the wizard asks for something: where the phone is.
PERMISSIONS: Final = ", ".join(
    [
        "geolocation=(self)", "fullscreen=(self)", "accelerometer=()", "autoplay=()", "camera=()",
        "display-capture=()", "encrypted-media=()", "gyroscope=()", "hid=()", "magnetometer=()", "microphone=()",
        "midi=()", "payment=()", "picture-in-picture=()", "publickey-credentials-get=()", "screen-wake-lock=()",
        "serial=()", "usb=()", "xr-spatial-tracking=()",
    ]
)  # fmt: skip
GUARDS: Final = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def guarded(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the answer with each guard that it does not bring itself."""
    guards = tuple(GUARDS.items())

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        headers = response.headers
        for name, value in guards:
            if name not in headers:
                headers[name] = value
        return response

    return answer
