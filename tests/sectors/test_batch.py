"""`POST /api/locate/batch/`: JSON and CSV, as many answers as points and in their order."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db
COLUMNS = ["outcome", "sector", "post", "unit", "commune", "border"]
ADDED = [*COLUMNS, "error"]
GAP = [6.0786, 44.5594]
IN_GAP = {
    "outcome": "inside", "sector": "gap-hyper-centre", "post": "gap-hyper-centre", "unit": "csp-gap",
    "commune": "05061", "border": False,
}  # fmt: skip
IN_PARIS = {
    "outcome": "outside", "sector": None, "post": "triage-05", "unit": "ddpn-05", "commune": None, "border": False
}  # fmt: skip


@pytest.fixture(autouse=True)
def longest_cell() -> Iterator[None]:
    """The limit of Python's csv is one for the process, and loading communes raises it."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


@pytest.fixture
def client(db, settings) -> Client:
    settings.THROTTLES = False
    return Client(SERVER_NAME="localhost")


def post(client: Client, body: Any, content_type: str = "application/json", **extra: Any) -> Any:
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    return client.generic("POST", "/api/locate/batch/", data, content_type=content_type, **extra)


def rows_of(response: Any, delimiter: str = ",") -> list[dict[str, str]]:
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(response.content.decode()), delimiter=delimiter))


def test_the_answers_are_in_order(client: Client):
    response = post(client, {"points": [GAP, [2.35, 48.85], GAP, [6.2, 44.7]]})
    assert response["Content-Type"] == "application/json"
    answer = json.loads(response.content)
    assert answer["count"] == 4
    assert answer["results"][:3] == [IN_GAP, IN_PARIS, IN_GAP]
    assert (answer["results"][3]["outcome"], answer["results"][3]["post"]) == ("gendarmerie", "gendarmerie-05")


def test_each_answer_is_the_one_of_locate(client: Client):
    draw = random.Random(6)
    points = [[draw.uniform(6.0, 6.12), draw.uniform(44.52, 44.6)] for _ in range(40)] + [[180.0, -90.0], [-0.0, 0.0]]
    asked: list[dict[str, Any]] = [{}, {"accuracy": 80.0}, {"category": "abords_scolaires"}, {"at": "2025-06-01"}]
    for more in asked:
        answers = json.loads(post(client, {"points": points, **more}).content)["results"]
        for point, answer in zip(points, answers, strict=True):
            one = client.get("/api/locate/", {"lon": point[0], "lat": point[1], **more}).json()
            assert answer == {
                "outcome": one["outcome"],
                "sector": one["sector"] and one["sector"]["code"],
                "post": one["post"]["code"],
                "unit": one["unit"]["code"],
                "commune": one["commune"] and one["commune"]["code"],
                "border": one["border"],
            }


def test_none_for_none(client: Client):
    assert json.loads(post(client, {"points": []}).content) == {"count": 0, "results": []}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"points": [GAP] * 17 + [[181, 44]]}, "points[17]", "out_of_range"),
        ({"points": [GAP] * 17 + [[6]]}, "points[17]", "wrong_length"),
        ({"points": [GAP] * 17 + [[6, 44, 3]]}, "points[17]", None),
        ({"points": [GAP] * 17 + [["6", 44]]}, "points[17]", "not_a_number"),
        ({"points": [GAP] * 17 + [None]}, "points[17]", None),
        ({"points": [GAP] * 17 + [{"lon": 6}]}, "points[17]", None),
        ('{"points": [[6, 44], [1e999, 44]]}', "points[1]", "not_finite"),
        ('{"points": [[6, 44], [true, 44]]}', "points[1]", "not_a_number"),
        ({}, "points", "required"),
        ({"points": "all"}, "points", "wrong_type"),
        ({"points": [GAP], "accuracy": -1}, "accuracy", "out_of_range"),
        ({"points": [GAP], "accuracy": "12"}, "accuracy", "wrong_type"),
        ({"points": [GAP], "accuracy": True}, "accuracy", "wrong_type"),
        ({"points": [GAP], "category": "nope"}, "category", "unknown_category"),
        ({"points": [GAP], "category": 3}, "category", "wrong_type"),
        ({"points": [GAP], "at": "soon"}, "at", "invalid_moment"),
        ({"points": [GAP], "crs": "EPSG:2154"}, "crs", "crs_not_allowed"),
        ({"points": [GAP], "limit": 3}, "limit", "unknown_member"),
    ],
)
def test_one_malformed_point_refuses_all(client: Client, body, field, code):
    response = post(client, body)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    error = json.loads(response.content)["errors"][0]
    assert error["field"].startswith(field)
    assert code is None or error["code"] == code


def test_null_members_are_as_absent(client: Client):
    nulls = {"accuracy": None, "category": None, "at": None}
    assert json.loads(post(client, {"points": [GAP], **nulls}).content)["results"] == [IN_GAP]


def test_how_many_points_anonymous_and_account(client: Client, client_of):
    signed_in = client_of("partner_a")
    assert post(client, {"points": [GAP] * 1000}).status_code == 200
    for body, kind in (({"points": [GAP] * 1001}, "application/json"), ("lon,lat\n" + "6,44\n" * 1001, "text/csv")):
        refused = post(client, body, kind)
        assert refused.status_code == 413
        assert json.loads(refused.content)["code"] == "too_many_points"
        assert post(signed_in, body, kind).status_code == 200
    many = json.loads(post(signed_in, {"points": [GAP] * 100_000}).content)
    assert (many["count"], len(many["results"])) == (100_000, 100_000)
    assert post(signed_in, {"points": [GAP] * 100_001}).status_code == 413
    assert post(signed_in, {"points": [GAP]}, headers={"Authorization": "Token nope"}).status_code == 401


@pytest.mark.parametrize("content_type", ["application/json", "text/csv"])
def test_a_body_beyond_eight_megabytes(client_of, settings, content_type):
    settings.THROTTLES = False
    response = post(client_of("partner_a"), b" " * (8 * 1024 * 1024 + 1), content_type)
    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")


def test_a_session_needs_no_csrf_token(person, settings):
    settings.THROTTLES = False
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    browser.force_login(person("partner_a"))
    assert post(browser, {"points": [GAP] * 1001}).status_code == 200


@pytest.mark.parametrize("kind", ["", "application/xml", "text/plain", "application/geo+json", "multipart/form-data"])
def test_other_media_types_are_told(client: Client, kind):
    response = post(client, {"points": [GAP]}, kind)
    assert (response.status_code, json.loads(response.content)["code"]) == (415, "unsupported_media_type")


def test_no_parameter_is_known(client: Client):
    response = client.generic("POST", "/api/locate/batch/?accuracy=3", b"{}", content_type="application/json")
    assert response.status_code == 400
    assert json.loads(response.content)["errors"][0]["field"] == "accuracy"


def test_queries_do_not_grow_with_the_points(client: Client, client_of):
    signed_in = client_of("partner_a")
    draw = random.Random(2)
    points = [[draw.uniform(6.0775, 6.0795), draw.uniform(44.5588, 44.5598)] for _ in range(20_000)]
    post(signed_in, {"points": points[:10]})
    counts = []
    for some in (10, 20_000):
        with CaptureQueriesContext(connection) as caught:
            post(signed_in, {"points": points[:some]})
        # SELECT the token with its account and what it covers (its home);
        # at most once a second SELECT number FROM sectors_mapversion
        counts.append(len([q for q in caught.captured_queries if "mapversion" not in q["sql"]]))
    assert counts == [1, 1]


def test_a_table_keeps_its_columns_and_gets_seven(client: Client):
    response = post(client, "name,lat,lon\nTown hall,44.5594,6.0786\nParis,48.85,2.35\n", "text/csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = rows_of(response)
    assert list(rows[0]) == ["name", "lat", "lon", *ADDED]
    assert list(rows[0].values()) == [
        "Town hall", "44.5594", "6.0786",
        "inside", "gap-hyper-centre", "gap-hyper-centre", "csp-gap", "05061", "false", "",
    ]  # fmt: skip
    assert list(rows[1].values())[3:] == ["outside", "", "triage-05", "ddpn-05", "", "false", ""]


def test_a_french_table(client: Client):
    """Byte order mark, semicolons, decimal commas, CRLF, quotes with a line break in them."""
    body = '\ufeffid;note;lon;lat\r\n1;"a ""b""; c\r\nd";6,0786;44,5594\r\n2;é;6.0786;44.5594\r\n'.encode()
    rows = rows_of(post(client, body, "text/csv; charset=utf-8"), ";")
    assert list(rows[0]) == ["id", "note", "lon", "lat", *ADDED]
    assert [row["sector"] for row in rows] == ["gap-hyper-centre"] * 2
    assert rows[0]["note"].replace("\r", "") == 'a "b"; c\nd'
    assert (rows[0]["lon"], rows[1]["note"]) == ("6,0786", "é")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("x,44.5", "lon is not a number"),
        ("6.0,", "lat is empty"),
        (",44", "lon is empty"),
        ("nan,44", "lon is not a number"),
        ("1e999,44", "lon is out of range"),
        ("1e99999,44", "lon is not a number"),
        ("6,91", "lat is out of range"),
        ("6", "cells are missing"),
        ("٦,44", "lon is not a number"),
        ("0x6,44", "lon is not a number"),
        ("1_0,44", "lon is not a number"),
        ('"6,0",44', "lon is not a number"),
        ("POINT(6 44),44", "lon is not a number"),
    ],
)
def test_a_bad_row_keeps_its_place_with_its_error(client: Client, row, error):
    body = f"lon,lat,name\n6.0786,44.5594,first\n{row}\n6.0786,44.5594,last\n"
    rows = rows_of(post(client, body, "text/csv", headers={"Accept-Language": "en"}))
    assert [each["outcome"] for each in rows] == ["inside", "", "inside"]
    assert [each["error"] for each in rows] == ["", error, ""]
    assert [each["name"] for each in rows][::2] == ["first", "last"]
    assert [rows[1][name] for name in COLUMNS] == [""] * 6


def test_a_row_with_more_cells_than_the_head_has_its_error_in_its_column(client: Client):
    rows = rows_of(post(client, "lon,lat\n6,44,5\n6.0786,44.5594\n", "text/csv", headers={"Accept-Language": "en"}))
    assert [row["error"] for row in rows] == ["more cells than columns", ""]
    assert [row["outcome"] for row in rows] == ["", "inside"]


def test_cells_are_given_back_as_they_came(client: Client):
    """Even those that a spreadsheet would take for a formula: the table is the sender's own, and is not rewritten."""
    cells = ["=1+1", "+33", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=2", " padded ", "'quoted", "＝1"]
    out = io.StringIO()
    csv.writer(out).writerows([["lon", "lat", "cell"], *[[6.0786, 44.5594, cell] for cell in cells]])
    rows = rows_of(post(client, out.getvalue(), "text/csv"))
    assert [row["cell"] for row in rows] == cells


@pytest.mark.parametrize(
    ("head", "found"),
    [("lon,lat", True), ("Longitude;Latitude", True), ("X,Y", True), (" LON , lat ", True), ("lng,lat", True),
     ("east,north", False), ("lon", False), ("lon\tlat", False)],
)  # fmt: skip
def test_the_columns_that_are_known(client: Client, head, found):
    delimiter = ";" if ";" in head else ","
    response = post(client, f"{head}\n6.0786{delimiter}44.5594\n", "text/csv")
    if found:
        assert rows_of(response, delimiter)[0]["outcome"] == "inside"
    else:
        assert (response.status_code, json.loads(response.content)["code"]) == (400, "missing_column")


@pytest.mark.parametrize("body", ["lon,lat\n", "lon,lat", "\ufefflon,lat\r\n"])
def test_a_table_without_rows_is_one(client: Client, body):
    assert post(client, body, "text/csv").content.decode().rstrip().endswith(",".join(["lon,lat", *ADDED]))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"lon,lat\n6,44\xff\n", "invalid_encoding"),
        ("lon,lat\n6,44\n".encode("utf-16"), "invalid_encoding"),
        (b"lon,lat\n6,44\0\n", "null_character"),
        (b'lon,lat,x\n6,44,"' + b"y" * 200_000 + b'"\n', "invalid_csv"),
        (b"\n6,44\n", "missing_column"),
    ],
)
def test_a_table_that_cannot_be_read(client: Client, body, code):
    response = post(client, body, "text/csv")
    assert (response.status_code, json.loads(response.content)["code"]) == (400, code)


@pytest.mark.parametrize(
    "body",
    [b"lon,lat\r6.0786,44.5594\r", b'lon,lat,"' + b"x" * 200_000 + b'"\n6,44,1\n'],
    ids=["carriage returns", "a long head"],
)
def test_a_first_line_that_cannot_be_read(body, settings):
    settings.THROTTLES = False
    response = post(Client(SERVER_NAME="localhost", raise_request_exception=False), body, "text/csv")
    assert response.status_code in {200, 400}
