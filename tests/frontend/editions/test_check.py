"""The findings of an edition, a repair looked at and made, and what differs between two editions."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import shapely
from django.urls import reverse
from shapely.affinity import translate

from sectors.changes import drawing
from sectors.changes.drawing import Drawn
from sectors.checking import findings_of
from sectors.models import Edition, EditionState

pytestmark = pytest.mark.django_db
IN_FORCE = "05-2026-01"


@pytest.fixture
def crooked(draft, person, monday):
    """The draft with the eastern piece a few metres too far west: an overlap, and what it leaves on the other side."""
    east = draft.sectors.get(code="gap-est")
    area = translate(shapely.from_wkb(bytes(east.area.wkb)), xoff=-0.00008)
    drawn = Drawn(east.code, east.name, east.kind, post="gap-economique", area=area.wkb)
    return drawing.redraw(by=person("director"), edition=draft.pk, drawn=[drawn], seen=1, at=monday)


def page(client: Any, name: str, *args: Any, **asked: str) -> str:
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def shapes(told: str) -> dict[str, Any]:
    (text,) = re.findall(r'id="shapes">(.*?)</script>', told)
    return {each["id"]: each for each in json.loads(text)["features"]}


def test_the_findings_are_told_with_their_size_weight_and_repair(seen_by, crooked, django_assert_max_num_queries):
    client, findings = seen_by("director"), findings_of(crooked)
    page(client, "edition_check", crooked.code)  # caches of the process
    with django_assert_max_num_queries(16):
        told = page(client, "edition_check", crooked.code)
    assert f"{len(findings)} constats" in told
    assert len(re.findall(r'data-fid="\d+"', told)) == len(findings) > 1
    drawn = shapes(told)
    assert {str(n) for n in range(1, len(findings) + 1)} <= set(drawn)
    assert {f"outline-{code}" for code in crooked.sectors.values_list("code", flat=True)} <= set(drawn)
    for number, each in enumerate(findings, start=1):
        assert (reverse("edition_repair", args=[crooked.code, number]) in told) == (each.repair is not None)


def test_a_repair_is_looked_at_and_then_made(seen_by, crooked):
    client, findings = seen_by("director"), findings_of(crooked)
    number = next(n for n, each in enumerate(findings, start=1) if each.kind == "overlap")
    told = page(client, "edition_repair", crooked.code, number)
    assert "Rien n’est encore changé" in told
    assert any(name.startswith("after-") for name in shapes(told))
    crooked.refresh_from_db()
    assert crooked.number == 2
    address = reverse("edition_repair", args=[crooked.code, number])
    assert client.post(address, {"version": "1"}).status_code == 302  # of another version: nothing is made
    crooked.refresh_from_db()
    assert crooked.number == 2
    client.post(address, {"version": "2"})
    crooked.refresh_from_db()
    assert crooked.number == 3
    assert findings[number - 1].where not in [each.where for each in findings_of(crooked)]


def test_a_draft_is_noted_as_checked_as_it_was_seen(seen_by, draft):
    client, address = seen_by("administrator"), reverse("edition_check", args=[draft.code])
    client.post(address, {"version": "0"})
    assert Edition.objects.get(pk=draft.pk).state is EditionState.DRAFT
    assert client.post(address, {"version": "1"})["Location"] == reverse("edition_preview", args=[draft.code])
    assert Edition.objects.get(pk=draft.pk).state is EditionState.CHECKED
    assert "Noté comme contrôlé" in page(client, "edition_check", draft.code)


def test_an_edition_in_force_is_looked_at_and_never_noted(seen_by):
    told = page(seen_by("director"), "edition_check", IN_FORCE)
    assert "Noter" not in told
    assert seen_by("director").post(reverse("edition_check", args=[IN_FORCE]), {"version": "0"}).status_code == 404


@pytest.mark.parametrize("number", [0, 999, 100000])
def test_a_finding_that_is_none_leads_back(seen_by, draft, number):
    answer = seen_by("director").get(reverse("edition_repair", args=[draft.code, number]))
    assert answer["Location"] == reverse("edition_check", args=[draft.code])


def test_what_differs_is_on_the_map_in_the_table_and_in_the_file(seen_by, draft, django_assert_max_num_queries):
    client = seen_by("director")
    page(client, "edition_compare", draft.code)  # caches of the process
    with django_assert_max_num_queries(18):
        told = page(client, "edition_compare", draft.code)
    assert f"De {IN_FORCE} à {draft.code}" in told
    assert "1 morceau de terrain" in told
    assert "Gap – Est" in told
    assert shapes(told)["1"]["properties"]["look"] == "shape shape--moved"
    answer = client.get(reverse("edition_compare_file", args=[draft.code]), {"avec": IN_FORCE})
    assert answer["Content-Type"] == "application/geo+json"
    (feature,) = json.loads(answer.content)["features"]
    assert (feature["properties"]["from_sector"], feature["properties"]["to_sector"]) == ("gap-hyper-centre", "gap-est")
    assert "Les mêmes secteurs" in page(client, "edition_compare", draft.code, avec=draft.code)
    assert client.get(reverse("edition_compare", args=[draft.code]), {"avec": "nulle-part"}).status_code == 404


def test_the_only_edition_is_compared_with_nothing(seen_by):
    told = page(seen_by("director"), "edition_compare", IN_FORCE)
    assert "Il n’y a pas d’autre édition" in told
    assert seen_by("director").get(reverse("edition_compare_file", args=[IN_FORCE])).status_code == 404
