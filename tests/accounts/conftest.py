from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.changes import create_token, create_user
from accounts.models import User
from accounts.throttles import LEASES

PASSWORD = "un mot de passe long"


@pytest.fixture(autouse=True)
def no_leases():
    LEASES.clear()


@pytest.fixture
def somebody(db) -> User:
    return create_user(email="Personne@psq.example", password=PASSWORD, name="Une personne")


@pytest.fixture
def clear_token(somebody: User) -> str:
    return create_token(user=somebody, name="a script", ttl=timedelta(days=30))
