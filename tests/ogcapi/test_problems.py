"""Problem documents: their members and headers, and every exception's own."""

import json
import logging
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.test import RequestFactory
from django.utils.translation import gettext_lazy
from rest_framework import exceptions as drf
from rest_framework import serializers

from ogcapi import problems
from ogcapi.geojson import FieldError, Refused
from ogcapi.geojson.refusals import refusal


def document(response: Any) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Accept-Language" in response.headers["Vary"]
    content: dict[str, Any] = json.loads(response.content)
    assert set(content) == {"type", "title", "status", "detail", "code", "errors"}
    assert content["status"] == response.status_code
    assert content["title"]
    assert content["detail"]
    return content


def content(response: Any) -> bytes:
    return bytes(response.content)


# --- the document


def test_a_problem_says_what_it_is_told():
    response = problems.problem(
        422,
        code="looks_swapped",
        title="A title",
        detail=gettext_lazy("Some words"),
        errors=[FieldError("geometry.coordinates", "looks_swapped", gettext_lazy("Other words"))],
        headers={"X-Other": "1"},
    )
    assert document(response) == {
        "type": "/problems/looks_swapped",
        "title": "A title",
        "status": 422,
        "detail": "Some words",
        "code": "looks_swapped",
        "errors": [{"field": "geometry.coordinates", "code": "looks_swapped", "message": "Other words"}],
    }
    assert response.headers["X-Other"] == "1"


@pytest.mark.parametrize("status", sorted(problems.GENERIC))
def test_a_status_alone_is_enough(status: int):
    response = problems.problem(status)
    assert document(response)["type"] == "about:blank"
    assert ("Retry-After" in response.headers) == (status in (429, 503))
    assert ("WWW-Authenticate" in response.headers) == (status == 401)


def test_headers_given_replace_the_usual_ones():
    assert problems.problem(503, headers={"Retry-After": "30"}).headers["Retry-After"] == "30"
    assert problems.problem(401, headers={"WWW-Authenticate": "Basic"}).headers["WWW-Authenticate"] == "Basic"


# --- exceptions

CASES: list[tuple[Exception, int, str]] = [
    (Http404("No Thing matches the given query."), 404, "not_found"),
    (drf.NotFound(), 404, "not_found"),
    (drf.NotFound("Thing 7 is another's"), 404, "not_found"),
    (PermissionDenied("secret"), 403, "permission_denied"),
    (drf.PermissionDenied(), 403, "permission_denied"),
    (drf.PermissionDenied("A reason is needed.", "reason_needed"), 403, "reason_needed"),
    (drf.NotAuthenticated(), 401, "not_authenticated"),
    (drf.AuthenticationFailed("User inactive or deleted."), 401, "authentication_failed"),
    (drf.MethodNotAllowed("PATCH"), 405, "method_not_allowed"),
    (drf.NotAcceptable(), 406, "not_acceptable"),
    (drf.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
    (drf.ParseError(), 400, "parse_error"),
    (drf.Throttled(wait=12.2), 429, "throttled"),
    (drf.APIException(), 500, "error"),
    (RequestDataTooBig("too big"), 413, "too_large"),
    (SuspiciousOperation("x"), 400, "bad_request"),
    (BadRequest("x"), 400, "bad_request"),
    (UnreadablePostError("x"), 400, "bad_request"),
    (OperationalError("server closed the connection"), 503, "unavailable"),
    (InterfaceError("connection already closed"), 503, "unavailable"),
    (refusal("lon", "out_of_range", low=-180, high=180), 400, "out_of_range"),
    (refusal("", "too_large", limit=1), 413, "too_large"),
    (refusal("", "unsupported_charset"), 415, "unsupported_charset"),
    (Refused([], status=409, code="in_progress", detail="Wait"), 409, "in_progress"),
]


@pytest.mark.parametrize(("error", "status", "code"), CASES, ids=lambda each: repr(each)[:60])
def test_exceptions(error: Exception, status: int, code: str):
    response = problems.response_for(error, allow=["GET"])
    assert response is not None
    assert response.status_code == status
    assert document(response)["code"] == code


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), DataError("x"), RecursionError("x")])
def test_faults_of_ours_are_left_to_the_framework(error: Exception):
    assert problems.response_for(error) is None
    assert problems.exception_handler(error, {}) is None


def test_what_is_missing_and_what_is_hidden_look_alike():
    answers = [problems.response_for(error) for error in (Http404("a"), drf.NotFound("b"), Http404())]
    assert len({each.content for each in answers if each}) == 1


@pytest.mark.parametrize("kind", [PermissionDenied, OperationalError, SuspiciousOperation])
def test_the_words_of_an_inner_exception_stay_inside(kind: type[Exception]):
    response = problems.response_for(kind("secret"))
    assert response is not None
    assert b"secret" not in response.content


def test_a_database_failure_is_logged(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR, "ogcapi.problems"):
        problems.response_for(OperationalError("gone"))
    assert [record.exc_info[1].args for record in caplog.records if record.exc_info] == [("gone",)]  # type: ignore[union-attr]


def test_headers_of_exceptions():
    throttled = problems.response_for(drf.Throttled(wait=0.2))
    unknown = problems.response_for(drf.Throttled())
    failed = problems.response_for(OperationalError())
    not_allowed = problems.response_for(drf.MethodNotAllowed("PUT"), allow=["GET", "HEAD"])
    assert throttled
    assert unknown
    assert failed
    assert not_allowed
    assert throttled.headers["Retry-After"] == "1"
    assert unknown.headers["Retry-After"] == "60"
    assert failed.headers["Retry-After"] == "5"
    assert not_allowed.headers["Allow"] == "GET, HEAD"


def test_errors_of_serializers_keep_their_paths():
    class Item(serializers.Serializer[Any]):
        name = serializers.CharField(max_length=3)

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            if attrs["name"] == "bad":
                raise serializers.ValidationError("Not this.", "not_this")
            return attrs

    class Order(serializers.Serializer[Any]):
        number = serializers.IntegerField(min_value=1, max_value=9)
        items = Item(many=True)
        tags = serializers.ListField(child=serializers.CharField(max_length=2))

    order = Order(
        data={"number": "x", "items": [{"name": "ok"}, {"name": "long"}, {}, {"name": "bad"}], "tags": ["abc"]}
    )
    with pytest.raises(drf.ValidationError) as caught:
        order.is_valid(raise_exception=True)
    response = problems.response_for(caught.value)
    content = document(response)
    assert content["code"] == "invalid"
    assert [(each["field"], each["code"]) for each in content["errors"]] == [
        ("number", "invalid"),
        ("items[1].name", "max_length"),
        ("items[2].name", "required"),
        ("items[3]", "not_this"),
        ("tags[0]", "max_length"),
    ]


def test_an_error_of_no_field():
    content = document(problems.response_for(drf.ValidationError("No.", "no")))
    assert (content["code"], content["errors"]) == ("no", [{"field": "", "code": "no", "message": "No."}])


factory = RequestFactory()


# --- plain views


@problems.answers("GET")
def thing(request: HttpRequest, number: int) -> HttpResponse:
    """A view that fails for some numbers."""
    if number == 0:
        raise Http404
    if number == 1:
        raise refusal("number", "out_of_range", low=2, high=9)
    if number == 2:
        raise ValueError
    return HttpResponse(str(number))


def test_a_plain_view_answers_with_problems():
    assert content(thing(factory.get("/"), 7)) == b"7"
    assert document(thing(factory.get("/"), 0))["status"] == 404
    assert document(thing(factory.get("/"), number=1))["errors"][0]["field"] == "number"
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        thing(factory.get("/"), 2)
    assert thing.__name__ == "thing"


def test_methods_of_a_plain_view():
    assert thing(factory.head("/"), 7).status_code == 200
    assert thing(factory.head("/"), 0).status_code == 404
    options = thing(factory.options("/"), 0)
    assert (options.status_code, content(options), options.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    post = thing(factory.post("/"), 7)
    assert (document(post)["status"], post.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_plain_view_that_minds_its_methods_itself():
    @problems.answers
    def own(request: HttpRequest) -> HttpResponse:
        return HttpResponseNotAllowed(["PUT"]) if request.method != "PUT" else HttpResponse("ok")

    refused = own(factory.options("/"))
    assert (document(refused)["status"], refused.headers["Allow"]) == (405, "PUT")
    assert content(own(factory.put("/"))) == b"ok"


def test_a_plain_view_for_writing_takes_no_head():
    @problems.answers("POST")
    def write(request: HttpRequest) -> HttpResponse:
        return HttpResponse("written")

    assert content(write(factory.post("/"))) == b"written"
    assert write(factory.head("/")).headers["Allow"] == "POST, OPTIONS"
    assert write(factory.options("/")).headers["Allow"] == "POST, OPTIONS"
