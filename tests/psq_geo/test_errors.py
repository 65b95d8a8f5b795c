"""What is refused and what fails: a problem document under the API, a page elsewhere."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory

from accounts.changes import create_token, suspend
from psq_geo import errors

MEMBERS = {"type", "title", "status", "detail", "code", "errors"}
PROGRAMS = ["/api/nothing/", "/ogc/collections/none", "/wfs/none", "/open311/v2/none.json"]


@pytest.fixture
def client(db) -> Client:
    return Client(SERVER_NAME="localhost", raise_request_exception=False)


@pytest.mark.parametrize("path", PROGRAMS)
def test_no_such_address_for_a_program(client: Client, path):
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    document = response.json()
    assert set(document) == MEMBERS
    assert (document["status"], document["code"], document["type"]) == (404, "not_found", "about:blank")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/rien/", "/signaler/nulle-part/", "/apis/", "/preoccupations/A%00B/"])
def test_no_such_page_for_a_person(client: Client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


def test_the_words_of_a_problem_follow_the_language(client: Client):
    french = client.get("/api/nothing/", headers={"Accept-Language": "fr"})
    english = client.get("/api/nothing/", headers={"Accept-Language": "en"})
    assert french.json()["title"] != english.json()["title"]
    assert french.json()["code"] == english.json()["code"]
    assert "Accept-Language" in french["Vary"]


@pytest.mark.parametrize(
    "path", ["/api/incidents/", "/api/locate/batch/", "/api/sectors/", "/api/locate/?lon=6&lat=44"]
)
def test_a_strange_host(client: Client, path):
    response = client.get(path, headers={"host": "evil.example"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert b"evil" not in response.content


@pytest.mark.parametrize("path", ["/", "/connexion/", "/nothing", "/static/x", "/preoccupations/"])
@pytest.mark.parametrize("host", ["evil.example", "a b", "[::1", "x" * 300])
def test_a_strange_host_of_a_page(client: Client, path, host):
    response = client.get(path, headers={"host": host})
    assert response.status_code == 400
    assert host.encode() not in response.content


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (lambda r: errors.bad_request(r, SuspiciousOperation()), 400),
        (lambda r: errors.forbidden(r, PermissionDenied()), 403),
        (lambda r: errors.not_found(r, Exception("the secret of /etc/passwd")), 404),
        (errors.server_error, 500),
    ],
)
def test_the_four_handlers(db, handler, status):
    program = handler(RequestFactory().get("/api/x/"))
    assert (program.status_code, program["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(program.content)["status"] == status
    assert b"secret" not in program.content


def test_a_fault_of_ours_says_nothing_of_itself(client: Client, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret password is 1234")

    monkeypatch.setattr("sectors.views.locate.locate", broken)
    response = client.get("/api/locate/?lon=6&lat=44")
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert response.json()["code"] == "server_error"
    assert b"1234" not in response.content


@pytest.mark.parametrize(
    "token", ["", "Token", "Token ", "Token x y", "Bearer abc", "Basic YTpi", "Token \x00", "Token " + "a" * 5000]
)
@pytest.mark.parametrize("path", ["/api/incidents/", "/api/locate/?lon=6&lat=44", "/api/sectors/", "/api/communes/"])
def test_an_authorization_that_is_none(client: Client, path, token):
    response = client.get(path, headers={"Authorization": token})
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    assert response["WWW-Authenticate"] == "Token"


def test_a_refused_anonymous_is_never_redirected(client: Client):
    for path in ("/api/incidents/", "/api/incidents/0000-0000/", "/api/incidents/0000-0000/routing/"):
        response = client.get(path)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")
        assert "Location" not in response


@pytest.mark.parametrize(
    "path", ["/api/locate/?lon=6&lat=44", "/api/sectors/", "/api/incidents/", "/api/nothing/", "/api/locate/"]
)
@pytest.mark.parametrize("cookie", [False, True], ids=["without a session", "with one"])
def test_what_a_browser_may_do_with_an_answer(client: Client, path, cookie):
    """The same on the short way past the pages' middleware and on the whole one."""
    if cookie:
        client.cookies["sessionid"] = "of nobody"
    response = client.get(path)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "Accept-Language" in response["Vary"]
    assert response["Content-Language"] == "fr"


def shown(scheme: str, credentials: str) -> dict[str, str]:
    if scheme == "Basic":
        credentials = base64.b64encode(f"qgis:{credentials}".encode()).decode()
    return {"Authorization": f"{scheme} {credentials}"}


@pytest.mark.parametrize(
    "path",
    [
        *(each for each in PROGRAMS if "collections" not in each),
        "/ogc/x",
        "/ogc//",
        "/wfs/x",
        "/wfs/x?SERVICE=WFS",
        "/open311/v2/x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_a_bad_token_is_told_under_every_address_of_programs(client: Client, path, method):
    """401 with the challenge of the place for a token that never was, 404 for nobody; never a redirect."""
    basic = path.startswith(("/ogc", "/wfs"))
    for scheme in ("Token", "Basic"):
        answer = client.generic(method, path, headers=shown(scheme, "psq_" + "0" * 64))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == ('Basic realm="psq_geo", charset="UTF-8"' if basic else "Token")
        assert answer["Content-Type"] == "application/problem+json"
    assert client.generic(method, path).status_code == 404


@pytest.mark.parametrize("path", ["/ogc", "/ogc/", "/ogc/collections/none", "/wfs", "/wfs/", "/wfs?SERVICE=WFS"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_bad_token_is_told_where_there_is_something_too(client: Client, path, method):
    for scheme in ("Token", "Basic"):
        answer = client.generic(method, path, headers=shown(scheme, "psq_" + "0" * 64))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == 'Basic realm="psq_geo", charset="UTF-8"'


@pytest.mark.parametrize(
    ("path", "status"),
    [("/ogc/collections/none", 404), ("/ogc/collections/incidents", 200), ("/ogc", 200), ("/wfs", 400)],
)
@pytest.mark.parametrize("scheme", ["Token", "Basic"])
def test_a_token_in_force_is_taken_either_way_where_gis_programs_ask(client: Client, person, path, status, scheme):
    clear = create_token(user=person("partner_a"), name="QGIS", ttl=timedelta(days=1))
    assert client.get(path, headers=shown(scheme, clear)).status_code == status
    assert client.get("/api/nothing/", headers=shown(scheme, clear)).status_code == (404 if scheme == "Token" else 401)
    suspend(user=person("partner_a"))
    assert client.get(path, headers=shown(scheme, clear)).status_code == 401
