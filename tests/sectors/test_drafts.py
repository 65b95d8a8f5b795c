from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from accounts.models import AccessLog
from ogcapi.geojson import Refused
from sectors.changes import drafts, drawing
from sectors.changes.drawing import Drawn
from sectors.drafting import stacks
from sectors.models import DraftStep, Edition, EditionState, Territory
from tests.factories import land, since

CENTRE = Polygon([(6.07, 44.55), (6.08, 44.55), (6.08, 44.56), (6.07, 44.56)])
BOW = Polygon([(6.07, 44.55), (6.08, 44.56), (6.08, 44.55), (6.07, 44.56)])


def drawn(code: str = "gap-nouveau", area: Polygon = CENTRE, **more) -> Drawn:
    values = {"name": "Nouveau", "kind": "city_centre", "post": "gap-economique", "commune": "05061"}
    return Drawn(code=code, area=area.wkb, **values | more)


@pytest.fixture
def director(person):
    return person("director")


@pytest.fixture
def draft(director, monday) -> Edition:
    """A draft that begins with the sectors in force."""
    model = Edition.objects.get(territory__code="05")
    return drafts.begin(by=director, territory=model.territory_id, at=monday, model=model.pk)


def codes(edition: Edition) -> set[str]:
    return set(edition.sectors.values_list("code", flat=True))


def content(edition: Edition) -> list[Any]:
    return list(edition.sectors.order_by("pk").values_list(*("pk", *drawing.KEPT)))


def refused(status: int, why: str, change, **facts) -> Refused:
    with pytest.raises(Refused) as caught:
        change(**facts)
    assert (caught.value.status, caught.value.code) == (status, why)
    return caught.value


def test_a_draft_begins_with_the_sectors_in_force_or_with_none(draft, director, monday):
    model = Edition.objects.get(territory__code="05", validity__isnull=False)
    assert content(draft) != content(model)  # rows of its own
    assert [row[1:] for row in content(draft)] == [row[1:] for row in content(model)]
    empty = drafts.begin(by=director, territory=draft.territory_id, at=monday, code="05-vide", note="Essai")
    assert (codes(empty), empty.note, empty.state) == (set(), "Essai", EditionState.DRAFT)
    assert draft.code == "05-2026-02"
    refused(409, "code_taken", drafts.begin, by=director, territory=draft.territory_id, at=monday, code="05-vide")
    refused(422, "invalid_code", drafts.begin, by=director, territory=draft.territory_id, at=monday, code="a b")


@pytest.mark.parametrize("name", ["referent_a", "partner_a", "mayor_gap", "gendarme", "auditor"])
def test_who_neither_directs_nor_administers_draws_nothing(person, draft, monday, name):
    with pytest.raises(Territory.DoesNotExist):
        drafts.begin(by=person(name), territory=draft.territory_id, at=monday)
    with pytest.raises(Edition.DoesNotExist):
        drawing.add(by=person(name), edition=draft.pk, drawn=drawn(), at=monday)
    with pytest.raises(Edition.DoesNotExist):
        drafts.undo(by=person(name), edition=draft.pk, seen=0, at=monday)


def test_the_administrator_draws_and_nobody_draws_elsewhere(person, draft, monday):
    assert drawing.add(by=person("administrator"), edition=draft.pk, drawn=drawn(), at=monday).pk
    with pytest.raises(Territory.DoesNotExist):
        drafts.begin(by=person("director"), territory=land().territory.pk, at=monday)


def test_sectors_are_added_replaced_and_removed_each_by_a_step(draft, director, monday):
    added = drawing.add(by=director, edition=draft.pk, drawn=drawn(), at=monday)
    assert (added.version, added.post.code, str(added.commune)) == (1, "gap-economique", "Gap")
    changed = drawing.replace(by=director, sector=added.pk, drawn=drawn(name="Autre", priority=3), seen=1, at=monday)
    assert (changed.pk, changed.version, changed.name, changed.priority) == (added.pk, 2, "Autre", 3)
    drawing.remove(by=director, sector=added.pk, seen=2, at=monday)
    assert "gap-nouveau" not in codes(draft)
    steps = list(draft.steps.order_by("number").values_list("number", "verb", "author"))
    assert steps == [(0, "begin", director.pk), *((each, "draw", director.pk) for each in (1, 2, 3))]
    logged = AccessLog.objects.filter(reference=f"edition:{draft.code}").order_by("pk")
    assert list(logged.values_list("operation", flat=True)) == ["edition.begin", *["edition.draw"] * 3]


def test_several_sectors_are_drawn_as_one_step(draft, director, monday):
    before = content(draft)
    drawing.redraw(
        by=director, edition=draft.pk, seen=0, at=monday, removed=["gap-economique"],
        drawn=[drawn("gap-nouveau"), drawn("gap-hyper-centre", name="Centre")],
    )  # fmt: skip
    assert draft.steps.count() == 2
    assert "gap-economique" not in codes(draft)
    assert draft.sectors.get(code="gap-hyper-centre").name == "Centre"
    drafts.undo(by=director, edition=draft.pk, seen=1, at=monday)
    assert content(draft) == before


def test_a_draft_is_led_back_and_forth_to_the_last_bit(draft, director, monday):
    states = [content(draft)]
    added = drawing.add(by=director, edition=draft.pk, drawn=drawn(), at=monday)
    states.append(content(draft))
    drawing.replace(by=director, sector=added.pk, drawn=drawn("gap-autre"), seen=1, at=monday)
    states.append(content(draft))
    drawing.remove(by=director, sector=added.pk, seen=2, at=monday)
    states.append(content(draft))
    for number, back in enumerate(reversed(states[:-1]), 3):
        drafts.undo(by=director, edition=draft.pk, seen=number, at=monday)
        assert content(draft) == back
    refused(409, "nothing_to_undo", drafts.undo, by=director, edition=draft.pk, seen=6, at=monday)
    for number, forth in enumerate(states[1:], 6):
        drafts.redo(by=director, edition=draft.pk, seen=number, at=monday)
        assert content(draft) == forth
    refused(409, "nothing_to_redo", drafts.redo, by=director, edition=draft.pk, seen=9, at=monday)


def test_what_is_drawn_after_an_undo_takes_away_what_could_be_done_again(draft, director, monday):
    drawing.add(by=director, edition=draft.pk, drawn=drawn(), at=monday)
    drafts.undo(by=director, edition=draft.pk, seen=1, at=monday)
    drawing.add(by=director, edition=draft.pk, drawn=drawn("gap-autre"), at=monday)
    refused(409, "nothing_to_redo", drafts.redo, by=director, edition=draft.pk, seen=3, at=monday)


@given(st.lists(st.sampled_from(["draw", "undo", "redo"]), max_size=40))
def test_steps_undone_and_done_again_are_those_of_an_editor(wanted):
    """Against the model of every editor: a list of steps and a place in it."""
    steps: list[tuple[int, str]] = [(0, "begin")]
    done: list[int] = []
    place = 0
    for verb in wanted:
        found = stacks(steps)
        assert found.undo == tuple(done[:place])
        assert found.redo == tuple(reversed(done[place:]))
        if (verb == "undo" and not found.undo) or (verb == "redo" and not found.redo):
            continue
        steps.append((len(steps), verb))
        if verb == "draw":
            done, place = [*done[:place], len(steps) - 1], place + 1
        else:
            place += 1 if verb == "redo" else -1


def test_two_editors_at_once_overwrite_nothing(draft, director, person, monday):
    other = person("administrator")
    one, two = draft.sectors.order_by("pk")[:2]
    drawing.replace(by=other, sector=one.pk, drawn=drawn(one.code, name="Le leur"), seen=0, at=monday)
    # Another sector, seen before that, is nobody else's matter.
    drawing.replace(by=director, sector=two.pk, drawn=drawn(two.code, name="Le mien"), seen=0, at=monday)
    conflict = refused(
        409, "changed_meanwhile", drawing.replace,
        by=director, sector=one.pk, drawn=drawn(one.code, name="Encore"), seen=0, at=monday,
    )  # fmt: skip
    assert one.code in str(conflict.errors[0].message)
    refused(409, "changed_meanwhile", drawing.remove, by=director, sector=one.pk, seen=0, at=monday)
    facts = {"by": director, "edition": draft.pk, "at": monday}
    refused(409, "changed_meanwhile", drawing.redraw, **facts, seen=0, drawn=[drawn(one.code)])
    refused(409, "changed_meanwhile", drawing.redraw, **facts, seen=9, drawn=[drawn("gap-neuf")])
    refused(409, "changed_meanwhile", drafts.undo, **facts, seen=1)
    refused(409, "changed_meanwhile", drafts.abandon, **facts, seen=1)
    assert draft.sectors.get(pk=one.pk).name == "Le leur"


def test_a_program_that_reads_nothing_again_goes_on_after_its_own_changes(draft, director, person, monday):
    sector = draft.sectors.earliest("pk")
    facts = {"sector": sector.pk, "drawn": drawn(sector.code), "seen": 0, "at": monday, "by_others": True}
    drawing.replace(by=director, **facts)
    drawing.replace(by=director, **facts)
    refused(409, "changed_meanwhile", drawing.replace, by=person("administrator"), **facts)


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"area": BOW}, "geometry", "invalid_area"),
        ({"area": Polygon([(0, 0), (1, 0), (1, 1)])}, "geometry", "out_of_bounds"),
        ({"area": Polygon()}, "geometry", "no_area"),
        ({"post": "nobody"}, "properties.post", "unknown_code"),
        ({"commune": "75056"}, "properties.commune", "unknown_code"),
        ({"code": "Gap Nord"}, "properties.code", "invalid_code"),
        ({"code": "a" * 81}, "properties.code", "too_long"),
        ({"name": ""}, "properties.name", "invalid"),
        ({"name": "a\nb"}, "properties.name", "invalid"),
        ({"kind": "<b>"}, "properties.kind", "invalid_code"),
        ({"source": "a" * 161}, "properties.source", "too_long"),
        ({"priority": -1}, "properties.priority", "out_of_range"),
        ({"priority": 40_000}, "properties.priority", "out_of_range"),
    ],
)
def test_what_a_sector_may_not_be(draft, director, monday, more, field, code):
    found = refused(422, code, drawing.add, by=director, edition=draft.pk, drawn=drawn(**more), at=monday)
    assert [each.field for each in found.errors] == [field]
    assert draft.steps.count() == 1


def test_a_code_is_taken_once_in_a_draft(draft, director, monday):
    facts = {"by": director, "at": monday}
    refused(409, "code_taken", drawing.add, **facts, edition=draft.pk, drawn=drawn("gap-economique"))
    assert draft.steps.count() == 1


def test_what_was_looked_at_is_a_draft_again_when_it_is_drawn(draft, director, monday):
    assert drafts.mark_checked(by=director, edition=draft.pk, seen=0, at=monday).state is EditionState.CHECKED
    drawing.add(by=director, edition=draft.pk, drawn=drawn(), at=monday)
    draft.refresh_from_db()
    assert draft.state is EditionState.DRAFT
    refused(409, "changed_meanwhile", drafts.mark_checked, by=director, edition=draft.pk, seen=0, at=monday)


def test_a_draft_given_up_stays_and_is_drawn_no_more(draft, director, monday):
    assert drafts.abandon(by=director, edition=draft.pk, seen=0, at=monday).state is EditionState.ABANDONED
    assert draft not in Edition.objects.drafts()
    refused(409, "not_a_draft", drawing.add, by=director, edition=draft.pk, drawn=drawn(), at=monday)
    assert codes(draft)


def test_an_edition_with_dates_is_drawn_no_more(director, monday):
    dated = Edition.objects.get(territory__code="05")
    sector = dated.sectors.earliest("pk")
    assert dated.state is EditionState.DATED
    refused(409, "not_a_draft", drawing.add, by=director, edition=dated.pk, drawn=drawn(), at=monday)
    refused(409, "not_a_draft", drawing.remove, by=director, sector=sector.pk, seen=0, at=monday)
    refused(409, "not_a_draft", drafts.abandon, by=director, edition=dated.pk, seen=0, at=monday)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sectors_sector SET name = 'Autre' WHERE edition_id = %s",
        "DELETE FROM sectors_sector WHERE edition_id = %s",
        "UPDATE sectors_sector SET edition_id = %s WHERE edition_id = (SELECT min(id) FROM sectors_edition)",
    ],
)
def test_the_database_seals_the_sectors_of_an_approved_edition(draft, monday, person, change):
    later = monday + timedelta(days=1)
    Edition.objects.filter(validity__isnull=False).update(validity=since(end=later))
    Edition.objects.filter(pk=draft.pk).update(
        validity=since(later), approved_at=monday, approved_by=person("director")
    )
    with pytest.raises(IntegrityError, match="approved edition"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [draft.pk])
    assert draft.sectors.exists()


def test_the_database_holds_what_an_edition_may_be(draft, monday):
    for values in ({"approved_at": monday}, {"abandoned_at": monday, "validity": since(monday - timedelta(9999))}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=draft.pk).update(**values)


def test_the_steps_of_a_draft_are_written_once(draft):
    for change in (lambda: DraftStep.objects.update(note="Autre"), lambda: DraftStep.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_draft_decides_nothing_and_nobody_sees_it(client, draft, director, monday):
    drawing.add(by=director, edition=draft.pk, drawn=drawn(), at=monday)
    listed = json.loads(client.get("/api/sectors/").content)
    assert "gap-nouveau" not in {each["id"] for each in listed["features"]}
    assert {each["properties"]["edition"] for each in listed["features"]} == {"05-2026-01"}
    page = client.get("/ogc/collections/sectors/items", {"edition": draft.code}).json()
    assert page["features"] == []
    found = client.get("/api/locate/", {"lon": "6.075", "lat": "44.555"}).json()
    assert found["edition"]["code"] == "05-2026-01"
    assert found["sector"] is None or found["sector"]["code"] != "gap-nouveau"
