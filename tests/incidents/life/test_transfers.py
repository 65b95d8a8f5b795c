"""Offered, accepted, refused, withdrawn, assigned: whoever has it keeps it until answered, and the clock runs on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accounts.models import AccessLog
from incidents import changes
from incidents.models import Incident, Routing, Transfer
from messaging.models import Message
from ogcapi.geojson import Refused
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import ADDRESS, GAP_HOUSING, PARIS, reported

pytestmark = pytest.mark.django_db
WHY = "Devant la zone commerciale"
TO = "gap-economique"


@pytest.fixture
def offered(row, by) -> Incident:
    """In charge in the hyper-centre, and offered to the référent of the economic areas (referent_b)."""
    changes.take(incident=row, **by("referent_a"))
    changes.offer(incident=row, to_post=TO, reason=WHY, **by("referent_a"))
    return Incident.objects.get(pk=row.pk)


def refusal(call, **given) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        call(**given)
    return refused.value.status, refused.value.code


def test_the_old_holder_keeps_it_while_nobody_answers(offered, row, by, client_of, person, monday):
    assert (offered.post.code, offered.status, offered.due_at) == ("gap-hyper-centre", "prise_en_charge", row.due_at)
    made = Transfer.objects.get()
    assert (made.state, made.from_post.code, made.to_post.code, made.reason) == (
        "offered", "gap-hyper-centre", TO, WHY,
    )  # fmt: skip
    assert (made.offered_at, made.offered_by, made.answered_at) == (monday, person("referent_a"), None)
    # Its receiver reads it to decide, and may not work on it yet.
    assert client_of("referent_b").get(f"{ADDRESS}{row.reference}/").json()["properties"]["position"] == "exact"
    with pytest.raises(PermissionDenied):
        moved(offered, person("referent_b"), "repondue")
    assert moved(offered, person("referent_a"), "repondue").status == "repondue"


def test_accepted(offered, row, by, client_of, person, monday):
    after = changes.accept(incident=offered, **by("referent_b"))
    stored = Incident.objects.get()
    assert (stored.post.code, stored.unit_id, stored.status) == (TO, stored.post.unit_id, "signalee")
    # Re-routing never resets the clock.
    assert (after.due_on, stored.due_on, stored.due_at, stored.policy_version) == (
        row.due_on, row.due_on, row.due_at, row.policy_version,
    )  # fmt: skip
    made = Transfer.objects.get()
    assert (made.state, made.answered_by, made.answered_at) == ("accepted", person("referent_b"), monday)
    routing = Routing.objects.order_by("-pk")[0]
    assert (routing.trigger, routing.rule, routing.comment, routing.author) == (
        "manual", "manual", WHY, person("referent_b"),
    )  # fmt: skip
    assert (routing.post.code, routing.holder) == (TO, person("referent_b"))
    last = row.status_changes.order_by("-pk")[0]
    assert (last.status_from, last.status_to, last.is_public) == ("prise_en_charge", "signalee", False)
    assert client_of("referent_b").get(f"{ADDRESS}{row.reference}/").status_code == 200
    assert client_of("referent_a").get(f"{ADDRESS}{row.reference}/").status_code == 404
    assert changes.take(incident=stored, **by("referent_b")).status == "prise_en_charge"


def test_why_this_referent_says_that_it_was_handed_on(offered, row, by, client_of):
    changes.accept(incident=offered, **by("referent_b"))
    told = client_of("partner_a").get(f"{ADDRESS}{row.reference}/", headers={"Accept-Language": "en"}).json()
    assert told["properties"]["post"] == TO
    assert told["properties"]["reason"].startswith("It was handed on to ")
    history = client_of("partner_a").get(f"{ADDRESS}{row.reference}/routing/").json()["routings"]
    assert [each["trigger"] for each in history] == ["manual", "report"]


@pytest.mark.parametrize("out_of_sector", [True, False])
def test_refused(offered, row, by, client_of, person, monday, out_of_sector):
    made = changes.refuse(
        incident=offered, reason="Hors de mon secteur", out_of_sector=out_of_sector, **by("referent_b")
    )
    assert (made.state, made.answer, made.out_of_sector, made.answered_by) == (
        "refused", "Hors de mon secteur", out_of_sector, person("referent_b"),
    )  # fmt: skip
    stored = Incident.objects.get()
    assert (stored.post.code, stored.status, stored.due_at) == ("gap-hyper-centre", "prise_en_charge", row.due_at)
    assert client_of("referent_b").get(f"{ADDRESS}{row.reference}/").status_code == 404
    (counted,) = Transfer.objects.answers_by_post(monday, monday + timedelta(days=1))
    assert counted == {"to_post_id": made.to_post_id, "offered": 1, "refused": 1, "out": int(out_of_sector)}
    assert Transfer.objects.answers_by_post(monday - timedelta(days=1), monday) == []
    # It may be offered again, to the same or to another.
    changes.offer(incident=stored, to_post="gap-habitat-dense", reason=WHY, **by("referent_a"))


def test_withdrawn(offered, row, by, client_of):
    assert changes.withdraw(incident=offered, **by("referent_a")).state == "withdrawn"
    assert client_of("referent_b").get(f"{ADDRESS}{row.reference}/").status_code == 404
    assert refusal(changes.withdraw, incident=offered, **by("referent_a")) == (409, "nothing_offered")


def test_a_receiver_who_was_a_neighbour_anyhow_stays_one(row, by):
    Incident.objects.update(co_reader_posts=[Routing.objects.get().post.pk + 1])
    neighbour = Incident.objects.get().co_reader_posts
    code = Routing.objects.get().post.__class__.objects.get(pk=neighbour[0]).code
    changes.offer(incident=row, to_post=code, reason=WHY, **by("referent_a"))
    changes.withdraw(incident=row, **by("referent_a"))
    assert Incident.objects.get().co_reader_posts == neighbour


@pytest.mark.parametrize("who", ["referent_a", "referent_briancon", "partner_a", "mayor_gap", "auditor"])
def test_only_the_receiver_answers(offered, by, who):
    for call in (changes.accept, lambda **given: changes.refuse(reason="Non", **given)):
        with pytest.raises(PermissionDenied):
            call(incident=offered, **by(who))
    assert Transfer.objects.get().state == "offered"


def test_the_direction_answers_for_an_absent_receiver(offered, by):
    assert changes.accept(incident=offered, **by("director")).post.code == TO


@pytest.mark.parametrize("who", ["referent_b", "partner_a", "mayor_gap", "administrator"])
def test_only_its_holder_offers_and_withdraws(row, by, offered, who):
    with pytest.raises(PermissionDenied):
        changes.withdraw(incident=offered, **by(who))
    with pytest.raises(PermissionDenied):
        changes.offer(incident=offered, to_post="gap-habitat-dense", reason=WHY, **by(who))


@pytest.mark.parametrize(
    ("to", "reason", "status", "code"),
    [
        ("nowhere", WHY, 422, "unknown_post"),
        ("gap-hyper-centre", WHY, 422, "same_post"),
        (TO, "  ", 422, "reason_required"),
        (TO, "...", 422, "reason_required"),
        (TO, "x" * 501, 422, "too_long"),
        (TO, "Vu AB-123-CD", 422, "personal_data"),
    ],
)
def test_what_is_offered_is_checked(row, by, to, reason, status, code):
    for call, who in ((changes.offer, "referent_a"), (changes.assign, "director")):
        assert refusal(call, incident=row, to_post=to, reason=reason, **by(who)) == (status, code)
    assert (Transfer.objects.count(), Incident.objects.get().co_reader_posts) == (0, row.co_reader_posts)


def test_a_post_of_another_territory_is_none(row, by):
    from tests.factories import land

    land("bzh").post("there")
    assert refusal(changes.offer, incident=row, to_post="there", reason=WHY, **by("referent_a"))[1] == "unknown_post"


def test_one_offer_at_a_time(offered, by):
    again = refusal(changes.offer, incident=offered, to_post="gap-habitat-dense", reason=WHY, **by("referent_a"))
    assert again == (409, "already_offered")
    kept = Transfer.objects.get()
    kept.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


@pytest.mark.parametrize("status", ["repondue", "close", "non_retenue"])
def test_what_is_settled_is_not_handed_on(row, by, person, status):
    brought(row, person("referent_a"), status)
    for call, who in ((changes.offer, "referent_a"), (changes.assign, "director")):
        assert refusal(call, incident=row, to_post=TO, reason=WHY, **by(who)) == (409, "already_settled")


@pytest.mark.parametrize("how", ["settled", "pin"])
def test_an_offer_without_object_lapses(offered, row, by, client_of, person, monday, how):
    if how == "settled":
        moved(offered, person("referent_a"), "repondue")
    else:
        lon, lat = GAP_HOUSING
        changes.move(incident=offered, lon=lon, lat=lat, reason="Plus au sud", **by("referent_a"))
    made = Transfer.objects.get()
    assert (made.state, made.answered_at, made.answered_by) == ("lapsed", monday, None)
    assert client_of("referent_b").get(f"{ADDRESS}{row.reference}/").status_code == 404
    assert refusal(changes.accept, incident=offered, **by("director")) == (409, "nothing_offered")


def test_accepted_while_suspended_the_clock_starts(row, by, person):
    brought(row, person("referent_a"), "suspendue")
    changes.offer(incident=row, to_post=TO, reason=WHY, **by("referent_a"))
    after = changes.accept(incident=row, **by("referent_b"))
    assert (after.status, after.due_on, row.suspensions.filter(ended_at=None).count()) == ("signalee", row.due_on, 0)


def test_assigned_by_the_direction(person, by, monday):
    row = reported(person("partner_a"), monday, PARIS)
    assert (row.post.code, row.triage_due_at is None) == ("triage-05", False)
    after = changes.assign(incident=row, to_post="gap-habitat-dense", reason="Le plus proche", **by("director"))
    stored = Incident.objects.get()
    assert (after.post.code, stored.post.code, stored.status) == ("gap-habitat-dense", "gap-habitat-dense", "signalee")
    assert (stored.triage_due_at, stored.due_at) == (None, row.due_at)
    assert Transfer.objects.values_list("state", flat=True).get() == "assigned"
    # It was signalee and still is: no move to tell of.
    assert row.status_changes.count() == 1
    assert Routing.objects.order_by("-pk")[0].trigger == "manual"


def test_handed_to_another_desk_the_triage_goes_on(person, by, monday):
    row = reported(person("partner_a"), monday, PARIS)
    after = changes.assign(incident=row, to_post="desk-gap", reason="Accueil", **by("director"))
    assert after.triage_due_at == row.triage_due_at


def test_assigned_over_an_offer(offered, by):
    changes.assign(incident=offered, to_post="gap-habitat-dense", reason="Tranché", **by("director"))
    assert set(Transfer.objects.values_list("state", "to_post__code")) == {
        ("lapsed", TO), ("assigned", "gap-habitat-dense"),
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        changes.assign(incident=offered, to_post=TO, reason="Moi aussi", **by("referent_b"))


@pytest.mark.parametrize("table", ["accounts_accesslog", "incidents_routing"])
def test_a_write_that_fails_takes_everything_back(offered, by, table):
    owed = Message.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError, match="nothing_more"):
        changes.accept(incident=offered, **by("referent_b"))
    stored = Incident.objects.get()
    assert (stored.post.code, stored.status) == ("gap-hyper-centre", "prise_en_charge")
    assert (Transfer.objects.get().state, Message.objects.count()) == ("offered", owed)


def test_the_access_log_tells_to_whom(offered, by, person):
    logged = AccessLog.objects.order_by("-pk")[0]
    assert (logged.operation, logged.reference, logged.recipient, logged.user) == (
        "incident.transfer", f"incident:{offered.reference}", TO, person("referent_a"),
    )  # fmt: skip
    assert WHY not in logged.motive
