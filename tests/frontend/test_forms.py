"""What people type: numbers as they are written here and elsewhere, texts that name nobody, moments that were."""

from __future__ import annotations

from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict

from frontend import drafts, places
from frontend.forms import PARIS, PlaceForm, WhatForm, is_future, occurred_at, text_mark
from frontend.texts import marked
from incidents.screening import screen
from sectors.atlas.directory import CategoryCard

NOISE = CategoryCard(1, 1, "tapage", "tranquillite", "Tranquillité", "Peace", "Tapage", "Noise", 1, True, True)


def posted(**given: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(given)
    return query


@pytest.mark.parametrize(
    ("lat", "lon", "read"),
    [
        ("44.5594", "6.0786", (44.5594, 6.0786)),
        ("44,5594", "6,0786", (44.5594, 6.0786)),
        (" 44.5594° ", "−6.0786", (44.5594, -6.0786)),
        ("44.5594, 6.0786", "", (44.5594, 6.0786)),
        ("44,5594 6,0786", "", (44.5594, 6.0786)),
        ("-90", "180", (-90.0, 180.0)),
        ("0", "0", (0.0, 0.0)),
    ],
)
def test_coordinates_read(lat: str, lon: str, read: tuple[float, float]) -> None:
    form = PlaceForm(posted(lat=lat, lon=lon))
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["lat"], form.cleaned_data["lon"]) == read


@pytest.mark.parametrize(
    ("lat", "lon", "field"),
    [
        ("", "", "lat"),
        ("44.5", "", "lon"),
        ("", "6.0", "lat"),
        ("nan", "6.0", "lat"),
        ("44.5", "Infinity", "lon"),
        ("1e999", "6", "lat"),
        ("90.1", "6", "lat"),
        ("44.5", "180.5", "lon"),
        ("44.5.1", "6", "lat"),
        ("٤٤", "six", "lon"),
        ("44.5\x00", "6", "lat"),
    ],
)
def test_coordinates_refused(lat: str, lon: str, field: str) -> None:
    assert field in PlaceForm(posted(lat=lat, lon=lon)).errors


def what(**given: Any) -> WhatForm:
    return WhatForm(posted(category="tapage", description="Bruit le soir.", **given), cards=[NOISE])


def described(text: str, **given: str) -> WhatForm:
    return WhatForm(posted(category="tapage", description=text, **given), cards=[NOISE])


def test_text_of_a_person_is_refused_where_it_is_certain() -> None:
    form = described("Appelez le 06 12 34 56 78")
    assert form.errors["description"].as_data()[0].code == "personal_data"
    # Having read it again changes nothing.
    assert described("Appelez le 06 12 34 56 78", read_again=text_mark("Appelez le 06 12 34 56 78")).errors


def test_text_that_may_name_a_person_is_read_again() -> None:
    text = "Attroupement devant chez M. Dupont."
    assert described(text).errors["description"].as_data()[0].code == "read_again"
    assert described(text, read_again=text_mark(text)).is_valid()
    # The confirmation is of this text and of no other.
    assert not described("Attroupement devant chez Mme Martin.", read_again=text_mark(text)).is_valid()


def test_text_of_a_thousand_characters() -> None:
    assert described("a" * 1000).is_valid()
    assert not described("a" * 1001).is_valid()


def test_moments() -> None:
    assert what(occurred_on="2026-03-29", occurred_time="02:30").is_valid()
    assert what(occurred_on="29/03/2026").is_valid()
    assert "occurred_on" in what(occurred_time="02:30").errors
    assert "occurred_on" in what(occurred_on="2199-01-01").errors
    assert "occurred_on" in what(occurred_on="hier").errors
    assert occurred_at(None, None) is None
    assert occurred_at(date(2026, 3, 1), None) == datetime(2026, 3, 1, 12, tzinfo=PARIS)


def test_today_is_not_the_future(monday: datetime) -> None:
    assert not is_future(date(2026, 11, 23), None)
    assert not is_future(date(2026, 11, 23), time(9, 0))
    assert is_future(date(2026, 11, 23), time(9, 1))
    assert is_future(date(2026, 11, 24), None)


def test_marked_pieces_make_the_whole_text() -> None:
    text = "Chez M. Dupont, 06 12 34 56 78."
    pieces = marked(text, screen(text))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.kind] == ["M. Dupont", "06 12 34 56 78"]
    assert marked(text, []) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "first"),
    [("gap", "Gap"), ("BRIANCON", "Briançon"), ("gare gap", "Gare de Gap"), ("hyper gap", "Gap – Hyper-centre")],
)
def test_places_by_name(asked: str, first: str) -> None:
    assert places.search(asked)[0].name == first


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["", "   ", "'; --", "zzzz", "\x00", "🙂" * 200])
def test_no_place_by_this_name(asked: str) -> None:
    assert places.search(asked) == []


@pytest.mark.parametrize(
    "kept", [{"lon": 6.0, "lat": 44.0, "owner": 7, "gone": 1}, "kept", None, {"key": 1, "owner": "x"}]
)
def test_the_session_of_an_older_version_names_no_draft(kept: object) -> None:
    request = SimpleNamespace(user=SimpleNamespace(pk=7), session={"draft": kept})
    draft = drafts.read(request)  # type: ignore[arg-type]
    assert (draft.has_place, draft.changed_at) == (False, None)
    assert draft.key != drafts.Draft().key
