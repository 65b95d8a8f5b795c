"""A hundred thousand concerns leave through the real server, whose memory stays what it was."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from tests.bench.databases import DIRECTION, token_of
from tests.bench.resident import grown, warm
from tests.bench.servers import product
from tests.bench.suites.memory import ALLOWED_MB, FORMS, ITEMS
from tests.conftest import load_embedded_territory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CONCERNS = 100_000


def test_what_leaves_as_a_whole_is_not_gathered_in_memory(tmp_path):
    load_embedded_territory()
    call_command("seed_bulk", concerns=CONCERNS, sectors=100, verbosity=0)
    database = str(connection.settings_dict["NAME"])
    token = token_of(database, DIRECTION)
    server = product(database)
    server.environment["PSQ_DOWNLOADS_ROOT"] = str(tmp_path)
    with server:
        warm(server, f"{ITEMS}?f=geojson&limit=500", token)
        for form in FORMS:
            # The client stops after the first piece: what the server read meanwhile would lie in its memory.
            found = grown(server, f"{ITEMS}?f={form}", token, waits_s=1.0)
            assert found.lines >= CONCERNS, form
            assert found.streamed_mega > 30, form
            # Whether of a hundred thousand or of a million is the same to it.
            assert found.mega < ALLOWED_MB / 2, form
        found = grown(server, f"{ITEMS}?f=geojson", token, packed=True)
        assert 0 < found.streamed_mega < 30
        assert found.mega < ALLOWED_MB / 2
        # A file is written by another process, whose memory is its own.
        found = grown(server, f"{ITEMS}?f=fgb", token)
        assert found.streamed_mega > 10
        assert found.mega < ALLOWED_MB / 2
