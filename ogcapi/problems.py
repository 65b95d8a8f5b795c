"""Problem documents (RFC 9457): the one shape of every error answered to a program.

`problem` makes one, `response_for` turns an exception into one, `exception_handler` does so for REST framework views
and `@answers` for plain Django views. Anything unforeseen is left to Django: a fault of ours is not the client's.
"""

import logging
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, overload

import orjson
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError, connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as drf

from .geojson import FieldError, Refused
from .geojson.refusals import member_path
from .geojson.writer import plain

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

logger = logging.getLogger(__name__)

CONTENT_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = {429: 60, 503: 5}

# status: (code, title, detail), where nothing more precise is known
GENERIC: Final[dict[int, "tuple[str, _StrOrPromise, _StrOrPromise]"]] = {
    400: ("bad_request", _("Bad request"), _("The request could not be read.")),
    401: ("not_authenticated", _("Sign-in required"), _("Sign in, or send a valid token.")),
    403: ("permission_denied", _("Not allowed"), _("Your role does not allow this.")),
    404: ("not_found", _("Not found"), _("There is nothing at this address that you may see.")),
    405: ("method_not_allowed", _("Method not allowed"), _("This address does not take this method.")),
    406: ("not_acceptable", _("Not acceptable"), _("This address has none of the formats accepted.")),
    411: ("length_required", _("Length required"), _("Send the length of the body (Content-Length).")),
    412: ("precondition_failed", _("Changed meanwhile"), _("It is not what you saw any more: ask for it again.")),
    413: ("too_large", _("Too large"), _("The request is larger than this address takes.")),
    415: ("unsupported_media_type", _("Unsupported media type"), _("This address does not take this media type.")),
    428: ("precondition_required", _("Say what you saw"), _("Send If-Match with the ETag of what you change.")),
    429: ("throttled", _("Too many requests"), _("Wait before you ask again.")),
    500: ("server_error", _("Server error"), _("Something went wrong here; the request was right.")),
    503: ("unavailable", _("Unavailable for the moment"), _("The database does not answer. Ask again shortly.")),
}


def problem(
    status: int,
    *,
    code: str | None = None,
    title: "_StrOrPromise | None" = None,
    detail: "_StrOrPromise | None" = None,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The response; what is not given comes from the status.

    `type` is `/problems/<code>`, or `about:blank` where the code says no more than the status. 429 and 503 carry
    Retry-After and 401 WWW-Authenticate, unless `headers` says otherwise. Never cached.
    """
    usual_code, usual_title, usual_detail = GENERIC.get(status, GENERIC[400 if status < 500 else 500])
    code = code or usual_code
    document = {
        "type": "about:blank" if code == usual_code else f"/problems/{code}",
        "title": title or usual_title,
        "status": status,
        "detail": detail or usual_detail,
        "code": code,
        "errors": [{"field": each.field, "code": each.code, "message": each.message} for each in errors],
    }
    response = HttpResponse(orjson.dumps(document, default=plain), status=status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status in RETRY_AFTER_S:
        response.headers["Retry-After"] = str(RETRY_AFTER_S[status])
    if status == 401:
        response.headers["WWW-Authenticate"] = "Token"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    patch_vary_headers(response, ["Accept-Language"])
    return response


# Exceptions that say no more than a status; the first that fits (RequestDataTooBig is a SuspiciousOperation).
STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (Http404, 404),
    (drf.NotFound, 404),
    (PermissionDenied, 403),
    (RequestDataTooBig, 413),
    (SuspiciousOperation, 400),
    (BadRequest, 400),
    (UnreadablePostError, 400),
    (drf.NotAcceptable, 406),
    (drf.UnsupportedMediaType, 415),
    (OperationalError, 503),
    (InterfaceError, 503),
)


def response_for(error: Exception, *, allow: Collection[str] = ()) -> HttpResponse | None:
    """The problem document of an exception, or None for one that is nobody's mistake but ours.

    `allow`: the methods that the address takes, for a 405.
    """
    if isinstance(error, Refused):
        wait = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
        return problem(
            error.status, code=error.code, title=error.title, detail=error.detail, errors=error.errors, headers=wait
        )
    for kind, status in STATUS:
        if isinstance(error, kind):
            if status >= 500:
                logger.error("The database failed during a request", exc_info=error)
            return problem(status)
    return _of_rest_framework(error, allow) if isinstance(error, drf.APIException) else None


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """For REST framework's EXCEPTION_HANDLER setting."""
    view = context.get("view")
    response = response_for(error, allow=getattr(view, "allowed_methods", ()))
    if response is not None:
        _roll_back()
    return response


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@overload
def answers(view: View[P], /) -> View[P]: ...
@overload
def answers(*methods: str) -> Callable[[View[P]], View[P]]: ...
def answers(*given: Any) -> Any:
    """Decorates a plain view, whose exceptions it turns into problem documents.

    `@answers`: the view sees every method. `@answers("GET")`: it sees those named (GET includes HEAD), OPTIONS is
    answered with the Allow header, and any other method is a 405.
    """
    if given and callable(given[0]):
        return _answering(given[0], ())
    return lambda view: _answering(view, given)


def _answering(view: View[P], methods: tuple[str, ...]) -> View[P]:
    allow = [*methods]
    if allow:
        allow += [each for each in ("HEAD", "OPTIONS") if each not in allow and (each != "HEAD" or "GET" in allow)]

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if allow and request.method not in allow:
            return problem(405, headers={"Allow": ", ".join(allow)})
        if allow and request.method == "OPTIONS" and "OPTIONS" not in methods:
            return HttpResponse(status=204, headers={"Allow": ", ".join(allow)})
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            failure = response_for(error, allow=allow)
            if failure is None:
                raise
            _roll_back()
            return failure
        if isinstance(response, HttpResponseNotAllowed):
            return problem(405, headers={"Allow": response.headers["Allow"]})
        return response

    return answer


def _of_rest_framework(error: drf.APIException, allow: Collection[str]) -> HttpResponse:
    match error:
        case drf.ValidationError():
            errors = list(_flattened(error.detail, ""))
            codes = {each.code for each in errors}
            return problem(
                400,
                code=codes.pop() if len(codes) == 1 else "invalid",
                detail=errors[0].message if errors else None,
                errors=errors[:20],
            )
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            # REST framework turns this into 403 where no scheme is configured; the code of the scheme stays silent
            # on why: a token that expired and one that never was look alike.
            scheme = getattr(error, "auth_header", None) or "Token"
            code = "authentication_failed" if isinstance(error, drf.AuthenticationFailed) else None
            return problem(401, code=code, headers={"WWW-Authenticate": scheme})
        case drf.MethodNotAllowed():
            return problem(405, headers={"Allow": ", ".join(allow)})
        case drf.Throttled():
            wait: float | None = error.wait  # type: ignore[attr-defined]  # missing from the stubs
            return problem(429, headers={} if wait is None else {"Retry-After": str(max(1, math.ceil(wait)))})
        case _:
            errors = list(_flattened(error.detail, ""))
            first = errors[0] if errors else None
            return problem(
                error.status_code, code=first.code if first else None, detail=first.message if first else None
            )


def _flattened(detail: Any, at: str) -> Iterable[FieldError]:
    """The leaves of REST framework's nested details, each with its path: `points[3].name`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            # The items of a list in error are listed by their number.
            step = f"{at}[{name}]" if str(name).isdecimal() else member_path(at, str(name))
            yield from _flattened(inner, at if name == "non_field_errors" else step)
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            # A list of texts is several defects of one field; a list of objects is one entry an item.
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _flattened(inner, f"{at}[{index}]" if nested else at)
    else:
        yield FieldError(at, getattr(detail, "code", None) or "invalid", str(detail))


def _roll_back() -> None:
    """An exception answered inside ATOMIC_REQUESTS is not seen by it: its writes must not stay."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)
