"""The same thing elsewhere, words that came too late, and a concern in a GIS."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents import changes
from incidents.models import Merge, ReceivedVia
from incidents.workflow import Status
from sectors.scope import scope_of
from tests.frontend.desk.test_concern import act, open_page, taken

__all__ = ["taken"]
pytestmark = pytest.mark.django_db


def test_one_far_away_is_named_by_its_reference(seen_by, reported, person):
    now = timezone.now()
    here, far = reported(at=now - timedelta(days=1)), reported(at=now - timedelta(days=50), lon=6.0795, lat=44.5599)
    foreign = changes.report(
        author=person("referent_briancon"), lon=6.6346, lat=44.8998, category="tapage", description="Bruit.",
        partner=None, home=None, received_via=ReceivedVia.WEB,
    )  # fmt: skip
    client = seen_by("referent_a")
    assert 'name="regrouper-other"' not in open_page(client, here).content.decode(), "nothing lies near"
    for wrong in ("", "0000-0000", "x", foreign.reference):
        page = act(client, here, "regrouper", reference=wrong)
        assert 'href="#id_regrouper-reference"' in page.content.decode(), wrong
    assert not Merge.objects.exists()
    act(client, here, "regrouper", reference=far.reference.lower().replace("-", " "))
    made = Merge.objects.get()
    assert (made.kept_id, made.merged_id) == (far.pk, here.pk)


def test_words_for_what_can_no_longer_be_done_are_shown_to_be_copied(seen_by, taken, person):
    words = "Une ronde passe chaque soir."
    client, author = seen_by("referent_a"), person("referent_a")
    by = {"incident": taken, "author": author, "scope": scope_of(author, timezone.now())}
    changes.change_status(to=Status.REPONDUE, answer="Déjà fait.", **by)
    answer = act(client, taken, "suspendre", reason="travaux_en_cours")
    assert "a changé entre-temps" in answer.content.decode(), "nothing was typed"
    answer = act(client, taken, "repondre", answer=words)
    assert answer.status_code == 409
    assert f"readonly>{words}</textarea>" in answer.content.decode()
    # Given to another post meanwhile: neither the concern nor the words are sent, and the words are not lost.
    director = person("director")
    changes.change_status(to=Status.ROUVERTE, reason="Encore.", **by)
    taken.refresh_from_db()
    changes.assign(
        incident=taken, to_post="briancon-economique", reason="Zone",
        author=director, scope=scope_of(director, timezone.now()),
    )  # fmt: skip
    answer = act(client, taken, "repondre", answer=words)
    assert answer.status_code in {403, 404}
    assert f"readonly>{words}</textarea>" in answer.content.decode()
    assert taken.description not in answer.content.decode()
    assert act(client, taken, "prendre").status_code == answer.status_code


def test_it_is_opened_in_a_gis(seen_by, taken):
    client = seen_by("referent_a")
    link = f'href="/api/incidents/{taken.reference}/" download="{taken.reference}.geojson"'
    assert link in open_page(client, taken).content.decode()
    feature = client.get(f"/api/incidents/{taken.reference}/")
    assert feature["Content-Type"].startswith("application/geo+json")
