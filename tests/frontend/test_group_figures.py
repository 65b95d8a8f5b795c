"""The figures of a group: on a page and in a table, for its members and the direction."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from partnership.models import Action, ProblemChange
from sectors.models import Partner
from tests.partnership.evaluated import evaluated

pytestmark = pytest.mark.django_db
GROUP = "gpo-gap-hyper-centre"


@pytest.fixture
def worked(person, monday):
    """A problem closed as partly solved a day late, with an action of the landlord that is overdue."""
    author = person("referent_a")
    problem = evaluated(author, "EEEE-0001", monday, state="close", result="partiellement_resolue", closed_at=monday)
    ProblemChange.objects.create(
        problem=problem, at=monday, state_to="close", author=author, post=problem.post, result="partiellement_resolue",
        due_on=monday.date() - timedelta(days=2),
    )  # fmt: skip
    Action.objects.create(
        problem=problem, number=1, title="Ronde", owner=Partner.objects.get(code="bailleur"), state="acceptee",
        due_on=monday.date() - timedelta(days=1), given_by=author, given_at=monday - timedelta(days=60),
    )  # fmt: skip
    return problem


def page_of(client, **asked) -> str:
    found = client.get(reverse("group_figures", args=[GROUP]), asked)
    assert found.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", found.content.decode()))


def cells(page: str, label: str) -> list[str]:
    found = re.search(rf'<th scope="row">{label}</th>(.*?)</tr>', page)
    assert found, label
    return [each.replace("\xa0", " ") for each in re.findall(r"<td[^>]*>(.*?)</td>", found[1])]


def test_every_share_says_of_how_many(seen_by, worked, django_assert_max_num_queries):
    client = seen_by("partner_a")
    page_of(client)  # the map is in memory from now on
    # the account, what it covers, the bell; group, log, seven for the figures, names
    with django_assert_max_num_queries(19):
        page = page_of(client)
    assert cells(page, "Partiellement résolue") == ["1", "1", "100 %"]
    assert cells(page, "rouverte en moins de 90 jours") == ["0", "1", "0 %"]
    assert cells(page, "bailleur social") == ["0", "1", "0 %"]
    assert cells(page, "actions portées par d’autres que la police") == ["1", "1", "100 %"]
    assert cells(page, "Retenue") == ["1", "87 jours"]
    assert AccessLog.objects.filter(operation="group.figures", reference=f"group:{GROUP}").count() == 2


def test_another_period_tells_something_else(seen_by, worked):
    page = page_of(seen_by("referent_a"), since="2025-01-01", until="2025-12-31")
    assert "du 1er janvier 2025 au 31 décembre 2025" in page
    assert cells(page, "rouverte en moins de 90 jours") == ["0", "0", "–"]
    assert "Choisissez un an au plus" in page_of(seen_by("referent_a"), since="2020-01-01", until="2025-12-31")


def test_the_table_says_the_same(seen_by, worked):
    found = seen_by("director").get(reverse("group_figures_table", args=[GROUP]))
    assert found["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(found.content.decode().lstrip("\ufeff")), delimiter=";"))
    assert rows[0] == ["Chiffre", "De quoi", "Nombre", "Sur combien", "Part, ou jours"]
    told = {row[1]: [each.replace("\xa0", " ").replace("\u202f", " ") for each in row[2:]] for row in rows[1:]}
    assert told["Partiellement résolue"] == ["1", "1", "100 %"]


def test_a_group_of_others_is_as_one_that_does_not_exist(seen_by, worked):
    for name in ("group_figures", "group_figures_table"):
        asked = {
            who: [seen_by(who).get(reverse(name, args=[code])).status_code for code in (GROUP, "gpo-none")]
            for who in ("referent_b", "partner_b", "mayor_gap", "auditor", "director")
        }
        assert asked == {
            "referent_b": [404, 404], "partner_b": [404, 404], "mayor_gap": [403, 403], "auditor": [403, 403],
            "director": [200, 404],
        }  # fmt: skip
