from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView

from accounts.authentication import (
    SessionAuthentication,
    TokenAuthentication,
    Unauthorised,
    authenticated,
)
from accounts.changes import create_token, suspend
from accounts.models import ApiToken
from ogcapi.problems import answers

rf = RequestFactory()


@answers("GET", "POST")
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(authenticated(request).get_username())


@answers("GET")
def for_gis(request: HttpRequest) -> HttpResponse:
    return HttpResponse(authenticated(request, basic=True).get_username())


class Framework(APIView):
    authentication_classes = (TokenAuthentication, SessionAuthentication)
    permission_classes = (IsAuthenticated,)

    def get(self, request):
        return HttpResponse(request.user.get_username())

    post = get


VIEWS = pytest.mark.parametrize("view", [plain, Framework.as_view()], ids=["plain", "framework"])


def asked(header: str | None, method: str = "get", **meta) -> HttpRequest:
    request: HttpRequest = getattr(rf, method)("/", **meta)
    if header is not None:
        request.META["HTTP_AUTHORIZATION"] = header
    request.user = AnonymousUser()
    return request


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


@VIEWS
@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN"])
def test_a_token_is_its_account_in_one_query(view, scheme, clear_token, django_assert_num_queries):
    view(asked(f"Token {clear_token}"))  # notes the first use
    # 1. the token and its account
    with django_assert_num_queries(1):
        response = view(asked(f"{scheme} {clear_token}"))
    assert response.status_code == 200
    assert response.content == b"personne@psq.example"


@VIEWS
@pytest.mark.parametrize(
    "header",
    [
        "",  # granian hands on an unreadable header so
        " ",
        "Token",
        "Token ",
        "Token x",
        "Token " + "a" * 129,
        "Token " + "a" * 100_000,
        "Token psq_\0" + "a" * 40,
        "Token psq_é" + "a" * 40,
        "Token psq_\udcff" + "a" * 40,
        "Token psq_" + "a" * 30 + " " + "a" * 30,
        "Token psq_" + "a" * 30 + "' OR 1=1 --",
        "Bearer psq_" + "a" * 64,
        "Basic cGVyc29ubmU6bW90",
        "Basic !!!",
        "Negotiate",
        "\xff\xfe",
    ],
)
def test_what_no_token_can_be_is_401_without_a_query(view, header, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = view(asked(header))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Token"
    assert response.headers["Content-Type"] == "application/problem+json"


@VIEWS
def test_unknown_expired_suspended_and_near_misses_are_the_same_401(view, somebody, clear_token):
    late = create_token(user=somebody, name="", ttl=timedelta(seconds=-1))
    other = create_token(user=somebody, name="", ttl=timedelta(days=1))
    bodies = {
        view(asked(f"Token {wrong}")).content
        for wrong in (
            "psq_" + "0" * 64,
            late,
            clear_token[:-1],
            clear_token + "0",
            clear_token.upper(),
            clear_token[:15] + other[15:],
        )
    }
    type(somebody).objects.update(is_active=False)
    response = view(asked(f"Token {clear_token}"))
    assert response.status_code == 401
    assert bodies == {response.content}
    assert ApiToken.objects.count() == 3, "asking deletes nothing"


def test_a_token_ends_at_its_moment(somebody):
    now = timezone.now()
    clear = create_token(user=somebody, name="", ttl=timedelta(days=2))
    with time_machine.travel(now + timedelta(days=1, hours=23), tick=False):
        assert plain(asked(f"Token {clear}")).status_code == 200
    with time_machine.travel(now + timedelta(days=2, seconds=1), tick=False):
        assert plain(asked(f"Token {clear}")).status_code == 401


def test_the_last_use_is_noted_once_an_hour(clear_token, django_assert_num_queries):
    noted = lambda: ApiToken.objects.get().last_used_at  # noqa: E731
    assert noted() is None
    first = timezone.now()
    with time_machine.travel(first, tick=False):
        plain(asked(f"Token {clear_token}"))
    assert noted() == first
    with time_machine.travel(first + timedelta(minutes=59), tick=False), django_assert_num_queries(1):
        plain(asked(f"Token {clear_token}"))
    assert noted() == first
    # 1. the token  2. its last use
    with time_machine.travel(first + timedelta(minutes=60), tick=False), django_assert_num_queries(2):
        plain(asked(f"Token {clear_token}"))
    assert noted() == first + timedelta(minutes=60)


def test_basic_carries_the_token_as_password_where_it_is_taken(clear_token):
    for user in (b"", b"whoever", "é".encode()):
        response = for_gis(asked(basic(user + b":" + clear_token.encode())))
        assert isinstance(response, HttpResponse)
        assert response.content == b"personne@psq.example"
    assert for_gis(asked(f"Token {clear_token}")).status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic", "Basic é", "Basic Zm9v", "Basic " + "A" * 7, basic(b"\xff:\xfe"), basic(b"x:"), "Token x"]
)
def test_a_bad_basic_header_is_asked_again_as_basic(header, db):
    response = for_gis(asked(header))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_nobody_is_anonymous_for_a_plain_view_and_401_where_an_account_is_needed(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert authenticated(asked(None)).is_anonymous
        assert plain(asked(None)).status_code == 200
        response = Framework.as_view()(asked(None))
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Token")


def test_the_token_goes_before_the_session_and_a_bad_one_is_not_saved_by_it(somebody, clear_token):
    request = asked("Token psq_" + "0" * 64)
    request.user = somebody
    with pytest.raises(Unauthorised):
        authenticated(request)
    assert Framework.as_view()(request).status_code == 401


def test_a_session_that_writes_needs_the_csrf_token_and_a_token_does_not(somebody, clear_token):
    reading, writing = asked(None), asked(None, "post")
    reading.user = writing.user = somebody
    assert authenticated(reading) == somebody
    with pytest.raises(PermissionDenied):
        authenticated(writing)
    assert plain(writing).status_code == 403
    assert authenticated(writing, csrf=False) == somebody, "for a view that writes nothing"
    assert Framework.as_view()(writing).status_code == 403
    assert plain(asked(f"Token {clear_token}", "post")).status_code == 200

    proven = asked(None, "post", HTTP_X_CSRFTOKEN="a" * 32)
    proven.COOKIES["csrftoken"] = "a" * 32
    proven.user = somebody
    assert authenticated(proven) == somebody


def test_a_suspended_account_is_nobody_in_its_session(somebody):
    request = asked(None)
    request.user = somebody
    suspend(user=somebody)
    assert authenticated(request).is_anonymous
    assert Framework.as_view()(request).status_code == 401
