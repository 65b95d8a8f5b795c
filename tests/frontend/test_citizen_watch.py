"""The citizen-watch protocols as people read them: their days, their perimeter, and never who takes part."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from shapely import box

from sectors import atlas
from sectors.models import CitizenWatch, Commune, Territory
from tests.factories import geometry

pytestmark = pytest.mark.django_db
PAGE = "/participation-citoyenne/"


def signed(code: str, commune: str, **more: Any) -> CitizenWatch:
    """A protocol of this commune, in force unless said otherwise."""
    facts = {"state": "en_vigueur", "territory": Territory.objects.get(code="05"), **more}
    made: CitizenWatch = CitizenWatch.objects.create(code=code, commune=Commune.objects.get(code=commune), **facts)
    atlas.forget()
    return made


def rows_of(client: Client, language: str = "fr") -> dict[str, str]:
    """The words of each protocol by its code."""
    answer = client.get(PAGE, headers={"accept-language": language})
    assert answer.status_code == 200
    page = answer.content.decode()
    found = re.findall(r'<li class="sector" id="([^"]+)"(.*?)</dl>', page, re.DOTALL)
    return {code: " ".join(re.sub(r"<[^>]+>", " ", rest).split()) for code, rest in found}


def test_a_protocol_is_told_with_its_days_and_numbers(seen_by: Callable[[str], Client], monday: datetime) -> None:
    days = {"signed_on": date(2021, 5, 4), "review_on": date(2027, 3, 1)}
    signed("known", "05061", volunteers=12, source="Arrêté", **days)
    told = rows_of(seen_by(""))["known"]
    for words in (
        "Gap", "Hautes-Alpes", "en vigueur", "toute la commune", "4 mai 2021", "3 ans, tacitement reconduit",
        # Signed in 2021 for three years: the second term ends in 2027.
        "4 mai 2027", "1er mars 2027", "Volontaires 12", "Accueil CSP Gap", "Arrêté",
    ):  # fmt: skip
        assert words in told, words
    english = rows_of(seen_by(""), "en")["known"]
    for words in ("in force", "the whole commune", "3 years, renewed tacitly", "May 4, 2021", "Volunteers 12"):
        assert words in english, words


def test_what_nobody_has_published_and_so_few_that_they_would_be_known_read_alike(
    seen_by: Callable[[str], Client], monday: datetime
) -> None:
    signed("few", "05061", volunteers=4)
    signed("unknown", "05023")
    told = rows_of(seen_by(""))
    for code in ("few", "unknown"):
        assert "Volontaires non publié, ou moins de 5" in told[code]
        assert "Signature jour non publié" in told[code]
        assert "Fin de la période" not in told[code]


def test_a_part_of_a_commune_is_drawn_as_it_is_and_what_is_closed_is_not(
    seen_by: Callable[[str], Client], monday: datetime
) -> None:
    signed("part", "05061", area=geometry(box(6.07, 44.55, 6.08, 44.56)))
    signed("over", "05023", state="clos", signed_on=date(2015, 1, 1))
    signed("not-yet", "05023", state="en_preparation")
    page = seen_by("").get(PAGE)
    told = rows_of(seen_by(""))
    assert list(told) == ["over", "part"]
    assert "une partie de la commune" in told["part"]
    assert "clos" in told["over"]
    assert "Fin de la période" not in told["over"]
    shapes = page.content.decode().split('id="shapes">')[1].split("</script>")[0]
    assert '"id":"part"' in shapes.replace(" ", "")
    assert "[6.07,44.55]" in shapes.replace(" ", "")
    assert "over" not in shapes
    items = seen_by("").get("/ogc/collections/citizen-watch/items?f=json").json()["features"]
    ends = {each["id"]: each["properties"]["ends_on"] for each in items}
    assert ends == {"over": None, "part": None}


def test_without_any_protocol_the_page_says_so(seen_by: Callable[[str], Client]) -> None:
    assert "Aucun protocole" in seen_by("").get(PAGE).content.decode()


def test_the_page_is_read_in_one_question(
    seen_by: Callable[[str], Client], django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atlas, "OLDEST_S", 3600.0)
    for number, commune in enumerate(("05061", "05023")):
        signed(f"w{number}", commune)
    client = seen_by("")
    client.get(PAGE)
    with django_assert_num_queries(1):
        client.get(PAGE)
