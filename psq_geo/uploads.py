"""No page reads a large body, or a file, unless it is a page that takes photos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from incidents.uploads import is_multipart, is_too_large
from ogcapi.problems import problem
from psq_geo.errors import too_large


class Uploads:
    """Middleware: stands before what reads the form (CSRF).

    An endpoint counts for itself, and reads a form only where it takes photos.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of the rest."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None to go on; else 413, or 415 for an endpoint that reads no form."""
        if not is_multipart(request):
            return None
        takes = bool(getattr(getattr(view, "cls", view), "takes_photos", False))
        if getattr(view, "is_endpoint", False):
            return None if takes else problem(415)
        return too_large(request) if is_too_large(request, takes=takes) else None
