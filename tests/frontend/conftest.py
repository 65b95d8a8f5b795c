"""Pages asked by Django's own client, signed in by session as a person is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.changes import create_user
from accounts.models import User
from incidents import changes
from incidents.models import Incident, ReceivedVia
from tests.accounts.provider import CLIENT, SECRET, Provider

HYPER_CENTRE = {"lon": 6.0786, "lat": 44.5594}


@pytest.fixture
def seen_by(person: Callable[[str], User], settings: Any) -> Callable[[str], Client]:
    """A client signed in as a member of the cast; "" is anonymous."""
    settings.THROTTLES = False

    def client(name: str) -> Client:
        made = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
        if name:
            made.force_login(person(name))
        return made

    return client


@pytest.fixture
def reported(person: Callable[[str], User]) -> Callable[..., Incident]:
    """Reports a concern in the centre of Gap as a member of the cast."""

    def report(name: str = "partner_a", **changed: Any) -> Incident:
        author = person(name)
        given: dict[str, Any] = {
            **HYPER_CENTRE,
            "category": "tapage",
            "description": "Bruit le soir dans le hall.",
            "partner": author.mandates.values_list("partner_id", flat=True).first(),
            "home": None,
            "received_via": ReceivedVia.WEB,
        }
        return changes.report(author=author, **{**given, **changed})

    return report


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """An identity provider that really answers on the loopback, and the settings that name it."""
    made = Provider()
    settings.THROTTLES = False
    settings.PROCONNECT = True
    settings.OIDC_OP_ISSUER = made.issuer
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
    for name, path in {"AUTHORIZATION": "authorize", "TOKEN": "token", "USER": "userinfo", "JWKS": "jwks",
                       "LOGOUT": "session/end"}.items():  # fmt: skip
        setattr(settings, f"OIDC_OP_{name}_ENDPOINT", f"{made.issuer}/{path}")
    yield made
    made.stop()


@pytest.fixture
def somebody(db: None) -> User:
    """The account of the person whom the provider knows."""
    return create_user(email="somebody@psq.example", password=None)


@pytest.fixture
def visitor() -> Client:
    """A browser that nobody has signed in."""
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
