"""Refusals and faults as answers: problem documents for programs, pages for people."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.authentication import Unauthorised, authenticated
from frontend.views import pages
from ogcapi.pages import wanted
from ogcapi.problems import exception_handler, problem, response_for
from psq_geo.log_lines import FAULT

__all__ = ["bad_request", "exception_handler", "forbidden", "not_found", "server_error", "too_large", "with_pages"]

# Under these, no page is answered; but data that has pages of its own is refused by a page to whoever asks for one.
FOR_PROGRAMS: Final = ("/api/", "/ogc", "/wfs", "/open311/", "/healthz", "/readyz")
# What GIS programs ask, who know no other way to show a token than as a password.
TAKES_BASIC: Final = ("/ogc", "/wfs")


def _for_program(request: HttpRequest) -> bool:
    return request.path.startswith(FOR_PROGRAMS) and not (request.path.startswith("/ogc") and wanted(request))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return problem(400) if _for_program(request) else pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return problem(403) if _for_program(request) else pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same bytes for what is hidden and for what is not there; to a program with a bad token 401."""
    if not _for_program(request):
        return pages.not_found(request, exception)
    if "HTTP_AUTHORIZATION" in request.META:
        try:
            authenticated(request, basic=request.path.startswith(TAKES_BASIC))
        except Unauthorised as refusal:
            return response_for(refusal) or problem(401)
    return problem(404)


def with_pages(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the answer; for a person a page in place of an empty 405, for which Django has no handler."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponse) and not _for_program(request):
            page = pages.not_allowed(request)
            response.content, response["Content-Type"] = page.content, page["Content-Type"]
        return response

    return answer


def too_large(request: HttpRequest) -> HttpResponse:
    """413."""
    return problem(413) if _for_program(request) else pages.too_large(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database gave no answer in its time, or none at all."""
    status = 503 if isinstance(sys.exc_info()[1], OperationalError | InterfaceError) else 500
    if _for_program(request):
        return problem(status)
    fault = request.META[FAULT] = secrets.token_hex(4)
    return pages.server_error(request, status=status, fault=fault)
