"""Two real processes climb the ladder at the same time, and a third dies on it: nobody is told twice, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from incidents.models import Escalation
from messaging.models import Message
from tests.conftest import CAST, allow_flush, load_embedded_territory
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 2500

# One concern, as often as wanted, whose answer was due a fortnight ago and which nobody has taken.
LATE = """
INSERT INTO incidents_incident (reference, territory_id, location, street_location, category_id, description,
  reported_at, external_reference, received_via, author_id, partner_id, status, outcome, sector_id, post_id, unit_id,
  commune_id, co_readers, co_reader_posts, border, reason, due_on, due_at, taken_due_at, policy_version)
SELECT 'LATE-' || to_char(n, 'FM0000'), territory_id, location, street_location, category_id, description,
  now() - interval '44 days', '', received_via, author_id, partner_id, status, outcome, sector_id, post_id, unit_id,
  commune_id, co_readers, co_reader_posts, border, reason, current_date - 14, now() - interval '14 days',
  now() - interval '39 days', policy_version
FROM incidents_incident, generate_series(1, %s) AS n
"""


@pytest.fixture
def late() -> int:
    """So many messages are owed for them: three rungs each, one told to two."""
    allow_flush()
    load_embedded_territory()
    reported(User.objects.get(email=f"{CAST['partner_a']}@psq.example"), timezone.now())
    Message.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(LATE, [MANY])
    return 4 * MANY


def escalating() -> subprocess.Popen[str]:
    environment = os.environ | {"PGDATABASE": str(connection.settings_dict["NAME"])}
    return subprocess.Popen(
        [sys.executable, "manage.py", "escalate", "--at-any-hour"],
        cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> int:
    """How many it told."""
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return int(said.split()[0])


def test_two_processes_and_one_that_is_killed(late: int, tmp_path: Any) -> None:
    dying = escalating()
    # Killed once it has begun to write; whether a batch of it was committed by then is no matter.
    end = time.monotonic() + 60
    while not Escalation.objects.exists() and dying.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    dying.kill()
    dying.communicate()
    before = Escalation.objects.count()
    told = [ended(process) for process in (escalating(), escalating())]
    assert before + sum(told) == Escalation.objects.count() == 3 * MANY
    owed = Message.objects.filter(dedupe_key__startswith="escalation:LATE-")
    # Beside them the letters that tell them, to the post and to the direction: by as many runs as told any.
    letters = Message.objects.filter(dedupe_key__startswith="reminders:")
    assert owed.count() == Message.objects.count() - letters.count() == late
    assert 2 <= letters.count() <= 2 * 3
    assert set(owed.values_list("state", flat=True)) == {"told"}, "each told, by one letter"
    assert ended(escalating()) == 0
    assert Message.objects.count() == late + letters.count()
