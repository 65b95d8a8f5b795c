"""`/api/` shows the way: every address it names answers, and the documentation is among them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from accounts.changes import create_token
from accounts.models import User

pytestmark = pytest.mark.django_db


def test_the_way_to_everything():
    client = Client(SERVER_NAME="localhost")
    response = client.get("/api/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    document = response.json()
    links = {link["rel"]: link["href"] for link in document["links"]}
    assert links == {"service-desc": "/api/schema/", "service-doc": "/api/docs/"}
    for href in links.values():
        assert client.get(href).status_code == 200
    for href in document["addresses"].values():
        assert resolve(href)


def test_it_takes_nothing():
    client = Client(SERVER_NAME="localhost")
    assert client.get("/api/?format=json").status_code == 400
    assert client.post("/api/").status_code == 405


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("address", ["/api/", "/api/schema/"])
def test_a_token_that_does_not_hold_is_refused_here_too(person, address, warm):
    cache.clear()
    user = person("partner_a")
    token = create_token(user=user, name="test", ttl=timedelta(days=1))
    held = f"Token {token}"
    client = Client(SERVER_NAME="localhost")
    if warm:
        assert client.get(address).status_code == client.get(address, HTTP_AUTHORIZATION=held).status_code == 200
    # Not by the change, which removes the tokens: by the account alone.
    User.objects.filter(pk=user.pk).update(is_active=False)
    for given in (held, "Token psq_0123456789abcdef0123456789", ""):
        refused = client.get(address, HTTP_AUTHORIZATION=given)
        assert refused.status_code == 401
        assert (refused["WWW-Authenticate"], refused["Content-Type"]) == ("Token", "application/problem+json")
    assert client.get(address).status_code == 200


def test_the_document_is_only_read():
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert client.post("/api/schema/").status_code == 405
