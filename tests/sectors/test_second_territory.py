"""Territoire de Belfort beside Hautes-Alpes on one installation: every address answered for, and rights apart."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.changes import create_token
from accounts.models import User
from sectors import atlas
from sectors.account_files import embedded_accounts, read_accounts
from sectors.boundaries import Drawn, look
from sectors.competence_files import read_competence
from sectors.file_tables import Defects
from sectors.models import Commune, Competence, Holding, Sector
from tests.conftest import ROOT
from tests.incidents import sending

pytestmark = pytest.mark.django_db

BELFORT = ROOT / "sectors" / "territories" / "90-belfort" / "territory.toml"
ADDRESSES = ROOT / "tests" / "data" / "belfort-addresses.csv"
SHARED = ROOT.parent / "shared" / "data"
DENNEY = (6.919, 47.658)
PLACE_D_ARMES = (6.8637, 47.6385)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Both territories with their accounts, in one transaction for all the tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_territory", str(BELFORT), commit=True, verbosity=0)
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def both(loaded: None, db: None) -> None:
    """The map in memory is that of both."""
    atlas.forget()


def account(local: str) -> User:
    return User.objects.get(email=f"{local}@psq.example")


def client(local: str) -> Client:
    token = create_token(user=account(local), name="test", ttl=timedelta(days=1))
    return Client(SERVER_NAME="localhost", HTTP_AUTHORIZATION=f"Token {token}")


def routed(tmp_path: Path, file: Path) -> list[dict[str, str]]:
    output = tmp_path / "answer.csv"
    call_command("route", str(file), output=output, stderr=io.StringIO())
    with output.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_every_address_of_a_table_goes_to_a_sector_a_brigade_or_a_desk(tmp_path: Path) -> None:
    rows = routed(tmp_path, ADDRESSES)
    with ADDRESSES.open(encoding="utf-8", newline="") as text:
        wanted = [(row["name"], row["outcome"], row["post"]) for row in csv.DictReader(text)]
    assert [(row["name"], row["outcome"], row["post"]) for row in rows if "post" in row] == wanted


def test_every_commune_of_the_official_files_goes_to_whom_they_name(tmp_path: Path) -> None:
    areas, official = (
        SHARED / name for name in ("communes-90-admin-express-2018.geojson", "zones-police-gendarmerie-05-90.csv")
    )
    if not areas.is_file():
        pytest.skip("the official files lie beside the clone, not in it")
    points = tmp_path / "points.csv"
    with points.open("w", encoding="utf-8", newline="") as text:
        lines = csv.writer(text)
        lines.writerow(["code", "lon", "lat"])
        for feature in json.loads(areas.read_text())["features"]:
            inside = shapely.point_on_surface(shapely.from_geojson(json.dumps(feature["geometry"])))
            lines.writerow([feature["properties"]["code"], inside.x, inside.y])
    named = {record.code: record for record in read_competence(official)}
    found = routed(tmp_path, points)
    assert len(found) > 95
    for row in found:
        if row["code"] not in named:
            continue
        record = named[row["code"]]
        expected = {"gendarmerie"} if record.force == "GN" else {"commune_desk", "inside", "nearest"}
        assert row["outcome"] in expected, row
        if record.force == "GN":
            assert Holding.objects.filter(post__code=row["post"], post__unit__code=f"gn-{record.service_id}").exists()


def test_the_official_table_has_nothing_to_add() -> None:
    official = SHARED / "zones-police-gendarmerie-05-90.csv"
    if not official.is_file():
        pytest.skip("the official file lies beside the clone, not in it")
    held = Competence.objects.filter(commune__territory__code="90")
    before = set(held.values_list("commune__code", "unit__code", "post__code"))
    call_command("load_competence", str(official), verbosity=0)
    assert set(held.values_list("commune__code", "unit__code", "post__code")) == before


def test_the_police_in_nine_communes_and_eight_brigades_elsewhere() -> None:
    held = Competence.objects.in_force(timezone.now()).filter(commune__territory__code="90")
    forces = Counter(held.values_list("force", flat=True))
    assert forces["PN"] == 9
    assert sum(forces.values()) == Commune.objects.filter(department="90").count() > 100
    assert held.filter(force="GN").values("unit").distinct().count() == 8


def test_the_sectors_drawn_fit_together() -> None:
    communes = {row.code: shapely.from_wkb(bytes(row.area_m.wkb)) for row in Commune.objects.filter(code="90010")}
    sectors = Sector.objects.filter(edition__territory__code="90")
    drawn = [Drawn(row.code, shapely.from_wkb(bytes(row.area_m.wkb)), "90010") for row in sectors]
    assert len(drawn) == 3
    assert look(drawn, communes) == []
    assert all("démonstration" in row.source for row in sectors)


def test_a_mayor_asks_the_gendarme_referent_for_advice_with_the_same_clock(monday: Any) -> None:
    answer = sending.send(client("maire.denney"), sending.feature(DENNEY, category="conseil_elu"))
    assert answer.status_code == 201, answer.content
    told = sending.properties_of(answer)
    assert told["due_on"] == "2026-12-23"
    reference = json.loads(answer.content)["id"]
    seen = client("gendarme.belfort").get(f"/api/incidents/{reference}/")
    assert seen.status_code == 200
    assert client("gendarme.delle").get(f"/api/incidents/{reference}/").status_code == 404


def test_advice_is_offered_to_mayors_alone(monday: Any, settings: Any) -> None:
    settings.THROTTLES = False
    for who in ("partenaire.bailleur90", "gendarme.belfort"):
        answer = sending.send(client(who), sending.feature(DENNEY, category="conseil_elu"))
        assert (answer.status_code, sending.errors_of(answer)) == (422, [("properties.category", "not_for_you")])
    offered = {}
    for who in ("maire.denney", "partenaire.bailleur90", "gendarme.belfort"):
        seen = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
        seen.force_login(User.objects.get(email=f"{who}@psq.example"))
        seen.post("/signaler/ou/", {"lat": str(DENNEY[1]), "lon": str(DENNEY[0])})
        page = seen.get("/signaler/quoi/").content.decode()
        assert "tapage" in page
        offered[who] = "conseil_elu" in page
    assert offered == {"maire.denney": True, "partenaire.bailleur90": False, "gendarme.belfort": False}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("direction", "direction90"),
        ("admin", "admin90"),
        ("audit", "audit90"),
        ("partenaire.bailleur", "partenaire.bailleur90"),
    ],
)
def test_neither_territory_sees_anything_of_the_other(here: str, there: str, monday: Any) -> None:
    gap = sending.send(client("partenaire.bus"), sending.feature(sending.GAP))
    belfort = sending.send(client("partenaire.bus90"), sending.feature(PLACE_D_ARMES))
    references = [json.loads(answer.content)["id"] for answer in (gap, belfort)]
    for who, own, foreign in ((here, *references), (there, *reversed(references))):
        answers = client(who).get("/api/incidents/").content.decode()
        assert foreign not in answers
        assert own in answers or not who.startswith("direction")
        assert client(who).get(f"/api/incidents/{foreign}/").status_code in {403, 404}
        items = client(who).get("/ogc/collections/incidents/items?f=json")
        assert items.status_code == (404 if who.startswith(("admin", "audit")) else 200)
        assert foreign not in items.content.decode()


PAGES = {
    "direction90": ("/bureau/", "/bureau/triage/", "/bureau/delais/", "/bureau/contacts/"),
    "admin90": ("/administration/", "/administration/comptes/", "/administration/partenaires/"),
}


def test_no_page_of_one_territory_names_a_post_an_account_or_a_partner_of_the_other(monday: Any) -> None:
    sending.send(client("partenaire.bus"), sending.feature(sending.GAP))
    foreign = [each.email for each in embedded_accounts()["05"]] + ["Référent Gap", "Gap 1", "CSP Gap", "Hautes-Alpes"]
    for who, addresses in PAGES.items():
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(account(who))
        for address in addresses:
            page = browser.get(address)
            assert page.status_code == 200, address
            assert [each for each in foreign if f"{each}" in page.content.decode()] == [], address


def test_the_six_communes_known_to_have_a_protocol_are_on_the_map() -> None:
    found = Client(SERVER_NAME="localhost").get("/ogc/collections/citizen-watch/items?f=json&territory=90").json()
    names = ["Bermont", "Botans", "Châtenois-les-Forges", "Denney", "Dorans", "Rougemont-le-Château"]
    assert sorted(each["properties"]["name"] for each in found["features"]) == names
    for each in found["features"]:
        told = each["properties"]
        assert (told["years"], told["tacit"], told["state"]) == (3, True, "en_vigueur")
        # Nobody has published them, and nothing is invented.
        assert told["signed_on"] is told["ends_on"] is told["review_on"] is told["volunteers"] is None


def test_both_have_their_accounts_and_nothing_changes_the_second_time() -> None:
    made = embedded_accounts()
    assert list(made) == ["05", "90"]
    emails = [each.email for of in made.values() for each in of]
    assert len(set(emails)) == len(emails)
    before = list(User.objects.order_by("pk").values_list("pk", "email", "password"))
    call_command("seed_demo", verbosity=0)
    assert list(User.objects.order_by("pk").values_list("pk", "email", "password")) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "unreadable"),
        ("[[accounts]]\nlocal = 'a'\nname = 'A'\nwhat = 'a'\n", "missing"),
        ("territory = '05'\n[[accounts]]\nlocal = 'A@b'\nname = 'A'\nwhat = 'a'\n", "wrong_form"),
        ("territory = '05'\n[[accounts]]\nlocal = 'a'\nname = 'A'\nwhat = 'a'\nrole = 'king'\n", "unknown_choice"),
        ("territory = '05'\nother = 1\n", "unknown_key"),
    ],
)
def test_a_file_of_accounts_is_read_strictly(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(text)
    with pytest.raises(Defects) as refused:
        read_accounts(file)
    assert said in {defect.code for defect in refused.value.found}


def test_without_any_embedded_territory_no_account_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Callable[[], dict[str, Any]] = dict
    monkeypatch.setattr("sectors.management.commands.seed_demo.embedded_accounts", found)
    with pytest.raises(CommandError, match="load_territory"):
        call_command("seed_demo", verbosity=0)
