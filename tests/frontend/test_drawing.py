"""The page of a draft, without its map: everything can be drawn by lists and positions, and two overwrite nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import shapely
from django.test import Client
from django.utils import timezone

from frontend import outlines
from sectors.changes import drafts, drawing
from sectors.checking import findings_of
from sectors.models import Edition

pytestmark = pytest.mark.django_db
CENTRE = "gap-hyper-centre"


@pytest.fixture
def draft(person: Any) -> Edition:
    model = Edition.objects.get(territory__code="05", validity__isnull=False)
    director = person("director")
    return drafts.begin(by=director, territory=model.territory_id, at=timezone.now(), model=model.pk, code="05-dessin")


@pytest.fixture
def director(seen_by: Any) -> Client:
    client: Client = seen_by("director")
    return client


def page(draft: Edition) -> str:
    return f"/editions/{draft.code}/dessin/"


def send(client: Client, draft: Edition, act: str, version: int, **more: str) -> Any:
    return client.post(page(draft), {"act": act, "version": version, **more}, headers={"Accept-Language": "en"})


def outline(draft: Edition, code: str = CENTRE) -> str:
    return outlines.written(shapely.from_wkb(bytes(draft.sectors.get(code=code).area.wkb)))


def moved(text: str) -> str:
    """The same with its first corner some metres away."""
    first, *rest = text.splitlines()
    lon, lat = map(float, first.split())
    return "\n".join([f"{lon + 0.0002} {lat}", *rest])


def area(draft: Edition, code: str = CENTRE) -> Any:
    return shapely.from_wkb(bytes(draft.sectors.get(code=code).area.wkb))


def told(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_shows_the_sectors_with_every_number_as_it_is_stored(draft: Edition, director: Client) -> None:
    answer = director.get(page(draft))
    assert answer.status_code == 200
    carried = re.search(r'<script id="drawing-data" type="application/json">(.*?)</script>', answer.content.decode())
    assert carried is not None
    data = json.loads(carried[1])
    assert data["version"] == 0
    for each in data["sectors"]:
        stored = area(draft, each["code"])
        rings = [[tuple(at) for at in ring] for polygon in each["area"] for ring in polygon]
        assert rings == [list(ring.coords[:-1]) for part in stored.geoms for ring in (part.exterior, *part.interiors)]
    assert outline(draft) in answer.content.decode()


def test_words_and_positions_of_a_sector_are_saved_as_one_step(draft: Edition, director: Client) -> None:
    given = {"sector": CENTRE, "name": "Gap – Cœur", "kind": "economic", "post": "gap-economique"}
    answer = send(director, draft, "sector", 0, **given, outline=moved(outline(draft)))
    assert (answer.status_code, answer["Location"]) == (302, page(draft))
    draft.refresh_from_db()
    row = draft.sectors.get(code=CENTRE)
    assert (draft.number, row.name, row.kind, row.post.code, row.commune and row.commune.code) == (
        1, "Gap – Cœur", "economic", "gap-economique", "05061",
    )  # fmt: skip
    assert findings_of(draft)
    said = told(director.get(page(draft), headers={"Accept-Language": "en"}))
    assert said.count('data-finding="') == len(findings_of(draft))


def test_what_is_typed_wrong_stays_and_says_where(draft: Edition, director: Client) -> None:
    given = {"sector": CENTRE, "name": "", "kind": "economic", "post": "gap-economique", "outline": "6 44\nhere"}
    answer = send(director, draft, "sector", 0, **given)
    assert answer.status_code == 422
    assert f'href="#id_{CENTRE}_name"' in told(answer)
    assert "Line 2 is no position" in told(answer)
    assert "6 44\nhere" in answer.content.decode()
    # An area that crosses itself is refused where it was typed.
    bow = "6.07 44.55\n6.08 44.56\n6.08 44.55\n6.07 44.56"
    answer = send(director, draft, "sector", 0, **given | {"name": "Centre", "outline": bow})
    assert (answer.status_code, "crosses itself" in told(answer)) == (422, True)
    draft.refresh_from_db()
    assert draft.number == 0


def test_sectors_are_added_split_merged_and_taken_out(draft: Edition, director: Client) -> None:
    new = {"code": "gap-est", "name": "Est", "kind": "economic", "post": "gap-economique", "commune": "05061"}
    square = "6.12 44.55\n6.13 44.55\n6.13 44.56\n6.12 44.56"
    assert send(director, draft, "add", 0, **new, outline=square).status_code == 302
    cut = {"line": "6.05 44.5555\n6.1 44.5605", "code": "gap-nord", "name": "Nord", "post": "gap-economique"}
    assert send(director, draft, "split", 1, sector=CENTRE, **cut).status_code == 302
    assert send(director, draft, "merge", 2, sector=CENTRE, other="gap-nord").status_code == 302
    assert send(director, draft, "remove", 3, sector="gap-est").status_code == 302
    draft.refresh_from_db()
    assert draft.number == 4
    model = Edition.objects.get(territory__code="05", validity__isnull=False)
    assert set(draft.sectors.values_list("code")) == set(model.sectors.values_list("code"))
    assert area(draft).symmetric_difference(area(model)).area < 1e-12
    answer = send(director, draft, "split", 4, sector=CENTRE, **cut | {"line": "6.0 44.0\n6.1 44.0"})
    assert (answer.status_code, "does not cross" in told(answer)) == (422, True)
    assert "6.0 44.0\n6.1 44.0" in answer.content.decode()


def test_steps_are_undone_and_done_again(draft: Edition, director: Client) -> None:
    before = area(draft)
    send(director, draft, "draw", 0, **{f"area-{CENTRE}": moved(outline(draft))})
    drawn = area(draft)
    assert not drawn.equals(before)
    assert send(director, draft, "undo", 1).status_code == 302
    assert area(draft).equals(before)
    assert send(director, draft, "redo", 2).status_code == 302
    assert area(draft).equals(drawn)
    answer = send(director, draft, "redo", 3)
    assert (answer.status_code, "nothing to do again" in told(answer)) == (409, True)


def test_a_repair_is_made_as_it_was_looked_at(draft: Edition, director: Client) -> None:
    send(director, draft, "draw", 0, **{f"area-{CENTRE}": moved(outline(draft))})
    draft.refresh_from_db()
    findings = findings_of(draft)
    number = next(at for at, each in enumerate(findings, start=1) if each.repair)
    stale = send(director, draft, "mend", 0, finding=str(number))
    assert stale.status_code == 409
    assert send(director, draft, "mend", 1, finding=str(number)).status_code == 302
    draft.refresh_from_db()
    assert len(findings_of(draft)) < len(findings)
    assert send(director, draft, "mend", 2, finding="77").status_code == 404


def test_two_who_draw_at_once_overwrite_nothing_and_lose_nothing(draft: Edition, director: Client, person: Any) -> None:
    given: Any = {"code": CENTRE, "name": "Leur centre", "kind": "economic", "post": "gap-economique"}
    wanted = drawing.Drawn(**given, area=area(draft).wkb)
    theirs = drawing.redraw(by=person("administrator"), edition=draft.pk, seen=0, at=timezone.now(), drawn=[wanted])
    mine = moved(outline(draft))
    answer = send(director, draft, "draw", 0, **{f"area-{CENTRE}": mine})
    said = told(answer)
    assert answer.status_code == 409
    assert "Somebody else drew at the same time" in said
    assert mine in answer.content.decode()
    assert "Leur centre" in said
    assert draft.sectors.get(code=CENTRE).name == "Leur centre"
    # The same by the form of the sector, without a map.
    typed = {"sector": CENTRE, "name": "Mon centre", "kind": "economic", "post": "gap-economique", "outline": mine}
    answer = send(director, draft, "sector", 0, **typed)
    assert (answer.status_code, mine in answer.content.decode()) == (409, True)
    # What the page then offers: mine in its place, at the version that was read.
    assert send(director, draft, "draw", theirs.number, **{f"area-{CENTRE}": mine}).status_code == 302
    assert draft.sectors.get(code=CENTRE).name == "Leur centre"
    assert area(draft).equals(outlines.area(mine))


def test_another_sector_can_be_drawn_at_the_same_time(draft: Edition, director: Client) -> None:
    other = "briancon-economique"
    assert send(director, draft, "draw", 0, **{f"area-{CENTRE}": moved(outline(draft))}).status_code == 302
    assert send(director, draft, "draw", 0, **{f"area-{other}": moved(outline(draft, other))}).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3", "9" * 40, "٣"])
def test_a_form_without_the_version_it_saw_changes_nothing(draft: Edition, director: Client, version: str) -> None:
    answer = director.post(page(draft), {"act": "draw", "version": version, f"area-{CENTRE}": moved(outline(draft))})
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.number == 0


def test_an_edition_with_its_dates_is_drawn_no_more(director: Client) -> None:
    model = Edition.objects.get(territory__code="05", validity__isnull=False)
    answer = director.get(page(model), headers={"Accept-Language": "en"})
    assert (answer.status_code, "no draft any more" in told(answer), 'name="act"' in told(answer)) == (200, True, False)
    assert send(director, model, "remove", 0, sector=CENTRE).status_code == 409
    assert model.sectors.filter(code=CENTRE).exists()


def test_who_draws_no_map_is_told_whom_to_ask(draft: Edition, seen_by: Any) -> None:
    for who in ("referent_a", "partner_a", "auditor"):
        assert seen_by(who).get(page(draft)).status_code == 403
    assert seen_by("administrator").get(page(draft)).status_code == 200
    assert Client().get(page(draft)).status_code == 302
    assert seen_by("director").get("/editions/nowhere/dessin/").status_code == 404


def test_the_page_asks_the_database_as_often_for_many_sectors(
    draft: Edition, director: Client, django_assert_max_num_queries: Any
) -> None:
    director.get(page(draft))
    with django_assert_max_num_queries(22):
        director.get(page(draft))
