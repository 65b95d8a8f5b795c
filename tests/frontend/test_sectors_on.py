"""The map on another day: what was in force then, on the page and for a place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from incidents import changes
from sectors.changes import drafts, drawing
from sectors.changes.drawing import Drawn
from sectors.models import Edition
from tests.incidents.sending import GAP

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(person, monday) -> Edition:
    """From Tuesday on, the hyper-centre of Gap is called otherwise and answered for by another post."""
    by, model = person("director"), Edition.objects.get(territory__code="05")
    made = drafts.begin(by=by, territory=model.territory_id, at=monday, model=model.pk, code="05-essai")
    old = made.sectors.get(code="gap-hyper-centre")
    drawn = Drawn(old.code, "Gap – Nouveau centre", old.kind, post="gap-economique", area=bytes(old.area.wkb))
    drawing.redraw(by=by, edition=made.pk, drawn=[drawn], seen=0, at=monday)
    facts = {"by": by, "edition": made.pk, "seen": 1, "at": monday}
    drafts.mark_checked(**facts)
    day = (monday + timedelta(days=1)).date()
    changes.preview(**facts, start_on=day)
    return changes.approve(**facts, start_on=day)


def told(client, **asked: str) -> str:
    answer = client.get(reverse("sectors_on"), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_each_day_has_the_sectors_of_its_edition(seen_by, approved):
    client = seen_by("")
    for day, here in (("", False), ("2026-11-23", False), ("2026-11-24", True), ("2026-10-01", False)):
        page = told(client, **({"at": day} if day else {}))
        assert ("Gap – Nouveau centre" in page) is here, day
        assert ("Édition 05-essai" in page) is here, day
        assert "6 secteurs" in page
    assert "Les secteurs le 24 novembre 2026" in told(client, at="24/11/2026")
    assert "Aucun secteur n’était en vigueur ce jour-là" in told(client, at="2020-01-01")


def test_a_draft_is_on_no_day(seen_by, person, monday):
    model = Edition.objects.get(territory__code="05")
    drafts.begin(by=person("director"), territory=model.territory_id, at=monday, model=model.pk, code="05-secret")
    assert "05-secret" not in told(seen_by("director")) + told(seen_by(""), at="2027-01-01")


@pytest.mark.parametrize("day", ["hier", "1850-01-01", "9999-12-31", "2026-02-30"])
def test_what_is_no_day_is_said_and_today_shown(seen_by, day):
    page = told(seen_by(""), at=day)
    assert 'href="#id_at"' in page
    assert "Les secteurs d’aujourd’hui" in page


def test_the_page_costs_the_same_on_every_day(seen_by, approved, django_assert_max_num_queries):
    client = seen_by("")
    told(client)  # caches of the process
    with django_assert_max_num_queries(6):
        told(client, at="2026-11-24")


def test_who_answers_a_place_on_a_day(seen_by, approved):
    client, place = seen_by(""), {"lon": str(GAP[0]), "lat": str(GAP[1])}

    def who(**asked: str) -> str:
        return " ".join(client.get(reverse("who"), {**place, **asked}).content.decode().split())

    before, after = "Référent Gap hyper-centre", "Référent Gap grands ensembles économiques"
    for asked, post in (({}, before), ({"at": "2026-10-01"}, before), ({"at": "2026-11-24"}, after)):
        assert f'id="answer-title">{post}<' in who(**asked)
    assert "ce n’est pas la réponse d’aujourd’hui" in who(at="2026-11-24")
    assert "ce n’est pas la réponse" not in who(at="2026-11-23")
    # Nothing is reported for another day.
    assert reverse("report_where") + "?lat" not in who(at="2026-11-24")
    assert 'id="at-error"' in who(at="hier")
