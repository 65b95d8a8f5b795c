"""An edition drawn from a file, looked at by the checker, mended, and held against the one in force."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from ogcapi.geojson import Refused
from sectors import checking
from sectors.area_files import FileArea
from sectors.changes import drafts
from sectors.changes.importing import import_areas
from sectors.changes.mending import mend
from sectors.differences import as_features, differences
from sectors.map_files import MapFile, read_map_file
from sectors.models import Edition, EditionState, Sector

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(person):
    return person("director")


@pytest.fixture
def in_force() -> Edition:
    return Edition.objects.get(territory__code="05", validity__isnull=False)


@pytest.fixture
def draft(director, in_force, monday) -> Edition:
    return drafts.begin(by=director, territory=in_force.territory_id, at=monday, model=in_force.pk)


@pytest.fixture
def exported(monday) -> dict[str, Any]:
    """The sectors in force, as a GIS downloads them."""
    answer = Client(SERVER_NAME="localhost").get("/ogc/collections/sectors/items?f=json&filter=territory='05'")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = json.loads(answer.content)
    return {"type": "FeatureCollection", "features": found["features"]}


def read(collection: dict[str, Any]) -> MapFile:
    return read_map_file(json.dumps(collection).encode(), name="sectors.geojson")


def feature(collection: dict[str, Any], code: str) -> dict[str, Any]:
    return next(each for each in collection["features"] if each["properties"]["code"] == code)


def content(edition: Edition) -> list[Any]:
    names = ("code", "name", "kind", "post__code", "commune__code", "priority", "source")
    return list(edition.sectors.order_by("code").values_list(*names))


def moved_north(collection: dict[str, Any], code: str, share: float = 0.001) -> None:
    """Every vertex on the northern border of the sector, a hundred metres further north."""
    ring = feature(collection, code)["geometry"]["coordinates"][0][0]
    top = sorted(position[1] for position in ring)[-3]
    for position in ring:
        if position[1] >= top:
            position[1] += share


def test_what_was_exported_comes_back_the_same(director, draft, in_force, exported, monday):
    before = content(draft)
    number = draft.number
    imported = import_areas(by=director, edition=draft.pk, file=read(exported), seen=number, at=monday)
    assert content(imported) == before
    assert imported.number == number + 1
    assert differences(in_force, imported) == []
    assert checking.findings_of(imported) == checking.findings_of(in_force)


def test_a_sector_that_the_file_leaves_out_goes_and_undo_brings_it_back(director, draft, exported, monday):
    exported["features"] = [one for one in exported["features"] if one["properties"]["code"] != "gap-economique"]
    imported = import_areas(by=director, edition=draft.pk, file=read(exported), seen=draft.number, at=monday)
    assert imported.sectors.count() == 5
    drafts.undo(by=director, edition=draft.pk, seen=imported.number, at=monday)
    assert draft.sectors.count() == 6


def test_a_file_with_codes_alone_leaves_the_rest_and_a_new_sector_names_its_post(director, draft, exported, monday):
    before = content(draft)
    for each in exported["features"]:
        each["properties"] = {"CODE": each["properties"]["code"], "surface": 12.5}
    imported = import_areas(by=director, edition=draft.pk, file=read(exported), seen=draft.number, at=monday)
    assert content(imported) == before
    square = [[[6.2, 44.6], [6.21, 44.6], [6.21, 44.61], [6.2, 44.61], [6.2, 44.6]]]
    fresh = {"code": "gap-nord", "name": "Nord", "kind": "economic", "post": "gap-economique", "priority": 7}
    exported["features"].append(
        {"type": "Feature", "properties": fresh, "geometry": {"type": "Polygon", "coordinates": square}}
    )
    imported = import_areas(by=director, edition=draft.pk, file=read(exported), seen=imported.number, at=monday)
    made = imported.sectors.get(code="gap-nord")
    assert (made.post.code, made.priority, made.commune) == ("gap-economique", 7, None)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda features: features[0]["properties"].pop("code"), "missing"),
        (lambda features: features[0]["properties"].update(code=features[1]["properties"]["code"]), "repeated"),
        (lambda features: features[0]["properties"].update(post="nobody"), "unknown_code"),
        (lambda features: features[0]["properties"].update(commune="75056"), "unknown_code"),
        (lambda features: features[0]["properties"].update(code="Pas un code"), "invalid_code"),
    ],
)
def test_what_is_wrong_in_the_file_is_refused_and_nothing_is_drawn(director, draft, exported, monday, spoil, why):
    before, number = content(draft), draft.number
    spoil(exported["features"])
    with pytest.raises(Refused) as refused:
        import_areas(by=director, edition=draft.pk, file=read(exported), seen=number, at=monday)
    assert refused.value.status == 422
    assert why in {refused.value.code, *(error.code for error in refused.value.errors)}
    draft.refresh_from_db()
    assert (content(draft), draft.number) == (before, number)


def test_nobody_else_imports_and_not_over_what_was_drawn_meanwhile(person, director, draft, exported, monday):
    file = read(exported)
    for who in ("referent_a", "partner_a", "mayor_gap", "auditor"):
        with pytest.raises(Edition.DoesNotExist):
            import_areas(by=person(who), edition=draft.pk, file=file, seen=draft.number, at=monday)
    import_areas(by=person("administrator"), edition=draft.pk, file=file, seen=draft.number, at=monday)
    with pytest.raises(Refused) as refused:
        import_areas(by=director, edition=draft.pk, file=file, seen=draft.number, at=monday)
    assert (refused.value.status, refused.value.code) == (409, "changed_meanwhile")


def test_the_difference_says_what_moves_from_whom_to_whom(director, draft, in_force, exported, monday):
    ground = {row.code: row.area_m.area for row in in_force.sectors.all()}
    exported["features"].remove(feature(exported, "gap-hyper-centre"))
    feature(exported, "gap-economique")["properties"]["post"] = "gap-habitat-dense"
    imported = import_areas(by=director, edition=draft.pk, file=read(exported), seen=draft.number, at=monday)
    found = {(each.from_sector, each.to_sector): each for each in differences(in_force, imported)}
    assert set(found) == {("gap-hyper-centre", None), ("gap-economique", "gap-economique")}
    gone, handed = found["gap-hyper-centre", None], found["gap-economique", "gap-economique"]
    assert gone.size_m2 == pytest.approx(ground["gap-hyper-centre"])
    assert (handed.from_post, handed.to_post) == ("gap-economique", "gap-habitat-dense")
    assert handed.size_m2 == pytest.approx(ground["gap-economique"])
    # And the way back.
    back = {(each.from_sector, each.to_sector) for each in differences(imported, in_force)}
    assert back == {(None, "gap-hyper-centre"), ("gap-economique", "gap-economique")}
    features = as_features(list(found.values()))["features"]
    assert {one["properties"]["from_sector"] for one in features} == {"gap-hyper-centre", "gap-economique"}


def test_ground_given_to_a_neighbour_is_found_once(director, draft, in_force, monday, django_assert_num_queries):
    given = draft.sectors.get(code="gap-economique")
    neighbour = draft.sectors.get(code="gap-habitat-dense")
    both = given.area.union(neighbour.area)
    areas = [
        FileArea(row.code, {"code": row.code}, bytes((both if row.code == given.code else row.area).wkb))
        for row in draft.sectors.exclude(code=neighbour.code)
    ]
    imported = import_areas(by=director, edition=draft.pk, file=MapFile(4326, areas), seen=draft.number, at=monday)
    with django_assert_num_queries(1):
        found = differences(in_force, imported)
    assert [(each.from_sector, each.to_sector) for each in found] == [("gap-habitat-dense", "gap-economique")]
    assert found[0].size_m2 == pytest.approx(neighbour.area_m.area, rel=1e-6)


def test_the_findings_of_a_draft_are_mended_one_by_one(director, draft, exported, monday):
    moved_north(exported, "gap-economique")
    imported = import_areas(by=director, edition=draft.pk, file=read(exported), seen=draft.number, at=monday)
    found = checking.findings_of(imported)
    told = checking.as_features(found)["features"]
    assert [one["properties"]["number"] for one in told] == list(range(1, len(found) + 1))
    overlap = next(each for each in found if each.kind == "overlap")
    assert overlap.repair
    mended = mend(by=director, edition=draft.pk, finding=overlap, seen=imported.number, at=monday)
    assert overlap.sectors not in [each.sectors for each in checking.findings_of(mended) if each.kind == "overlap"]
    with pytest.raises(Refused) as refused:
        mend(by=director, edition=draft.pk, finding=overlap, seen=mended.number, at=monday)
    assert refused.value.status == 409
    drafts.undo(by=director, edition=draft.pk, seen=mended.number, at=monday)
    assert [each.kind for each in checking.findings_of(draft)] == [each.kind for each in found]


def test_the_sectors_of_the_demonstration_fit(in_force):
    assert [each for each in checking.findings_of(in_force) if each.severity != "notice"] == []


def test_by_command(tmp_path, exported, monday):
    moved_north(exported, "gap-economique")
    file, findings, moved = (tmp_path / name for name in ("in.geojson", "findings.geojson", "moved.geojson"))
    file.write_text(json.dumps(exported))
    out = io.StringIO()
    asked = {"territory": "05", "by": "direction@psq.example", "code": "05-essai"}
    call_command("import_edition", str(file), stdout=out, findings=findings, differences=moved, **asked)
    draft = Edition.objects.get(code="05-essai")
    assert draft.state == EditionState.DRAFT
    assert "draft 05-essai: 6 sectors from EPSG:4326" in out.getvalue()
    assert "overlap" in out.getvalue()
    assert json.loads(findings.read_text())["features"]
    assert all(one["properties"]["size_m2"] > 0 for one in json.loads(moved.read_text())["features"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"by": "nobody@psq.example"}, "no such account"),
        ({"territory": "99"}, "no such territory"),
        ({"by": "referent.gap1@psq.example"}, "draws no edition"),
        ({"code": "05-2026-01"}, "code_taken"),
    ],
)
def test_the_command_says_why_not(tmp_path, exported, asked, said):
    file = tmp_path / "in.geojson"
    file.write_text(json.dumps(exported))
    with pytest.raises(CommandError, match=said):
        call_command("import_edition", str(file), **{"territory": "05", "by": "direction@psq.example", **asked})
    assert not Edition.objects.filter(validity=None).exists()
    assert Sector.objects.count() == 6
