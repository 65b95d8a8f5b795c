"""Pages without a browser: who is let in, what each reader is told, how many questions the database is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AccessLog, User
from frontend import maps, words
from frontend.icons import ICONS
from frontend.views import pages
from incidents.models import Incident
from incidents.workflow import Status
from sectors import atlas

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
Reported = Callable[..., Incident]
PUBLIC = ("home", "who", "login", "accessibility", "legal", "data_protection", "data", "sitemap")
STEPS = ("report_where", "report_what", "report_nearby", "report_check")


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages(seen_by: Seen, name: str) -> None:
    answer = seen_by("").get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "composez le 17" in page
    assert "Démonstration" in page
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert heading
    assert title
    assert title[1].startswith(heading[1])
    # The policy allows no inline script, style or handler: there is none to be refused.
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


@pytest.mark.parametrize("name", [*STEPS, "concerns", "desk"])
def test_anonymous_are_sent_to_sign_in_and_come_back(seen_by: Seen, name: str) -> None:
    answer = seen_by("").get(reverse(name))
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('login')}?next={reverse(name)}")


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("partner_a", "report_where", 200),
        ("referent_a", "report_where", 200),
        ("mayor_gap", "report_where", 200),
        ("gendarme", "report_where", 200),
        ("director", "report_where", 200),  # of the demonstration, who also holds the triage post
        ("administrator", "report_where", 403),
        ("auditor", "report_where", 403),
        ("partner_a", "concerns", 200),
        ("director", "concerns", 200),
        ("administrator", "concerns", 403),
        ("auditor", "concerns", 403),
        ("referent_a", "desk", 200),
        ("director", "desk", 200),
        ("partner_a", "desk", 403),
        ("mayor_gap", "desk", 403),
    ],
)
def test_doors(seen_by: Seen, who: str, name: str, status: int) -> None:
    assert seen_by(who).get(reverse(name)).status_code == status


def test_a_foreign_concern_is_as_missing_as_a_missing_one(seen_by: Seen, reported: Reported) -> None:
    incident = reported()
    client = seen_by("partner_b")
    for name in ("concern", "report_receipt"):
        foreign = client.get(reverse(name, args=[incident.reference]))
        missing = client.get(reverse(name, args=["0000-0000"]))
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.content == missing.content
    assert client.get("/preoccupations/<script>/").content == missing.content


def test_in_part_a_concern_has_no_text_no_day_no_author(seen_by: Seen, reported: Reported) -> None:
    incident = reported("referent_a", description="Inscription sur le mur nord.", category="tag")
    for path in (reverse("concerns"), reverse("concern", args=[incident.reference])):
        page = seen_by("partner_a").get(path).content.decode()
        assert "mur nord" not in page
        assert f"{incident.location.x:.7f}" not in page
        assert f"{incident.street_location.x:.7f}" in page
        assert "Référent Gap hyper-centre (démonstration)" not in page
    whole = seen_by("referent_a").get(reverse("concern", args=[incident.reference])).content.decode()
    assert "mur nord" in whole
    assert f"{incident.location.x:.7f}" in whole


def test_lateness_is_not_told_to_those_who_see_in_part(seen_by: Seen, reported: Reported, monday: datetime) -> None:
    reported("referent_a", at=monday - timedelta(days=60))
    late = reverse("concerns") + "?overdue=1"
    assert len(seen_by("referent_a").get(late).context["rows"]) == 1
    assert seen_by("partner_a").get(late).context["rows"] == []


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("status=open", 2), ("status=close", 0), ("category=tag", 1), ("category=x", 0), ("status=x", 0),
     ("sector=gap-hyper-centre", 2), ("sector=briancon-hyper-centre", 0), ("page=99", 2), ("page=x", 2)],
)  # fmt: skip
def test_filters(seen_by: Seen, reported: Reported, query: str, count: int) -> None:
    reported()
    reported(category="tag")
    answer = seen_by("partner_a").get(f"{reverse('concerns')}?{query}")
    assert len(answer.context["rows"]) == count
    if not count:
        assert "Effacer les filtres" in answer.content.decode()


def test_desk_is_by_due_date_with_its_counts(seen_by: Seen, reported: Reported, monday: datetime) -> None:
    reported()
    late = reported(at=monday - timedelta(days=60))
    soon = reported(at=monday - timedelta(days=27))
    settled = reported()
    Incident.objects.filter(pk=settled.pk).update(status=Status.CLOSE)
    answer = seen_by("referent_a").get(reverse("desk"))
    assert [row.reference for row in answer.context["rows"]][:2] == [late.reference, soon.reference]
    assert answer.context["counts"].items() >= {"every": 3, "late": 1, "soon": 1, "untaken": 3}.items()
    assert "en retard de" in answer.content.decode()
    assert seen_by("referent_briancon").get(reverse("desk")).context["counts"]["every"] == 0


def test_reading_is_logged(seen_by: Seen, reported: Reported, person: Callable[[str], User]) -> None:
    incident = reported()
    client = seen_by("referent_a")
    before = AccessLog.objects.count()
    client.get(reverse("concerns"))
    client.get(reverse("concern", args=[incident.reference]))
    rows = list(AccessLog.objects.order_by("pk")[before:])
    assert [row.operation for row in rows] == ["incident.list", "incident.read"]
    assert rows[0].references == [f"incident:{incident.reference}"]
    assert rows[1].reference == f"incident:{incident.reference}"
    assert {row.user_id for row in rows} == {person("referent_a").pk}


def test_the_wizard_without_a_browser(seen_by: Seen) -> None:
    client = seen_by("partner_a")
    assert client.get(reverse("report_check"))["Location"] == reverse("report_where")
    client.post(reverse("report_where"), {"lat": "44,5594", "lon": "6,0786"})
    assert client.get(reverse("report_check"))["Location"] == reverse("report_what")
    client.post(reverse("report_what"), {"category": "tapage", "description": "Bruit le soir."})
    page = client.get(reverse("report_check"))
    key = page.context["draft"].key
    stale = client.post(reverse("report_check"), {"key": "another"})
    assert "périmé" in stale.content.decode()
    first = client.post(reverse("report_check"), {"key": key})
    again = client.post(reverse("report_check"), {"key": key})
    assert first["Location"] == again["Location"]
    assert Incident.objects.count() == 1
    assert client.get(first["Location"]).status_code == 200


def test_swapped_coordinates_are_told_before_anything_is_stored(seen_by: Seen) -> None:
    client = seen_by("partner_a")
    page = client.post(reverse("report_where"), {"lat": "6.0786", "lon": "44.5594"})
    assert list(page.context["form"].errors) == ["lat"]
    assert client.get(reverse("report_what")).status_code == 302  # nothing was kept as a place
    assert Incident.objects.count() == 0


def test_place_names(seen_by: Seen) -> None:
    found = seen_by("").get(reverse("place_names"), {"q": "gap"}).json()["places"]
    assert found[0]["name"] == "Gap"
    assert set(found[0]) == {"name", "kind", "detail", "lon", "lat"}


def test_server_error_needs_nothing(rf: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with django_assert_num_queries(0):
        answer = pages.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "17" in answer.content.decode()
    monkeypatch.setattr("django.template.loader.get_template", lambda name: 1 / 0)
    assert pages.server_error(rf.get("/")).status_code == 500


def test_every_status_has_a_word_and_an_icon() -> None:
    with translation.override("fr"):
        assert len({words.status(code) for code in Status}) == len(Status)
        assert words.status("prise_en_charge") == "Prise en charge"
    assert {words.STATUS_ICONS[code] for code in Status} <= set(ICONS)


def test_home_names_every_sector_and_contact(seen_by: Seen) -> None:
    page = seen_by("").get(reverse("home")).content.decode()
    directory = atlas.current().directory
    for card in directory.sectors.values():
        assert card.name in page
        assert directory.posts[card.post_id].phone in page
        assert directory.posts[card.post_id].email in page


def test_query_counts(
    seen_by: Seen, reported: Reported, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one question a second whether the map has changed is not the page's.
    monkeypatch.setattr(atlas, "OLDEST_S", 3600.0)
    for _ in range(3):
        reported()
    atlas.current()
    maps.current()
    with django_assert_num_queries(0):  # all from memory
        seen_by("").get(reverse("home"))
    client = seen_by("referent_a")
    client.get(reverse("home"))
    with django_assert_num_queries(4):  # session, account, what the person covers, the bell
        client.get(reverse("home"))
    # + the rows due first and the rest, the organisations, the filters kept, the access log
    with django_assert_num_queries(9):
        client.get(reverse("concerns"))


def test_no_territory_is_no_failure(seen_by: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise LookupError

    monkeypatch.setattr(maps._drawn, "of", lambda image: nothing())
    answer = seen_by("").get(reverse("home"))
    assert answer.status_code == 200
    assert "Aucun territoire" in answer.content.decode()


def test_every_text_of_the_screens_is_translated() -> None:
    catalogue = (settings.BASE_DIR / "locale" / "fr" / "LC_MESSAGES" / "django.po").read_text()
    with translation.override("fr"):
        for file in (settings.BASE_DIR / "frontend" / "templates").rglob("*.html"):
            for text in re.findall(r"""{% translate (?:"([^"]+)"|'([^']+)')""", file.read_text()):
                message = (text[0] or text[1]).replace("%", "%%")
                assert f'msgid "{message}"' in catalogue, (file.name, message)
                assert translation.gettext(message), (file.name, message)
    assert "#, fuzzy" not in catalogue
