"""Answers in time, on a page: numerator, denominator and period always together, and each of their own part."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from incidents import changes
from incidents.deadlines import PARIS
from sectors.models import Holding, Post
from sectors.scope import scope_of
from tests.incidents.life.living import brought

PAGE = "/bureau/delais/"
# Due on Wednesday 7 October.
REPORTED = datetime.combine(datetime(2026, 9, 7).date(), time(12), tzinfo=PARIS)


@pytest.fixture
def autumn(reported, person, monday):
    """Two answered in time, one late, one open and late, in Gap."""
    referent = person("referent_a")
    for answered in (3, 30, 31):
        brought(reported(at=REPORTED), referent, "repondue", REPORTED + timedelta(days=answered))
    reported(at=REPORTED)


def test_the_running_quarter_of_the_posts_held(seen_by, autumn):
    page = seen_by("referent_a").get(PAGE)
    first = page.context["rates"][0]
    assert (first.on_time, first.late, first.overdue, first.counted) == (2, 1, 1, 4)
    assert (first.first.isoformat(), first.last.isoformat()) == ("2026-10-01", "2026-11-22")
    (line,) = page.context["lines"]
    assert (line.post.code, line.rate.percent) == ("gap-hyper-centre", 50)
    # 3, 30 and 31 days until the answers, and 76 days and 20 hours of the one that waits still (an hour of the clocks).
    assert line.days == pytest.approx((3 + 30 + 31 + 76 + 22 / 24) / 4, abs=0.01)
    html = page.content.decode()
    assert "2 sur 4 (50 %)" in html
    assert "01/10/2026" in html
    assert "22/11/2026" in html


def test_each_sees_their_own_part_and_the_direction_all(seen_by, autumn):
    assert seen_by("referent_b").get(PAGE).context["lines"] == []
    assert [line.post.code for line in seen_by("director").get(PAGE).context["lines"]] == ["gap-hyper-centre"]
    assert seen_by("partner_a").get(PAGE).status_code == 403


def test_who_says_that_a_place_is_not_in_their_sector(seen_by, reported, person):
    """Of a quarter: refused as out of sector, refused otherwise, accepted, waiting; of another: one waiting."""
    giver, receiver = person("referent_a"), person("referent_b")

    def proposed(at):
        row = reported(at=REPORTED)
        reason, scope = "Zone commerciale", scope_of(giver, at)
        changes.offer(incident=row, to_post="gap-economique", reason=reason, author=giver, scope=scope, at=at)
        return {"incident": row, "author": receiver, "scope": scope_of(receiver, at), "at": at + timedelta(days=1)}

    october, last = REPORTED + timedelta(days=30), datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS)
    changes.refuse(**proposed(october), reason="Pas chez moi", out_of_sector=True)
    changes.refuse(**proposed(october), reason="Je suis absent")
    changes.accept(**proposed(october))
    proposed(october)
    proposed(last)
    page = seen_by("director").get(PAGE)
    figures = [(each.post.code, each.offered, each.refused, each.out) for each in page.context["proposed"]]
    assert figures == [("gap-economique", 4, 2, 1)]
    html = page.content.decode()
    assert "Propositions entre postes, faites du 01/10/2026 au " in html
    assert '<td class="num">4</td><td class="num">2</td><td class="num">1</td>' in html
    (earlier,) = seen_by("director").get(PAGE, {"from": "2026-07-01"}).context["proposed"]
    assert (earlier.offered, earlier.refused, earlier.out) == (1, 0, 0)
    # Of the concerns that each answers for, as all of this page.
    assert [each.offered for each in seen_by("referent_a").get(PAGE).context["proposed"]] == [3]
    assert [each.refused for each in seen_by("referent_b").get(PAGE).context["proposed"]] == [0]
    assert seen_by("referent_briancon").get(PAGE).context["proposed"] == []


def test_an_earlier_quarter_and_one_that_is_none(seen_by, autumn):
    client = seen_by("referent_a")
    page = client.get(PAGE, {"from": "2026-07-01"})
    assert (page.context["chosen"]["last"].isoformat(), page.context["lines"]) == ("2026-09-30", [])
    assert "Rien n’était dû" in page.content.decode()
    assert client.get(PAGE, {"from": "nonsense"}).context["chosen"]["first"].isoformat() == "2026-10-01"


def test_the_days_in_hand_are_told_by_person_too(seen_by, reported, person):
    post = Post.objects.get(code="gap-hyper-centre")
    Holding.objects.create(
        post=post, user=person("referent_b"), stand_in=True,
        validity=(REPORTED + timedelta(days=1), REPORTED + timedelta(days=3)),
    )  # fmt: skip
    brought(reported(at=REPORTED), person("referent_a"), "repondue", REPORTED + timedelta(days=10))
    page = seen_by("director").get(PAGE)
    (line,) = page.context["lines"]
    assert line.days == pytest.approx(10)
    assert line.holders == [
        (str(person("referent_a")), pytest.approx(8)),
        (str(person("referent_b")), pytest.approx(2)),
    ]
    assert f"{person('referent_b')} : 2,0" in page.content.decode()


def test_the_number_of_questions_is_known(seen_by, autumn, django_assert_max_num_queries):
    client = seen_by("director")
    client.get(PAGE)
    # Two of them for who held the posts, and what they are called.
    with django_assert_max_num_queries(10):
        client.get(PAGE)
