"""Every answer tells the browser what it may do with it: pages, data, files, redirects, refusals and faults."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client, override_settings

from psq_geo.guards import GUARDS, PERMISSIONS, POLICY

# What SecurityMiddleware adds to ours.
EVERYWHERE = (*GUARDS, "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
SELF_ONLY = "'self'"


@pytest.fixture
def client(db: None) -> Client:
    return Client(SERVER_NAME="localhost", raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/connexion/", 200),
        ("/bureau/", 302),
        ("/rien/", 404),
        ("/admin/", 302),
        ("/healthz", 200),
        ("/favicon.ico", 301),
        ("/api/schema/", 200),
        ("/api/docs/", 200),
        ("/api/rien/", 404),
        ("/api/incidents/", 401),
        ("/api/locate/", 400),
        ("/api/locate/?lon=6.0786&lat=44.5594", 200),
    ],
)
def test_every_kind_of_answer(client: Client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert [name for name in EVERYWHERE if name not in response.headers] == []
    assert response["X-Frame-Options"] == "DENY"
    assert response["Permissions-Policy"] == PERMISSIONS
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/api/locate/?lon=6&lat=44", "/api/incidents/"])
def test_a_wrong_host(client: Client, path):
    response = client.get(path, headers={"host": "evil.example"})
    assert response.status_code == 400
    assert [name for name in EVERYWHERE if name not in response.headers] == []
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ("frontend.views.home.render", "/"),
        ("sectors.views.locate.locate", "/api/locate/?lon=6&lat=44"),
    ],
    ids=["a page", "the short way"],
)
def test_a_fault_of_ours(client: Client, monkeypatch, broken, path):
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("never told")

    monkeypatch.setattr(broken, breaks)
    response = client.get(path)
    assert response.status_code == 500
    assert [name for name in EVERYWHERE if name not in response.headers] == []
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_static_files(client: Client, tmp_path):
    (tmp_path / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    with override_settings(STATIC_ROOT=tmp_path):
        response = Client(SERVER_NAME="localhost").get("/static/icon.svg")
    assert response.status_code == 200
    assert b"".join(response).startswith(b"<svg")
    assert [name for name in EVERYWHERE if name not in response.headers] == []
    # An image opened alone runs no script.
    assert response["Content-Security-Policy"] == POLICY


def directives(policy: str) -> dict[str, set[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("path", ["/", "/connexion/", "/rien/", "/admin/", "/api/docs/"])
def test_the_policy_of_pages_allows_no_script_within_them(client: Client, path):
    policy = directives(client.get(path)["Content-Security-Policy"])
    assert policy["default-src"] == {"'none'"}
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == {SELF_ONLY}
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == {"'none'"}
    assert policy["form-action"] == {SELF_ONLY}
    everything = set().union(*policy.values())
    assert not [each for each in everything if "unsafe" in each or "nonce" in each or "*" in each or "http" in each]


def test_https_is_for_good_in_production(db: None):
    """The settings of production are read by check --deploy; here, what the browser is told on each way."""
    with override_settings(
        SECURE_HSTS_SECONDS=31_536_000,
        SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
        SECURE_HSTS_PRELOAD=True,
        SECURE_SSL_REDIRECT=True,
        SECURE_REDIRECT_EXEMPT=[r"^healthz$"],
    ):
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        for path in ("/", "/api/locate/?lon=6&lat=44", "/rien/", "/api/rien/"):
            secure = client.get(path, secure=True)
            assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
            plain = client.get(path)
            assert (plain.status_code, plain["Location"]) == (301, f"https://localhost{path}")
            assert "Strict-Transport-Security" not in plain.headers
            assert [name for name in GUARDS if name not in plain.headers] == []
        assert client.get("/healthz").status_code == 200


def test_the_guards_stand_outermost():
    assert settings.MIDDLEWARE[0] == "psq_geo.guards.guarded"
