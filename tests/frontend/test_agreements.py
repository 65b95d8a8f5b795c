"""The pages of border agreements: made without a map, listed with their dates, ended; and drawn on every sector map."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from frontend import maps
from sectors import atlas
from sectors.changes import agreements
from sectors.models import BorderAgreement
from sectors.routing import choose

pytestmark = pytest.mark.django_db
LIST, NEW = "/conventions-de-limite/", "/nouvelle-convention-de-limite/"


def given(**more: Any) -> dict[str, Any]:
    return {
        "shape": "line", "outline": "6.0780 44.5590\n6.0790 44.5598", "reach_m": "20", "sector": "gap-economique",
        "start": timezone.localdate().isoformat(), "last": "", "reason_fr": "Rue commune aux deux secteurs",
        "reason_en": "",
    } | more  # fmt: skip


@pytest.fixture
def director(seen_by: Any) -> Client:
    client: Client = seen_by("director")
    return client


def test_an_agreement_is_made_listed_shown_and_ended(director: Client) -> None:
    assert "Aucune convention" in director.get(LIST).content.decode()
    assert director.post(NEW, given()).status_code == 302
    made = BorderAgreement.objects.get()
    assert choose(atlas.read(timezone.now()).facts(6.0785, 44.5594)).why["agreement"] == made.code
    page = director.get(LIST).content.decode()
    assert made.code in page
    assert "Rue commune aux deux secteurs" in page
    assert "shape--agreed" in page
    # On the map of everybody, and in its legend: that of a moment ago is kept for a second.
    atlas.forget()
    sheet = maps.current()
    assert sheet is not None
    assert sheet.has_agreements
    assert made.code in sheet.script
    assert "border-agreements" in director.get("/").content.decode()
    end = f"{LIST}{made.code}/fin/"
    assert director.post(end, {"last": "2020-01-01"}).status_code == 200
    assert director.post(end, {"last": timezone.localdate().isoformat()}).status_code == 302
    made.refresh_from_db()
    assert made.validity.upper > timezone.now()


def test_a_small_area_is_agreed_on_without_a_map(director: Client) -> None:
    square = "6.0780 44.5590\n6.0790 44.5590\n6.0790 44.5598"
    assert director.post(NEW, given(shape="area", outline=square, reach_m="")).status_code == 302
    assert BorderAgreement.objects.get().location.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"outline": "6.0780 44.5590\nhere"}, "outline"),
        ({"outline": "6.0780 44.5590"}, "outline"),
        ({"outline": "6.6 44.89\n6.601 44.89"}, "outline"),
        ({"reach_m": ""}, "reach_m"),
        ({"reach_m": "201"}, "reach_m"),
        ({"sector": "nowhere"}, "sector"),
        ({"start": "2020-01-01"}, "start"),
        ({"last": "2020-01-01"}, "last"),
        ({"reason_fr": ""}, "reason_fr"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    director: Client, changed: dict[str, str], field: str
) -> None:
    answer = director.post(NEW, given(**changed))
    text = answer.content.decode()
    assert f'href="#id_{field}"' in text
    assert given(**changed)["outline"] in text
    assert not BorderAgreement.objects.exists()


def test_one_that_has_not_begun_is_taken_back(director: Client) -> None:
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    director.post(NEW, given(start=day))
    made = BorderAgreement.objects.get()
    director.post(f"{LIST}{made.code}/fin/", {"last": timezone.localdate().isoformat()})
    assert not BorderAgreement.objects.exists()


def test_one_that_somebody_takes_back_meanwhile_is_no_fault(director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    director.post(NEW, given(start=tomorrow))
    made, end = BorderAgreement.objects.get(), agreements.end

    def too_late(**facts: Any) -> Any:
        BorderAgreement.objects.all().delete()
        return end(**facts)

    monkeypatch.setattr(agreements, "end", too_late)
    answer = director.post(f"{LIST}{made.code}/fin/", {"last": timezone.localdate().isoformat()}, follow=True)
    assert "La convention est retirée" in answer.content.decode()


def test_the_list_asks_as_often_for_many(director: Client, django_assert_max_num_queries: Any) -> None:
    for _n in range(3):
        director.post(NEW, given())
    director.get(LIST)
    with django_assert_max_num_queries(9):
        director.get(LIST)
