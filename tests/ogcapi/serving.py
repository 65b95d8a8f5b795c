"""The service on a port, with the territory and concerns of several people, and what was asked of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, Polygon
from django.core.management import call_command
from django.core.signals import request_started
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.changes import create_token
from accounts.models import User
from sectors.changes import drafts
from sectors.models import BorderAgreement, CitizenWatch, Commune, Edition, Territory
from tests.conftest import CAST, emptied, end_other_sessions
from tests.incidents.sending import BRIANCON, GAP, GAP_HOUSING, reported
from tests.partnership.groups import proposed, retained

# Of whom each has some that others do not have; more than GDAL reads in one page.
REPORTED = {"partner_a": [*[GAP] * 11, GAP_HOUSING, GAP_HOUSING], "partner_b": [BRIANCON, BRIANCON]}
READERS = ("partner_a", "partner_b", "mayor_gap", "director")
# Of whom those see the problems of the group of Gap.
GROUP = ("partner_a", "mayor_gap", "director")
SEEN = {"partner_a": "partner_a", "partner_b": "partner_b", "mayor_gap": "partner_a", "director": "partner_a partner_b"}


# Of border agreements.
LINE = ((6.07, 44.55), (6.08, 44.56))
SQUARE = (6.07, 44.565, 6.075, 44.57)


@dataclass(frozen=True)
class Served:
    """Where it is, each reader's token and the references that they may read; `asked` fills as it is asked.

    problems: those of the group of Gap, the first only proposed, the second retained.
    """

    url: str
    tokens: Mapping[str, str]
    readable: Mapping[str, set[str]]
    problems: Sequence[str]
    asked: list[str] = field(default_factory=list)

    def since(self, before: int, *words: str) -> list[str]:
        """The requests after the first so many whose address holds all the words."""
        return [each for each in self.asked[before:] if all(word in each for word in words)]


def ran(*words: str, **settings: str) -> str:
    """What a program says; it asks no proxy, and fails the test where it fails."""
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | settings
    run = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120, env=plain)
    assert run.returncode == 0, run.stderr
    return run.stdout


def agreed(code: str, where: GEOSGeometry, *, until: datetime | None = None, reach_m: float = 0.0) -> BorderAgreement:
    """A border agreement of Hautes-Alpes, with which the hyper-centre of Gap answers there."""
    where.srid = 4326
    return BorderAgreement.objects.create(
        territory=Territory.objects.get(code="05"),
        code=code,
        sector_code="gap-hyper-centre",
        location=where,
        reach_m=reach_m,
        reason_fr="Les deux trottoirs ensemble",
        reason_en="Both pavements together",
        validity=DateTimeTZRange(datetime(2025, 1, 1, tzinfo=UTC), until),
    )


def watched(commune: str, **facts: Any) -> CitizenWatch:
    """A citizen-watch protocol of this commune of Hautes-Alpes."""
    place = Commune.objects.get(code=commune)
    assert place.territory is not None
    facts = {
        "code": f"watch-{commune}",
        "state": "en_vigueur",
        "signed_on": date(2024, 5, 2),
        "volunteers": 12,
        **facts,
    }
    return CitizenWatch.objects.create(territory=place.territory, commune=place, **facts)


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    """One for all the tests of a module: none of them changes anything, and to load a territory takes its time."""
    with django_db_blocker.unblock(), override_settings(THROTTLES=False):
        people = {name: User.objects.get(email=f"{CAST[name]}@psq.example") for name in (*READERS, "referent_a")}
        own = {
            name: {reported(people[name], timezone.now(), place).reference for place in places}
            for name, places in REPORTED.items()
        }
        agreed("avenue", LineString(*LINE), reach_m=15)
        agreed("parc", Polygon.from_bbox(SQUARE))
        watched("05061")
        of_the_group = [made(people["referent_a"], timezone.now()) for made in (proposed, retained)]
        model = Edition.objects.get(territory__code="05")
        drafts.begin(by=people["director"], territory=model.territory_id, at=timezone.now(), model=model.pk)
        server = LiveServer("localhost")
        found = Served(
            url=server.url,
            tokens={name: create_token(user=each, name="GIS", ttl=timedelta(days=1)) for name, each in people.items()},
            readable={name: set().union(*(own[each] for each in seen.split())) for name, seen in SEEN.items()},
            problems=[each.reference for each in of_the_group],
        )

        def note(environ: dict[str, str], **more: object) -> None:
            found.asked.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")

        request_started.connect(note)
        yield found
        request_started.disconnect(note)
        server.stop()
        end_other_sessions()
        call_command("flush", verbosity=0, interactive=False)
        emptied["now"] = True
