"""The way of the API past what only pages need.

Sessions, messages, tokens of forms and policies for scripts protect pages. An endpoint called without a session cookie
has none of them to protect, and its answer is data: it is answered here, at a quarter of the cost. A caller with a
session, one who came without TLS where it is due, one who asks an endpoint for a page, and every address that is no
endpoint go the whole way.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation


def _never(_request: HttpRequest) -> bool:
    return False


class ShortWay:
    """Middleware: stands right behind the guards of every answer, and before what serves pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.whole_way = get_response
        self.known: dict[str, ResolverMatch] = {}

    def endpoint(self, path: str) -> ResolverMatch | None:
        """The endpoint at this path; None where there is none. Those without a parameter are looked up once."""
        match = self.known.get(path)
        if match is None:
            try:
                match = resolve(path)
            except Resolver404:
                return None
            if not getattr(match.func, "is_endpoint", False):
                return None
            if not match.kwargs:
                self.known[path] = match
        return match

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The endpoint's answer, in the language asked for; DisallowedHost (400) as on the whole way."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.whole_way(request)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return self.whole_way(request)
        match = self.endpoint(request.path_info)
        if match is None or getattr(match.func, "shows_page", _never)(request):
            return self.whole_way(request)
        if not getattr(match.func, "needs_no_host", False):
            request.get_host()
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        request.resolver_match = match
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        headers = response.headers
        headers.setdefault("Vary", "Accept-Language, Authorization, Cookie")
        headers.setdefault("Content-Language", language)
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        return response
