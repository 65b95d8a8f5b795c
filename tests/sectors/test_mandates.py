"""What a mandate does to the account that gets it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.changes import create_token, create_user
from accounts.models import AccessLog, ApiToken
from sectors.changes import entrust, mandate
from sectors.models import Holding, Partner, Post, Role, Territory

DAY = timedelta(days=1)


@pytest.fixture
def somebody(db):
    user = create_user(email="personne@psq.example", password=None)
    create_token(user=user, name="script", ttl=DAY)
    return user


def test_a_token_made_by_a_password_alone_ends_with_a_role_that_asks_for_more(somebody):
    over, start = Territory.objects.get(code="05"), timezone.now()
    assert mandate(user=somebody, role=Role.DIRECTOR, over=over, start=start)
    assert not ApiToken.objects.exists()
    assert AccessLog.objects.filter(operation="token.revoke", user=somebody).count() == 1

    # Given once more it changes nothing: a token made since then is kept.
    create_token(user=somebody, name="script", ttl=DAY)
    assert not mandate(user=somebody, role=Role.DIRECTOR, over=over, start=start)
    assert ApiToken.objects.exists()


def test_a_token_stays_where_the_factor_is_set_up_or_not_asked_for(somebody):
    partner = Partner.objects.first()
    assert partner is not None
    assert mandate(user=somebody, role=Role.PARTNER, over=partner, start=timezone.now())
    assert ApiToken.objects.exists()

    TOTPDevice.objects.create(user=somebody, confirmed=True)
    assert mandate(user=somebody, role=Role.AUDITOR, over=Territory.objects.get(code="05"), start=timezone.now())
    assert ApiToken.objects.exists()


def test_a_post_asks_for_a_factor_as_such_a_role_does(somebody):
    post = Post.objects.get(code="gap-economique")
    Holding.objects.filter(post=post).delete()
    assert entrust(post=post, user=somebody, start=timezone.now())
    assert not ApiToken.objects.exists()

    create_token(user=somebody, name="script", ttl=DAY)
    assert not entrust(post=post, user=somebody, start=timezone.now())
    assert ApiToken.objects.exists()
