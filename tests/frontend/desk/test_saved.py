"""Filters kept under a name, private to their person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.changes.erasing import anonymise
from accounts.changes.saved import MOST
from accounts.models import SavedFilter
from frontend.own_data import document

SAVED, LIST = "/preoccupations/filtres/", "/preoccupations/"


def keep(client, name="Retards", query="due=late&status=open", **more):
    return client.post(SAVED, {"name": name, "query": query, **more}, follow=True)


def test_a_filter_is_kept_for_oneself_alone(seen_by, person):
    client = seen_by("referent_a")
    answer = keep(client)
    assert answer.redirect_chain == [("/preoccupations/?status=open&due=late", 302)]
    page = answer.content.decode()
    assert "Le filtre est gardé, pour vous seul." in page
    assert 'href="/preoccupations/?status=open&amp;due=late" aria-current="true"' in page
    assert "Retards" not in seen_by("referent_b").get(LIST).content.decode()
    assert document(person("referent_a"), datetime.now(UTC))["saved_filters"] == [
        {"name": "Retards", "query": "status=open&due=late"}
    ]


def test_the_same_name_takes_the_place_and_a_filter_can_be_taken_off(seen_by):
    client = seen_by("referent_a")
    keep(client)
    keep(client, query="category=tag")
    assert SavedFilter.objects.get().query == "category=tag"
    keep(seen_by("referent_b"), drop="1")
    assert SavedFilter.objects.exists()
    keep(client, drop="1")
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "told"),
    [
        ("", "due=late", "Donnez un nom"),
        ("x" * 61, "due=late", "Donnez un nom"),
        ("Rien", "", "Filtrez d’abord"),
        ("Rien", "page=3&inconnu=1", "Filtrez d’abord"),
        ("06 12 34 56 78", "due=late", "aucune personne"),
        ("Plaque", "q=AB-123-CD", "aucune personne"),
    ],
)
def test_what_is_no_filter_is_not_kept(seen_by, name, query, told):
    assert told in keep(seen_by("referent_a"), name, query).content.decode()
    assert not SavedFilter.objects.exists()


def test_there_is_an_end_to_them_and_they_go_with_the_account(seen_by, person):
    client = seen_by("partner_a")
    for number in range(MOST):
        keep(client, f"Filtre {number}")
    assert "Vingt filtres" in keep(client, "Un de trop").content.decode()
    assert SavedFilter.objects.count() == MOST
    anonymise(user=person("partner_a"), at=datetime.now(UTC))
    assert not SavedFilter.objects.exists()
