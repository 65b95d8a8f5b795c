"""A border agreement is made, wins over the sectors on its days, and is ended; the past is not rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from shapely.geometry import box

from accounts.models import AccessLog
from ogcapi.geojson import Refused
from sectors import atlas
from sectors.changes.agreements import agree, end
from sectors.models import BorderAgreement, Territory
from sectors.moments import PARIS, paris_midnight
from sectors.routing import choose

pytestmark = pytest.mark.django_db
# A street in the centre of Gap, which the business sector is to answer for.
STREET = ((6.0780, 44.5590), (6.0790, 44.5598))
ON_IT, BESIDE = (6.0785, 44.5594), (6.0786, 44.5580)


def given(person: Any, **more: Any) -> dict[str, Any]:
    at = more.pop("at", timezone.now())
    return {
        "by": person("director"), "territory": Territory.objects.get(code="05").pk, "sector": "gap-economique",
        "line": STREET, "reach_m": 20.0, "start": at.astimezone(PARIS).date(), "last": None,
        "reason_fr": "Rue commerçante", "at": at,
    } | more  # fmt: skip


def answering(at: Any, place: tuple[float, float] = ON_IT) -> tuple[str, str | None]:
    decision = choose(atlas.read(at).facts(*place))
    return str(decision.outcome), decision.sector.code if decision.sector else None


def test_an_agreement_wins_from_now_on_and_the_past_stays(person: Any) -> None:
    before = timezone.now()
    made = agree(**given(person))
    assert (made.code, made.reason_en, made.validity.upper) == ("limite-05-001", "Rue commerçante", None)
    assert answering(timezone.now()) == ("agreement", "gap-economique")
    assert answering(timezone.now(), BESIDE) == ("inside", "gap-hyper-centre")
    assert answering(before - timedelta(days=1)) == ("inside", "gap-hyper-centre")
    assert AccessLog.objects.filter(operation="agreement.make", reference="agreement:limite-05-001").exists()
    assert agree(**given(person)).code == "limite-05-002"


def test_it_holds_on_its_days_in_paris_alone(person: Any, monday: Any) -> None:
    today = monday.astimezone(PARIS).date()
    first, last = today + timedelta(days=3), today + timedelta(days=5)
    made = agree(**given(person, at=monday, start=first, last=last))
    assert made.validity.lower == paris_midnight(first)
    assert made.validity.upper == paris_midnight(last + timedelta(days=1))
    tick = timedelta(microseconds=1)
    for moment, outcome in (
        (made.validity.lower - tick, "inside"),
        (made.validity.lower, "agreement"),
        (made.validity.upper - tick, "agreement"),
        (made.validity.upper, "inside"),
    ):
        assert answering(moment)[0] == outcome


def test_a_small_area_can_be_agreed_on(person: Any) -> None:
    made = agree(**given(person, line=(), reach_m=0.0, area=box(6.0780, 44.5590, 6.0790, 44.5598).wkb))
    assert (made.reach_m, made.location.geom_type) == (0.0, "Polygon")
    assert answering(timezone.now()) == ("agreement", "gap-economique")


def test_it_ends_when_a_day_is_over_and_is_taken_back_before_it_began(person: Any, monday: Any) -> None:
    today, by = monday.astimezone(PARIS).date(), person("administrator")
    made = agree(**given(person, at=monday))
    ended = end(by=by, agreement=made.code, last=today, at=monday + timedelta(hours=1))
    assert ended is not None
    assert ended.validity.upper == paris_midnight(today + timedelta(days=1))
    refused(409, "ended", end, by=by, agreement=made.code, last=today, at=monday + timedelta(days=2))
    later = agree(**given(person, at=monday, start=today + timedelta(days=9)))
    refused(422, "past", end, by=by, agreement=later.code, last=today - timedelta(days=1), at=monday)
    assert end(by=by, agreement=later.code, last=today, at=monday) is None
    assert not BorderAgreement.objects.filter(code=later.code).exists()
    assert set(AccessLog.objects.filter(operation__startswith="agreement.").values_list("operation", flat=True)) == {
        "agreement.make", "agreement.end", "agreement.withdraw",
    }  # fmt: skip


def refused(status: int, why: str, change: Any, **facts: Any) -> None:
    with pytest.raises(Refused) as caught:
        change(**facts)
    assert (caught.value.status, caught.value.code) == (status, why)


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("past", {"start": date(2020, 1, 1)}),
        ("order", {"start": date(2100, 1, 2), "last": date(2100, 1, 1)}),
        ("required", {"reason_fr": "  "}),
        ("too_long", {"reason_fr": "a" * 301}),
        ("unknown_code", {"sector": "nowhere"}),
        ("out_of_range", {"reach_m": 0.0}),
        ("out_of_range", {"reach_m": 201.0}),
        ("too_long", {"line": ((6.0, 44.5), (6.2, 44.5))}),
        ("out_of_bounds", {"line": ((120.0, 44.5), (120.001, 44.5))}),
        ("far", {"line": ((6.6, 44.89), (6.601, 44.89))}),
        ("no_shape", {"line": ()}),
        ("no_shape", {"area": box(6.0780, 44.5590, 6.0790, 44.5598).wkb}),
        ("too_large", {"line": (), "area": box(6.07, 44.55, 6.09, 44.57).wkb}),
    ],
)
def test_what_is_no_agreement_is_refused(person: Any, why: str, changed: dict[str, Any]) -> None:
    refused(422, why, agree, **given(person, **changed))
    assert not BorderAgreement.objects.exists()


@pytest.mark.parametrize("name", ["referent_a", "partner_a", "mayor_gap", "auditor"])
def test_who_draws_no_map_agrees_on_nothing(person: Any, name: str) -> None:
    with pytest.raises(Territory.DoesNotExist):
        agree(**given(person, by=person(name)))
    made = agree(**given(person))
    with pytest.raises(BorderAgreement.DoesNotExist):
        end(by=person(name), agreement=made.code, last=timezone.localdate(), at=timezone.now())
