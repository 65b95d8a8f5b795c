"""Several concerns of the list handed on at once: asked to whom and why, then offered or assigned, each for itself."""

from __future__ import annotations

import pytest
from django.utils import timezone

from incidents import changes
from incidents.models import Incident, Transfer, TransferState
from messaging.models import Message
from sectors.scope import scope_of

BATCH = "/bureau/lot/"
TO = {"to_post": "gap-economique", "reason": "Zone commerciale", "hand_on": "1", "query": "desk=1"}


def references(*incidents: Incident) -> dict[str, list[str]]:
    return {"reference": [each.reference for each in incidents]}


def test_it_is_first_asked_to_whom_and_why(seen_by, reported):
    chosen, left = [reported(), reported()], reported()
    page = seen_by("referent_a").post(BATCH, {**references(*chosen), "hand_on": "1", "query": "desk=1"})
    html = page.content.decode()
    assert page.status_code == 200
    assert '<option value="gap-economique"' in html
    assert all(f'name="reference" value="{each.reference}"' in html for each in chosen)
    assert left.reference not in html
    assert 'href="/bureau/"' in html
    assert not Transfer.objects.exists()


def test_a_referent_proposes_them_and_keeps_them_meanwhile(seen_by, reported, person):
    chosen = [reported(), reported()]
    page = seen_by("referent_a").post(BATCH, {**TO, **references(*chosen)}, follow=True)
    assert page.redirect_chain == [("/bureau/", 302)]
    assert "2 préoccupations proposées" in page.content.decode()
    offered = Transfer.objects.filter(state=TransferState.OFFERED)
    assert {each.incident_id for each in offered} == {each.pk for each in chosen}
    assert all(Incident.objects.get(pk=each.pk).post.code == "gap-hyper-centre" for each in chosen)
    assert Message.objects.filter(dedupe_key__startswith="transfer:").count() == 2


def test_the_direction_assigns_them(seen_by, reported):
    chosen = [reported(), reported()]
    page = seen_by("director").post(BATCH, {**TO, **references(*chosen)}, follow=True)
    assert "2 préoccupations attribuées" in page.content.decode()
    assert {Incident.objects.get(pk=each.pk).post.code for each in chosen} == {"gap-economique"}


def test_what_may_not_be_handed_on_is_said_and_the_rest_is(seen_by, reported, person):
    waiting, offered = reported(), reported()
    referent = person("referent_a")
    by = {"author": referent, "scope": scope_of(referent, timezone.now())}
    changes.offer(incident=offered, to_post="gap-economique", reason="Zone", **by)
    html = seen_by("referent_a").post(BATCH, {**TO, **references(waiting, offered)}, follow=True).content.decode()
    assert "1 préoccupation proposée" in html
    assert f"{offered.reference} –" in html


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"to_post": ""}, "to_post"),
        ({"reason": "FR76 3000 6000 0112 3456 7890 189"}, "reason"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(seen_by, reported, changed, field):
    chosen = [reported(), reported()]
    page = seen_by("referent_a").post(BATCH, {**TO, **references(*chosen), **changed})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {field}
    assert not Transfer.objects.exists()


def test_a_neighbour_hands_on_nothing_by_guessing(seen_by, reported):
    incident = reported()
    seen_by("referent_briancon").post(BATCH, {**TO, **references(incident)})
    assert not Transfer.objects.exists()


def test_among_many_posts_one_types_the_code(seen_by, reported, monkeypatch):
    monkeypatch.setattr("frontend.acting_forms.MOST_CHOICES", 2)
    incident = reported()
    client = seen_by("referent_a")
    html = client.post(BATCH, {**references(incident), "hand_on": "1"}).content.decode()
    assert '<input type="text" name="to_post"' in html
    unknown = client.post(BATCH, {**TO, **references(incident), "to_post": "nulle-part"}, follow=True)
    assert f"{incident.reference} –" in unknown.content.decode()
    assert not Transfer.objects.exists()
    action = f"/preoccupations/{incident.reference}/agir/proposer/"
    refused = client.post(action, {"proposer-to_post": "nulle-part", "proposer-reason": "Zone"})
    assert "to_post" in refused.context["form"].errors
    client.post(action, {"proposer-to_post": "gap-economique", "proposer-reason": "Zone"})
    assert Transfer.objects.get().to_post.code == "gap-economique"
