"""The pages of handovers: writing a note, reading what came, and saying that it arrived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from accounts.models import AccessLog, User
from incidents.changes import successions
from incidents.models import Incident, Succession
from sectors import atlas
from sectors.models import Holding, Post

pytestmark = pytest.mark.django_db
WRITE = "/passations/gap-hyper-centre/mot/"


@pytest.fixture
def passed(
    monday: datetime, reported: Callable[..., Incident], person: Callable[[str], User]
) -> tuple[Succession, Incident]:
    """The post of the hyper-centre passed an hour ago from its holder to another référent, with one open concern."""
    found = reported(at=monday - timedelta(days=1))
    post = Post.objects.get(code="gap-hyper-centre")
    held = Holding.objects.get(post=post)
    held.validity = DateTimeTZRange(held.validity.lower, monday - timedelta(hours=1))
    held.save()
    dates = DateTimeTZRange(monday - timedelta(hours=1), None)
    Holding.objects.create(post=post, user=person("referent_briancon"), validity=dates)
    atlas.forget()
    assert successions.pass_on(at=monday) == 1
    return Succession.objects.get(), found


def address(row: Succession, seen: Client) -> str:
    page = seen.get("/passations/").content.decode()
    return page.split('<li>\n            <a href="')[1].split('"')[0]


def test_a_note_is_written_and_shown_again(seen_by: Callable[[str], Client], monday: datetime) -> None:
    seen = seen_by("referent_a")
    assert "Écrire un mot" in seen.get("/passations/").content.decode()
    assert seen.post(WRITE, {"note": "Clés chez le gardien."})["Location"] == "/passations/"
    page = seen.get("/passations/").content.decode()
    assert "Clés chez le gardien." in page
    assert "Changer le mot" in page
    assert "Clés chez le gardien." in seen.get(WRITE).content.decode()
    seen.post(WRITE, {"note": "Clés à l’accueil."})
    assert [row.note for row in Succession.objects.all()] == ["Clés à l’accueil."]
    assert AccessLog.objects.filter(operation="succession.note").count() == 2


def test_what_is_wrong_with_a_note_is_said_at_it(seen_by: Callable[[str], Client], monday: datetime) -> None:
    seen = seen_by("referent_a")
    for note, words in (("", "Écrivez quelque chose."), ("M. Durand habite là.", "désigne")):
        page = seen.post(WRITE, {"note": note}).content.decode()
        assert 'href="#id_note"' in page or "read_again" in page, words
    assert not Succession.objects.exists()
    assert seen_by("referent_b").get(WRITE).status_code == 404


def test_who_comes_reads_it_and_says_so(seen_by: Callable[[str], Client], passed: tuple[Succession, Incident]) -> None:
    row, concern = passed
    seen = seen_by("referent_briancon")
    assert "Passations <strong>(1)</strong>" in seen.get("/bureau/").content.decode()
    one = address(row, seen)
    page = seen.get(one).content.decode()
    assert concern.reference in page
    assert "Je l’ai bien reçue" in page
    assert concern.description not in page
    read = AccessLog.objects.get(operation="succession.read")
    assert (read.reference, read.references) == ("post:gap-hyper-centre", [concern.reference])
    assert seen.post(one)["Location"] == one
    page = seen.get(one).content.decode()
    assert "Je l’ai bien reçue" not in page
    assert "Reçue par" in page
    assert "Passations <strong>" not in seen.get("/bureau/").content.decode()


def test_who_left_sees_the_receipt_and_no_concern(
    seen_by: Callable[[str], Client], passed: tuple[Succession, Incident]
) -> None:
    row, concern = passed
    seen = seen_by("referent_a")
    one = address(row, seen)
    page = seen.get(one).content.decode()
    assert "1 préoccupation était ouverte" in page
    assert concern.reference not in page
    assert "Personne n’en a encore accusé réception." in page
    assert seen.post(one).status_code == 403
    # They left an hour ago: their note still reaches who came.
    seen.post(WRITE, {"note": "Clés chez le gardien."})
    assert Succession.objects.get().note == "Clés chez le gardien."


def test_nobody_else_finds_it(seen_by: Callable[[str], Client], passed: tuple[Succession, Incident]) -> None:
    one = address(passed[0], seen_by("referent_briancon"))
    for name in ("referent_b", "partner_a", "director", "administrator"):
        assert seen_by(name).get(one).status_code == 404
        assert "Rien n’a encore été passé" in seen_by(name).get("/passations/").content.decode()
