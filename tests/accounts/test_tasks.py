from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.utils import timezone

from accounts.changes import create_token
from accounts.models import ApiToken, BrowserSession, TokenBucket
from accounts.tasks import forget_expired
from accounts.throttles import LONGEST_REFILL_S, Rate, take


def test_what_is_over_goes_and_what_is_not_stays(somebody, monkeypatch):
    monkeypatch.setattr("accounts.tasks.ROWS_AT_ONCE", 2)  # more rows than one statement takes
    now = timezone.now()
    for n in range(5):
        create_token(user=somebody, name="old", ttl=timedelta(seconds=-1 - n))
        BrowserSession.objects.create(
            session_key=f"old{n}", session_data="", expire_date=now - timedelta(seconds=1 + n)
        )
    create_token(user=somebody, name="good", ttl=timedelta(days=1))
    ApiToken.objects.create(user=somebody, expiry=None, name="endless")
    BrowserSession.objects.create(session_key="good", session_data="", expire_date=now + timedelta(hours=1))
    TokenBucket.objects.create(key="full", tokens=0, filled_at=now - timedelta(seconds=LONGEST_REFILL_S + 1))
    for n in range(2):
        AccessAttempt.objects.create(username=f"a{n}", ip_address="192.0.2.1", user_agent="", failures_since_start=5)
    AccessAttempt.objects.filter(username="a0").update(attempt_time=now - timedelta(minutes=16))
    take({"used": Rate(5, 60)}, wanted=1)

    assert forget_expired() == {"sessions": 5, "tokens": 5, "attempts": 1, "buckets": 1}

    assert sorted(ApiToken.objects.values_list("name", flat=True)) == ["endless", "good"]
    assert [each.pk for each in BrowserSession.objects.all()] == ["good"]
    assert AccessAttempt.objects.get().username == "a1"
    assert [each.pk for each in TokenBucket.objects.all()] == ["used"]
    assert forget_expired() == {"sessions": 0, "tokens": 0, "attempts": 0, "buckets": 0}
