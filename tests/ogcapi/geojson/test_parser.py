"""The strict reader inside REST framework: what a view answers through the problem documents."""

import json
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework import exceptions as drf
from rest_framework.authentication import BaseAuthentication
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from ogcapi import problems
from ogcapi.geojson.parser import StrictGeoJSONParser, StrictJSONParser

from ..hostile import Hostile, bodies


def document(response: Any) -> dict[str, Any]:
    assert response.headers["Content-Type"] == problems.CONTENT_TYPE
    content: dict[str, Any] = json.loads(response.content)
    return content


class NoAuthentication(BaseAuthentication):
    def authenticate(self, request: Any) -> None:
        if "Authorization" in request.headers:
            raise drf.AuthenticationFailed

    def authenticate_header(self, request: Any) -> str:
        return 'Token realm="api"'


class Echo(APIView):
    authentication_classes = (NoAuthentication,)
    permission_classes = ()
    parser_classes = (StrictJSONParser, StrictGeoJSONParser)
    renderer_classes = (JSONRenderer,)

    def get_exception_handler(self) -> Any:
        return problems.exception_handler

    def get(self, request: Any) -> Response:
        raise drf.NotAuthenticated

    def post(self, request: Any) -> Response:
        data = request.data
        return Response({"data": data, "bytes": len(request.body)})


factory = RequestFactory()


def test_a_view_answers_with_problems():
    view = Echo.as_view()
    missing = view(factory.get("/"))
    wrong = view(factory.get("/", headers={"Authorization": "Token x"}))
    for response in (missing, wrong):
        assert response.status_code == document(response)["status"] == 401
        assert response.headers["WWW-Authenticate"] == 'Token realm="api"'
    not_allowed = view(factory.delete("/"))
    assert document(not_allowed)["code"] == "method_not_allowed"
    assert not_allowed.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert document(view(factory.post("/", b"{}", content_type="text/csv")))["code"] == "unsupported_media_type"
    unacceptable = view(factory.get("/", headers={"Accept": "text/csv"}))
    assert unacceptable.status_code == 406


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/geo+json", "application/json; charset=utf-8"]
)
def test_the_parser_reads_strictly_and_leaves_the_body(content_type: str):
    body = b'{"a": [1, "b"]}'
    response = Echo.as_view()(factory.post("/", body, content_type=content_type))
    assert response.data == {"data": {"a": [1, "b"]}, "bytes": len(body)}


@pytest.mark.parametrize(
    "case",
    # Without bytes REST framework calls no parser and the view sees no data: its own rules name what is required.
    [case for case in bodies() if case.code != "empty_body" or case.body],
    ids=lambda case: case.name,
)
def test_a_view_with_the_strict_parser_refuses_the_corpus(case: Hostile):
    response = Echo.as_view()(factory.generic("POST", "/", case.body, content_type=case.content_type))
    content = document(response)
    assert (content["status"], content["code"]) == (case.status, case.code)
    if content["errors"]:
        assert content["errors"][0]["field"] == case.field


def test_a_body_too_large_by_its_own_word_is_not_read():
    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("read")

    request = factory.post("/", b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(StrictJSONParser.max_bytes + 1)
    request._stream = Unread()  # type: ignore[assignment]
    assert document(Echo.as_view()(request))["status"] == 413
