"""Maps on other sites: whose pages a browser lets read which answers (CORS, docs/adr/0017).

What anybody is told, any page may read. What somebody alone is told is read by pages of this host; with a token in the
header, also by those of the origins that the installation names. A cookie is never taken from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

# Under these, what is answered without an account is anybody's.
SHARED: Final = ("/ogc", "/wfs", "/api/locate/", "/api/sectors/", "/api/communes/", "/api/statistics/")
# Beside those that a script may read of any answer.
_TOLD: Final = "Accept-Ranges, Content-Crs, Content-Disposition, Content-Range, ETag, OGC-NumberReturned, Retry-After"
_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_ASKED: Final = "Accept, Accept-Language, If-None-Match, If-Range, Range"
_KEPT_S: Final = "7200"


def shared(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the answer, with what it says to a browser that asks for a page of another site.

    Every answer that anybody is given says so, whoever asks: a cache may hand it on to anybody.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = HttpResponse(status=204) if _is_asked_beforehand(request) else get_response(request)
        headers = response.headers
        if (
            request.method not in _METHODS
            or not request.path_info.startswith(SHARED)
            or settings.SESSION_COOKIE_NAME in request.COOKIES
            # A page is read where it is.
            or (response.status_code != 204 and headers.get("Content-Type", "").startswith("text/html"))
        ):
            return response
        named = request.META.get("HTTP_ORIGIN") in settings.MAP_ORIGINS
        if "HTTP_AUTHORIZATION" in request.META:
            patch_vary_headers(response, ["Origin"])
            if not named:
                return response
            headers["Access-Control-Allow-Origin"] = request.META["HTTP_ORIGIN"]
        else:
            headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = _TOLD
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
            headers["Access-Control-Allow-Headers"] = f"{_ASKED}, Authorization" if named else _ASKED
            headers["Access-Control-Max-Age"] = _KEPT_S
        return response

    return answer


def _is_asked_beforehand(request: HttpRequest) -> bool:
    """Does a browser ask what a page may ask? It shows neither cookie nor token, and is told of nothing."""
    return (
        request.method == "OPTIONS"
        and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        and request.path_info.startswith(SHARED)
    )
