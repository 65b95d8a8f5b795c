"""When an invitation no longer holds: used, too old, sent again, revoked; and when it is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.changes import create_user, suspend
from accounts.changes.purging import purge
from accounts.models import User
from sectors.changes.administering import end_role
from sectors.changes.forgetting import INVITATION
from sectors.changes.invitations import NoLongerHolds, accept_as, accept_new
from sectors.changes.people import mandate
from sectors.models import Holding, Invitation, Mandate, Role, Territory
from tests.conftest import MONDAY
from tests.frontend.inviting import ACCOUNT, GUEST, NEW, acted, last_link, sent
from tests.frontend.mail import letters

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
Person = Callable[[str], User]


def test_a_link_lasts_seven_days(seen_by: Seen) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        sent(seen_by("referent_a"))
        clock.shift(timedelta(days=6, hours=23))
        assert seen_by("").get(last_link()).status_code == 200
        clock.shift(timedelta(hours=2))
        late = seen_by("").get(last_link())
        assert late.status_code == 410
        assert "pas été acceptée à temps" in late.content.decode()
        assert seen_by("").post(last_link(), ACCOUNT).status_code == 410
        assert "périmée" in seen_by("referent_a").get(reverse("invitations")).content.decode()
        acted(seen_by("referent_a"), "resend")
        assert seen_by("").get(last_link()).status_code == 200


def test_sent_again_the_first_link_ends(seen_by: Seen) -> None:
    sent(seen_by("referent_a"))
    first = last_link()
    acted(seen_by("referent_a"), "resend")
    assert len(letters(GUEST)) == 2
    old = seen_by("").get(first)
    assert old.status_code == 410
    assert "renvoyée entre-temps" in old.content.decode()
    assert seen_by("").post(last_link(), ACCOUNT).status_code == 302
    late = seen_by("referent_a").post(
        reverse("invitation_act", args=[Invitation.objects.get().code]), {"do": "resend"}, follow=True
    )
    assert "acceptée ou révoquée" in late.content.decode()
    assert len(letters(GUEST)) == 2


def test_a_revoked_one_opens_nothing(seen_by: Seen) -> None:
    sent(seen_by("referent_a"))
    acted(seen_by("referent_a"), "revoke")
    gone = seen_by("").get(last_link())
    assert gone.status_code == 410
    assert "révoquée" in gone.content.decode()
    assert seen_by("").post(last_link(), ACCOUNT).status_code == 410
    assert not User.objects.filter(email=GUEST).exists()
    acted(seen_by("referent_a"), "resend")
    assert len(letters(GUEST)) == 1
    assert sent(seen_by("referent_a")).status_code == 302, "the address may be invited anew"


def test_who_is_shut_out_lets_nobody_else_in(seen_by: Seen, person: Person) -> None:
    sent(seen_by("administrator"), what="administrator:05")
    suspend(user=person("administrator"))
    assert seen_by("").get(last_link()).status_code == 410
    assert seen_by("").post(last_link(), {**ACCOUNT, "new_password": NEW * 2, "again": NEW * 2}).status_code == 410
    assert not User.objects.filter(email=GUEST).exists()


def ended(by: User, given: Mandate | Holding) -> None:
    end_role(by=by, given=given, end=timezone.now(), at=timezone.now())


LAPSED = "n’attribue plus ce rôle"


@pytest.mark.parametrize("what", ["administrator:05", "partner:bailleur", "referent:gap-hyper-centre"])
def test_whose_mandate_ended_gives_no_role_any_more(seen_by: Seen, person: Person, what: str) -> None:
    other = create_user(email="other@psq.example", password=NEW)
    mandate(user=other, role=Role.ADMINISTRATOR, over=Territory.objects.get(code="05"), start=timezone.now())
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(other)
    assert sent(client, what=what).status_code == 302
    guest = person("partner_b")
    Invitation.objects.update(email=guest.email)
    link = last_link()
    assert seen_by("partner_b").get(link).status_code == 200
    ended(person("administrator"), Mandate.objects.get(user=other))
    roles = Mandate.objects.filter(user=guest).count()
    for asked in (seen_by("partner_b").get(link), seen_by("partner_b").post(link)):
        assert asked.status_code == 410
        assert LAPSED in asked.content.decode()
    token = link.rstrip("/").rsplit("/", 1)[1]
    with pytest.raises(NoLongerHolds):
        accept_as(token=token, user=guest, at=timezone.now())
    assert (Mandate.objects.filter(user=guest).count(), Holding.objects.filter(user=guest).count()) == (roles, 0)
    admin = seen_by("administrator")
    listed = admin.get(reverse("invitations")).content.decode()
    assert LAPSED in listed
    # Who may give the role sends it again, in their own name.
    acted(admin, "resend", guest.email)
    assert LAPSED not in admin.get(reverse("invitations")).content.decode()
    assert seen_by("partner_b").get(last_link(guest.email)).status_code == 200


def test_who_gave_the_post_back_gives_no_role_of_its_group(seen_by: Seen, person: Person) -> None:
    sent(seen_by("referent_a"))
    ended(person("administrator"), Holding.objects.get(user=person("referent_a")))
    assert seen_by("").get(last_link()).status_code == 410
    late = seen_by("").post(last_link(), ACCOUNT)
    assert late.status_code == 410
    assert LAPSED in late.content.decode()
    with pytest.raises(NoLongerHolds):
        accept_new(token=last_link().rstrip("/").rsplit("/", 1)[1], name="Ana Invitée", password=NEW, at=timezone.now())
    assert not User.objects.filter(email=GUEST).exists()
    assert LAPSED in seen_by("administrator").get(reverse("invitations")).content.decode()


def test_sent_again_it_is_an_invitation_of_who_sent_it_again(seen_by: Seen, person: Person) -> None:
    sent(seen_by("referent_a"))
    suspend(user=person("referent_a"))
    acted(seen_by("administrator"), "resend")
    assert Invitation.objects.get().invited_by == person("administrator")
    assert seen_by("").post(last_link(), ACCOUNT).status_code == 302


def test_twice_is_once(seen_by: Seen) -> None:
    sent(seen_by("referent_a"))
    again = sent(seen_by("administrator"))
    assert again.status_code == 200
    assert "renvoyez" in again.content.decode()
    assert len(letters(GUEST)) == 1
    row = Invitation.objects.get()
    row.pk, row.code = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_they_are_forgotten_thirty_days_after_their_end(seen_by: Seen) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = seen_by("administrator")
        for email in ("used@psq.example", "revoked@psq.example", "expired@psq.example"):
            sent(client, email=email)
        seen_by("").post(last_link("used@psq.example"), ACCOUNT)
        acted(client, "revoke", "revoked@psq.example")
        clock.shift(timedelta(days=29))
        assert purge(at=timezone.now(), by="test", commit=True, chosen=[INVITATION]).total == 0
        clock.shift(timedelta(days=2))
        assert purge(at=timezone.now(), by="test", commit=True, chosen=[INVITATION]).counts == {"invitation": {"05": 2}}
        assert Invitation.objects.get().email == "expired@psq.example"
        clock.shift(timedelta(days=7))
        assert purge(at=timezone.now(), by="test", commit=True, chosen=[INVITATION]).total == 1
