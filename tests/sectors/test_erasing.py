"""An account erased at its person's wish, and the accounts that cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.changes import create_token, create_user
from accounts.models import AccessLog, ApiToken, BrowserSession
from accounts.throttles import bare_account
from messaging.models import Message
from sectors.changes import mandate
from sectors.changes.erasing import NotErased, check_erasable, erase
from sectors.models import Invitation, Mandate, Role, Territory
from sectors.scope import NOBODY, scope_of

pytestmark = pytest.mark.django_db


def refused(user) -> tuple[str, str]:
    with pytest.raises(NotErased) as why:
        erase(user=user, at=timezone.now())
    user.refresh_from_db()
    assert user.erased_at is None
    assert user.is_active
    return why.value.code, why.value.what


def test_nothing_is_left_that_names_the_person(person, rf):
    user = person("partner_a")
    user.email = "hélène@psq.example"
    user.save()
    address, name = user.email, user.name
    create_token(user=user, name="script", ttl=timedelta(days=1))
    TOTPDevice.objects.create(user=user, name="phone")
    BrowserSession.objects.create(
        session_key="k", session_data="", expire_date=timezone.now() + timedelta(hours=1), user=user
    )
    for state in ("owed", "sent"):
        Message.objects.create(
            dedupe_key=state, channel="email", recipient=address, body=f"Bonjour {name}", state=state
        )
    # Counted without its accents, as every wrong password is.
    AccessAttempt.objects.create(username=bare_account(address), ip_address="127.0.0.1", failures_since_start=1)
    now = timezone.now()
    Invitation.objects.create(
        email=address, role="auditor", territory=Territory.objects.get(code="05"), invited_by=person("administrator"),
        invited_at=now, expires_at=now + timedelta(days=7),
    )  # fmt: skip

    erase(user=user, at=now)

    assert not Invitation.objects.exists()
    assert not AccessAttempt.objects.exists()
    user.refresh_from_db()
    assert (user.name, user.phone, user.is_active, user.erased_at) == ("", "", False, now)
    assert user.email.endswith("@erased.invalid")
    assert not user.has_usable_password()
    assert str(user) == "compte supprimé"
    for model in (ApiToken, TOTPDevice, BrowserSession):
        assert not model.objects.filter(user=user).exists()
    assert scope_of(user, now) == NOBODY
    assert not Mandate.objects.in_force(now).filter(user=user).exists()
    assert not Message.objects.filter(recipient=address).exists()
    assert not Message.objects.filter(body__contains=name).exists()
    assert set(Message.objects.values_list("state", flat=True)) == {"dead", "sent"}
    # Otherwise erasing one's account would erase one's traces.
    entry = AccessLog.objects.get(operation="account.erase")
    assert (entry.user, entry.reference, entry.territory) == (user, f"account:{user.pk}", "05")
    assert entry.references == [address, name]


def test_a_mandate_that_has_not_begun_goes(person):
    user = create_user(email="plus.tard@psq.example", password=None)
    mandate(
        user=user, role=Role.AUDITOR, over=Territory.objects.get(code="05"), start=timezone.now() + timedelta(days=9)
    )
    erase(user=user, at=timezone.now())
    assert not Mandate.objects.filter(user=user).exists()


def test_who_holds_a_post_hands_it_over_first(person):
    assert refused(person("referent_a")) == ("holds_post", "gap-hyper-centre")


def test_the_last_administrator_stays_until_there_is_another(person):
    user = person("administrator")
    assert refused(user) == ("last_administrator", "05")
    other = create_user(email="admin2@psq.example", password=None, is_active=False)
    mandate(user=other, role=Role.ADMINISTRATOR, over=Territory.objects.get(code="05"), start=timezone.now())
    assert refused(user) == ("last_administrator", "05")  # the other one is suspended
    type(other).objects.filter(pk=other.pk).update(is_active=True)
    erase(user=user, at=timezone.now())
    with pytest.raises(NotErased):
        check_erasable(user=other, at=timezone.now())


def test_a_superuser_is_not_the_products_to_erase(db):
    assert refused(create_user(email="root@psq.example", password=None, is_superuser=True)) == ("superuser", "")
