"""`/api/` shows the way: every address it names answers, and the documentation is among them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import resolve

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
