"""The headers that every answer carries: pages, data, static files, redirects, refusals and faults alike.

It stands outermost, where nothing passes it by: a refusal made half-way (a wrong host, a fault on the short way of the
API, the redirect to https) never meets the middleware of pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
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
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
}


def guarded(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the answer with each guard that it does not bring itself."""
    guards = tuple(GUARDS.items())
    lasting = _lasting()

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        headers = response.headers
        for name, value in guards:
            if name not in headers:
                headers[name] = value
        if lasting and request.is_secure():
            headers.setdefault("Strict-Transport-Security", lasting)
        return response

    return answer


def _lasting() -> str:
    """How long TLS is promised, as SecurityMiddleware words it on the way of pages; empty where it is not."""
    if not settings.SECURE_HSTS_SECONDS:
        return ""
    words = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    words += ["includeSubDomains"] * settings.SECURE_HSTS_INCLUDE_SUBDOMAINS
    words += ["preload"] * settings.SECURE_HSTS_PRELOAD
    return "; ".join(words)
