"""What was said is forgotten with its concern, and given back to whoever said it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from accounts.changes.purging import purge
from frontend.own_data import document
from incidents import changes
from incidents.changes.forgetting import CONCERN
from incidents.models import Incident, Merge, Photo, Remark, Satisfaction, StatisticalRow, Support
from incidents.photos import written_anew
from sectors.models import Mandate
from tests.incidents.images import encoded, files
from tests.incidents.life.living import brought

pytestmark = pytest.mark.django_db


def talked(row, other, by, person) -> None:
    changes.remark(incident=row, text="Voici le hall", pictures=[written_anew(encoded())], **by("partner_a"))
    changes.remark(incident=row, text="Vu", internal=True, **by("referent_a"))
    changes.support(incident=row, partner=None, note="Chez moi aussi", **by("mayor_gap"))
    changes.merge(kept=row, merged=other, reason="Même hall", **by("referent_a"))
    brought(row, person("referent_a"), "close")
    changes.rate(incident=row, answer="non", comment="Encore", **by("partner_a"))


def test_all_of_it_goes_with_the_concern(
    row, other, by, person, monday, tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path / "media"
    talked(row, other, by, person)
    long_after = monday + timedelta(days=3 * 366)
    with django_capture_on_commit_callbacks(execute=True):
        assert purge(at=long_after, by="test", commit=True, chosen=[CONCERN]).counts == {"concern": {"05": 2}}
    for model in (Incident, Remark, Support, Merge, Satisfaction, Photo):
        assert not model.objects.exists(), model
    assert not files(tmp_path / "media", "concerns")
    assert StatisticalRow.objects.count() == 2


def test_the_kept_one_may_go_before_the_other(row, other, by, person, monday):
    changes.merge(kept=row, merged=other, **by("referent_a"))
    brought(row, person("referent_a"), "close")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL psq_geo.purge = 'on'")
    Incident.objects.filter(pk=row.pk).delete()
    assert Incident.objects.get().merged_into is None


def test_own_data_holds_what_one_said(row, other, by, person, monday):
    changes.remark(incident=row, text="Vers 22 h", **by("partner_a"))
    changes.remark(incident=row, text="Vu", internal=True, **by("referent_a"))
    changes.support(incident=row, partner=None, note="Chez moi aussi", **by("mayor_gap"))
    brought(row, person("referent_a"), "close")
    changes.rate(incident=row, answer="en_partie", comment="Encore", **by("partner_a"))
    mine, mayors, desks = (document(person(who), monday) for who in ("partner_a", "mayor_gap", "referent_a"))
    assert [(each["reference"], each["text"]) for each in mine["messages_written"]] == [(row.reference, "Vers 22 h")]
    assert [(each["answer"], each["comment"]) for each in mine["satisfaction"]] == [("en_partie", "Encore")]
    assert [(each["reference"], each["note"]) for each in mayors["supports"]] == [(row.reference, "Chez moi aussi")]
    assert [(each["internal"], each["text"]) for each in desks["messages_written"]] == [(True, "Vu")]
    # Whoever has left the organisation is told when, and not what: the words are its own.
    Mandate.objects.filter(user=person("partner_a")).delete()
    left = document(person("partner_a"), monday)
    assert [each["text"] for each in left["messages_written"]] == [None]
    assert [each["comment"] for each in left["satisfaction"]] == [None]
