"""Who is asking: an API token first, then the session."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import timedelta
from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework import authentication, exceptions

from accounts import prepared
from accounts.models import ApiToken, User
from messaging.drafting import fetched

if TYPE_CHECKING:
    from django.http import HttpRequest
    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request

SCHEME: Final = "Token"
BASIC_CHALLENGE: Final = 'Basic realm="psq_geo", charset="UTF-8"'
# What is not made of these was never given out: it costs no query, and no odd byte reaches the database.
TOKEN_SHAPE: Final = re.compile(r"[A-Za-z0-9_]{16,128}")
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# A last use to the hour is enough for its owner, and spares a write a request.
USE_NOTED_EVERY: Final = timedelta(hours=1)
ANONYMOUS: Final = AnonymousUser()


class Unauthorised(exceptions.AuthenticationFailed):
    """Bad, expired and suspended look alike: 401 with WWW-Authenticate, and never a redirect."""

    default_detail = _("The token is missing, wrong or no longer valid.")
    auth_header = SCHEME


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token <token>`, for REST framework's views: one query. Any other scheme is refused."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The account and its token; None without the header. Raises Unauthorised."""
        held = _held_token(request._request.META.get("HTTP_AUTHORIZATION"), basic=False)
        return None if held is None else (held.user, held)

    def authenticate_header(self, request: Request) -> str:
        """What makes REST framework answer 401 and not 403."""
        return SCHEME


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the browser; a request that changes something must carry the CSRF token."""


def authenticated(request: HttpRequest, *, basic: bool = False, csrf: bool = True) -> User | AnonymousUser:
    """Who asks, for a plain Django view: by token (one query), else by session, else anonymous.

    basic: the token may also be the password of HTTP Basic, whatever the user name (GIS programs know nothing else).
    csrf: a session that changes something must prove itself; only a view that writes nothing may turn this off.
    Raises Unauthorised (401) and REST framework's PermissionDenied (403, CSRF).
    """
    held = _held_token(request.META.get("HTTP_AUTHORIZATION"), basic=basic)
    if held is not None:
        return held.user
    user: User | AnonymousUser = getattr(request, "user", ANONYMOUS)
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    if csrf and request.method not in SAFE_METHODS:
        SessionAuthentication().enforce_csrf(request)  # type: ignore[arg-type] # it takes what is in a Request
    return user


def _held_token(header: str | None, *, basic: bool) -> ApiToken | None:
    """The token that the header shows, with its account; None where there is no header. Raises Unauthorised.

    A header that is there and empty is a bad one: granian hands on as empty what is not ASCII.
    """
    if header is None:
        return None
    scheme, _space, credentials = header.strip().partition(" ")
    try:
        match scheme.lower():
            case "token":
                clear = credentials.strip()
            case "basic" if basic:
                clear = _password(credentials.strip())
            case _:
                raise Unauthorised
        return _token(clear)
    except Unauthorised as refusal:
        refusal.auth_header = BASIC_CHALLENGE if basic else SCHEME
        raise


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError) as error:
        raise Unauthorised from error


def _candidates(key: str) -> list[ApiToken]:
    """The tokens that begin so, each with its account, by one query.

    Where the connection was kept from an earlier request this question is also its check: one that broke since is made
    anew, and asked again.
    """
    # Django would ask `SELECT 1` first: as dear as the question itself.
    connection.health_check_done = True  # type: ignore[attr-defined] # its stubs do not name it
    try:
        rows = _rows(key)
    except (InterfaceError, OperationalError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        rows = _rows(key)
    token, user, alias = _columns(ApiToken), _columns(User), connection.alias
    found = []
    for row in rows:
        held = fetched(ApiToken, token, row[1 : 1 + len(token)], alias)
        held.user = fetched(User, user, row[1 + len(token) :], alias)
        held.user.told = row[0]  # type: ignore[attr-defined] # of this request alone, and of no column
        found.append(held)
    return found


def tell_with_tokens(sql: str) -> None:
    """What the question for a token asks besides, for a room above this one: a SELECT of one value.

    It speaks of the account as `%(user)s` and of the moment as `%(at)s`; the answer is the account's `told`.
    """
    _Besides.sql = sql
    _statement.cache_clear()


class _Besides:
    sql = "NULL"


def _rows(key: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        _statement().run(cursor, {"key": key, "at": timezone.now()})
        return list(cursor.fetchall())


@cache
def _statement() -> prepared.Statement:
    """Asked at every call of the API, and so written once from the models' columns."""
    sql: str = ApiToken.objects.select_related("user").filter(token_key="").query.sql_with_params()[0]
    besides = _Besides.sql.replace("%(user)s", '"accounts_apitoken"."user_id"')
    sql = sql.replace("SELECT ", f"SELECT ({besides}), ", 1).replace("%s", "%(key)s")
    return prepared.Statement("psq_token", sql, {"key": "text", "at": "timestamptz"})


@cache
def _columns(model: type[Model]) -> list[str]:
    return [each.attname for each in model._meta.concrete_fields]


def _token(clear: str) -> ApiToken:
    """The token in force of an account in force. Nothing is deleted here: that is the worker's."""
    if not TOKEN_SHAPE.fullmatch(clear):
        raise Unauthorised
    digest = hash_token(clear)
    candidates = _candidates(clear[: CONSTANTS.TOKEN_KEY_LENGTH])
    held = next((each for each in candidates if compare_digest(each.digest, digest)), None)
    now = timezone.now()
    if held is None or (held.expiry is not None and held.expiry <= now) or not held.user.is_active:
        raise Unauthorised
    if held.last_used_at is None or held.last_used_at <= now - USE_NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        ApiToken.objects.filter(unnoted, pk=held.pk).update(last_used_at=now)
        held.last_used_at = now
    return held


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # a registering metaclass
    """How the schema describes the token."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The OpenAPI security scheme."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <token>`",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # a registering metaclass
    """How the schema describes the session."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The OpenAPI security scheme."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
