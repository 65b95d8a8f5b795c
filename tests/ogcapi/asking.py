"""Somebody who asks the service about one collection, as the tests of the standard do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client


@dataclass(frozen=True)
class Asker:
    """Somebody who asks of one collection."""

    name: str
    client: Client

    @property
    def items(self) -> str:
        return f"/collections/{self.name}/items"

    def answer(self, address: str, **query: str) -> Any:
        response = self.client.get(f"/ogc{address}", query)
        assert response.status_code == 200, response.content
        return response

    def got(self, address: str, **query: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.answer(address, **query).content)
        return found

    def features(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.got(self.items, **query)["features"]
        return found

    def described(self) -> dict[str, Any]:
        (found,) = (each for each in self.got("/collections")["collections"] if each["id"] == self.name)
        return dict(found)

    def pages(self, **query: str) -> Iterator[dict[str, Any]]:
        page = self.got(self.items, **query)
        while True:
            yield page
            following = [each["href"] for each in page["links"] if each["rel"] == "next"]
            if not following:
                return
            page = self.got(following[0].removeprefix("http://localhost/ogc"))

    def parameter(self, name: str) -> dict[str, Any]:
        document = self.got("/api")
        listed = document["paths"][self.items]["get"]["parameters"]
        assert {"$ref": f"#/components/parameters/{name}"} in listed
        found: dict[str, Any] = document["components"]["parameters"][name]
        assert (found["name"], found["in"], found["required"]) == (name, "query", False)
        assert (found["style"], found["explode"]) == ("form", False)
        return found

    def refused(self, address: str, **query: str) -> None:
        response = self.client.get(f"/ogc{address}", query)
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert json.loads(response.content)["status"] == 400


def rels(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The links by what they lead to; each names its media type and an absolute address."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in document["links"]:
        assert each["type"], each
        assert each["href"].startswith("http://localhost/ogc"), each
        found.setdefault(each["rel"], []).append(each)
    return found


def linked(document: dict[str, Any], kind: str) -> None:
    """To itself, with its type, and to a page for a person."""
    found = rels(document)
    assert [each["type"] for each in found["self"]] == [kind]
    assert "text/html" in {each["type"] for each in found["alternate"]}
