"""Refusals and faults as answers: problem documents for programs, pages for people."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

from frontend.views import pages
from ogcapi.problems import exception_handler, problem

__all__ = ["bad_request", "exception_handler", "forbidden", "not_found", "server_error", "too_large"]

# Under these, no page is ever answered.
FOR_PROGRAMS: Final = ("/api/", "/ogc", "/wfs", "/open311/", "/healthz", "/readyz")


def _for_program(request: HttpRequest) -> bool:
    return request.path.startswith(FOR_PROGRAMS)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return problem(400) if _for_program(request) else pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return problem(403) if _for_program(request) else pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same bytes for what is hidden and for what is not there."""
    return problem(404) if _for_program(request) else pages.not_found(request, exception)


def too_large(request: HttpRequest) -> HttpResponse:
    """413."""
    return problem(413) if _for_program(request) else pages.too_large(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return problem(500) if _for_program(request) else pages.server_error(request)
