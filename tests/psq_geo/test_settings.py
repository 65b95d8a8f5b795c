"""The settings refuse to start what is neither the demonstration nor safe. Each case is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from psq_geo.settings import KNOWN_KEY
from tests.conftest import ROOT

GOOD = "k7Qe2mZx9RbW4tYcV1nLs8JdHf3GpTa6UoEi5KvXwMzNqByCrD0SgPhA"
SHOWN = (
    "import json; from psq_geo import settings as s;"
    " print(json.dumps([s.DEMO, s.SECRET_KEY, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_NAME"
    " if not s.DEMO else '', s.EMAIL_HOST_PASSWORD, s.DATABASES['default']['PASSWORD']]))"
)


def read(shown: str = SHOWN, /, **variables: str) -> tuple[list[object] | None, str]:
    """The settings as a process with these variables reads them, or None and what it said."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PSQ_") and k != "PGPASSWORD"}
    done = subprocess.run(
        [sys.executable, "-c", shown],
        cwd=ROOT,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    found: list[object] = json.loads(done.stdout)
    return found, ""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PSQ_DEMO": "0"}, "PSQ_SECRET_KEY"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY": ""}, "PSQ_SECRET_KEY"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY": KNOWN_KEY}, "random"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY": "short"}, "50 random"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY": "a" * 80}, "random"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY": GOOD, "PSQ_THROTTLES": "off"}, "PSQ_THROTTLES"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY_FILE": "/nowhere/at/all"}, "PSQ_SECRET_KEY_FILE"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY_FILE": os.devnull}, "empty"),
        ({"PSQ_DEMO": "0", "PSQ_SECRET_KEY": GOOD, "PSQ_SECRET_KEY_FILE": os.devnull}, "both"),
        ({"PSQ_DEMO": "perhaps"}, "on or off"),
        ({"PSQ_OIDC_CLIENT_ID": "x"}, "PSQ_OIDC_ISSUER"),
        ({"PSQ_OIDC_CLIENT_ID": "x", "PSQ_OIDC_ISSUER": "https://id.example"}, "PSQ_OIDC_CLIENT_SECRET"),
        (
            {
                "PSQ_DEMO": "0",
                "PSQ_SECRET_KEY": GOOD,
                "PSQ_OIDC_CLIENT_ID": "x",
                "PSQ_OIDC_CLIENT_SECRET": "y",
                "PSQ_OIDC_ISSUER": "http://id.example",
            },
            "PSQ_OIDC_ISSUER",
        ),
        (
            {
                "PSQ_DEMO": "0",
                "PSQ_SECRET_KEY": GOOD,
                "PSQ_OIDC_CLIENT_ID": "x",
                "PSQ_OIDC_CLIENT_SECRET": "y",
                "PSQ_OIDC_ISSUER": "https://id.example",
                "PSQ_OIDC_JWKS_URL": "http://id.example/keys",
            },
            "PSQ_OIDC_JWKS_URL",
        ),
        # Somebody prepares a real installation and forgets to say so.
        ({"PSQ_SECRET_KEY": GOOD}, "PSQ_DEMO"),
        ({"PSQ_SECRET_KEY_FILE": os.devnull}, "PSQ_DEMO"),
        ({"PSQ_BEHIND_PROXY": "1"}, "PSQ_DEMO"),
        ({"PSQ_TRUSTED_PROXIES": "1"}, "PSQ_DEMO"),
        ({"PSQ_TRUSTED_ORIGINS": "https://psq.example"}, "PSQ_DEMO"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_refused(variables, said):
    found, words = read(**variables)
    assert found is None
    assert words.startswith("django.core.exceptions.ImproperlyConfigured")
    assert said in words
    assert GOOD not in words


def test_without_any_variable_it_is_the_demonstration():
    found, words = read()
    assert found == [True, KNOWN_KEY, False, "", "", ""], words


def test_the_secrets_come_from_files(tmp_path: Path):
    (tmp_path / "key").write_text(GOOD + "\n")
    (tmp_path / "mail").write_text(" a password \r\n")
    found, words = read(
        PSQ_DEMO="0", PSQ_SECRET_KEY_FILE=str(tmp_path / "key"), PSQ_EMAIL_PASSWORD_FILE=str(tmp_path / "mail")
    )
    assert found == [False, GOOD, True, "__Host-session", " a password ", ""], words


def test_the_password_of_the_database_may_stand_in_libpq_s_own_file(tmp_path: Path):
    """With no PGPASSWORD Django hands on none, and libpq then reads PGPASSFILE."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    wrapper = DatabaseWrapper(
        {
            "NAME": "x", "USER": "x", "PASSWORD": "", "HOST": "x", "PORT": "1", "OPTIONS": {}, "CONN_MAX_AGE": 0,
            "TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": False,
        }
    )  # fmt: skip
    assert "password" not in wrapper.get_connection_params()


def test_the_identity_provider_is_named_by_the_environment():
    shown = (
        "import json; from psq_geo import settings as s; print(json.dumps([s.PROCONNECT, s.OIDC_OP_TOKEN_ENDPOINT,"
        " s.OIDC_OP_LOGOUT_ENDPOINT, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'], s.OIDC_RP_SIGN_ALGO,"
        " s.OIDC_TIMEOUT, s.OIDC_CREATE_USER]))"
    )
    found, words = read(
        shown,
        PSQ_OIDC_CLIENT_ID="x",
        PSQ_OIDC_CLIENT_SECRET="y",
        PSQ_OIDC_ISSUER="https://id.example/api/v2",
        PSQ_OIDC_LOGOUT_URL="https://out.example/end",
    )
    actions = ["'self'", "https://out.example"]
    token = "https://id.example/api/v2/token"
    assert found == [True, token, "https://out.example/end", actions, "RS256", 5, False], words
