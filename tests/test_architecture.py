"""What the house promises of its own shape; each test lists the offenders."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.test import Client
from django.urls import URLPattern

from psq_geo.urls import urlpatterns
from tests.conftest import ROOT

APPS = ("psq_geo", "frontend", "partnership", "incidents", "sectors", "accounts", "messaging", "ogcapi")
SKIPPED = {"node_modules", "dist", "__pycache__"}
FORBIDDEN_ROOMS = {
    "utils", "util", "helpers", "helper", "common", "core", "services", "service", "selectors", "managers", "signals",
    "mixins", "misc", "base", "lib", "tools",
}  # fmt: skip
LONGEST = 300


@cache
def modules() -> dict[str, ast.Module]:
    """Each module of the product by its path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if not SKIPPED & set(path.parts)
    }


def written() -> dict[str, ast.Module]:
    """The modules without their migrations."""
    return {path: tree for path, tree in modules().items() if "/migrations/" not in path}


def sources() -> Iterator[Path]:
    """Every Python file of the repository that people write."""
    for folder in (*APPS, "tests", "scripts"):
        yield from (p for p in sorted((ROOT / folder).rglob("*.py")) if not SKIPPED & set(p.parts))


def test_the_product_was_found():
    assert len(written()) > 60
    assert {path.split("/")[0] for path in modules()} >= {"psq_geo", "frontend", "incidents", "sectors", "accounts"}


def test_no_module_is_longer_than_three_hundred_lines():
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sources()
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_no_room_is_without_a_name():
    offenders = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if {path.stem, *path.relative_to(ROOT).parts[:-1]} & FORBIDDEN_ROOMS
    ]
    assert offenders == []


def test_psycopg_3_is_not_installed():
    """Django would take it without a word."""
    assert importlib.util.find_spec("psycopg") is None
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    assert is_psycopg3 is False


WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "aupdate",
    "asave", "adelete", "acreate", "abulk_create", "set_password", "raw_delete", "add_to_class",
}  # fmt: skip
SQL_WRITES = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+(\s+AS\s+\w+)?\s+SET|DELETE\s+FROM|TRUNCATE)\b", re.IGNORECASE)
# Where rows are written outside `changes`, and why it is no change of the domain.
WRITERS = {
    "accounts/models.py": "the manager's create_user, which Django itself calls",
    "accounts/authentication.py": "when a token was last used, to the hour",
    "accounts/tasks.py": "what has expired is forgotten",
    "accounts/throttles.py": "the token buckets",
    "frontend/views/proconnect.py": "the browser's session, before the provider is waited for",
    "incidents/management/bulk_rows.py": "concerns made up for the demonstration, by the hundred thousand",
    "messaging/delivery.py": "the state of a message on its way",
    "messaging/periodic.py": "when a periodic task is due",
    "ogcapi/changing.py": "calls the writer of a collection, which goes through `changes`",
    "ogcapi/packing.py": "a GeoPackage, which is a database of its own",
    "sectors/management/commands/seed_demo.py": "the demonstration's own accounts",
}
# Methods of the same name on what is no row.
DICTIONARIES = {
    ("ogcapi/geojson/writer.py", "document"),
    ("ogcapi/geojson/writer.py", "head"),
    ("incidents/photos/decoding.py", "pixels"),
}


def calls(tree: ast.Module, names: set[str]) -> Iterator[tuple[int, str, str]]:
    """(line, receiver, method) of each call of a method of one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node.lineno, ast.unparse(node.func.value), node.func.attr


def writes(path: str, tree: ast.Module) -> list[str]:
    found = [
        f"{line}: {receiver[:60]}.{method}()"
        for line, receiver, method in calls(tree, WRITES)
        if (path, receiver) not in DICTIONARIES
    ]
    found += [
        f"{node.lineno}: SQL {node.value[:40]!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITES.search(node.value)
    ]
    return found


def is_changes(path: str) -> bool:
    """A module or package named changes, or one of its modules."""
    return "changes" in {*Path(path).parts[:-1], Path(path).stem}


def test_only_changes_write():
    found = {path: lines for path, tree in written().items() if not is_changes(path) and (lines := writes(path, tree))}
    assert {path: lines for path, lines in found.items() if path not in WRITERS} == {}


def test_every_exemption_from_writing_is_needed():
    needed = {path for path, tree in written().items() if not is_changes(path) and writes(path, tree)}
    assert set(WRITERS) - needed == set()


PARSERS = {
    "GEOSGeometry", "fromstr", "fromfile", "OGRGeometry", "SpatialReference", "GDALRaster", "from_wkt", "from_geojson",
    "from_json", "from_gml", "from_hex",
}  # fmt: skip
SQL_PARSERS = re.compile(r"ST_(GeomFrom|GeometryFrom|PointFrom|PolyFrom|LineFrom|GeogFrom)\w*|ST_Geom(etry)?From", re.I)
# Where GDAL or GEOS reads, and what.
READS_FILES = {
    "sectors/layers.py": "a file that an administrator names on the command line",
    "sectors/area_files.py": "a territory's own file",
    "sectors/map_opening.py": "a file that somebody sent, in a process of its own with little of anything",
    "sectors/commune_files.py": "the files of communes",
    "sectors/sector_files.py": "a territory's own file",
    "sectors/changes/geometry.py": "well-known binary made by shapely",
    "partnership/clusters.py": "a hull that PostGIS drew",
    "sectors/changes/communes.py": "well-known binary of the package of communes",
    "sectors/changes/official.py": "well-known binary of the package of communes",
}


def test_no_text_of_a_request_reaches_a_parser_of_geometry():
    """By name, wherever it is: views and readers build geometry from numbers."""
    offenders = []
    for path, tree in written().items():
        for node in ast.walk(tree):
            name = node.func if isinstance(node, ast.Call) else None
            called = name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""
            if called in PARSERS and path not in READS_FILES:
                offenders.append(f"{path}:{getattr(node, 'lineno', 0)} {called}")
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if SQL_PARSERS.search(text) and path not in READS_FILES:
                offenders.append(f"{path}:{getattr(node, 'lineno', 0)} {text[:40]}")
    assert offenders == []


def test_no_spatial_lookup_is_given_what_a_request_says():
    """`filter(geom__within=request.GET[…])` hands the text to GEOS."""
    lookups = re.compile(r"__(within|contains|covers|intersects|dwithin|bboverlaps|touches|overlaps|disjoint|equals)$")
    offenders = [
        f"{path}:{node.lineno} {keyword.arg}"
        for path, tree in written().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg
        and lookups.search(keyword.arg)
        and re.search(r"request\.|asked\[|\.GET|\.POST", ast.unparse(keyword.value))
    ]
    assert offenders == []


def test_every_command_says_what_it_does():
    ours = {name: app for name, app in get_commands().items() if str(app).split(".")[0] in APPS}
    assert len(ours) >= 6
    assert {name for name, app in ours.items() if not load_command_class(str(app), name).help.strip()} == set()


def addresses() -> list[str]:
    """A path for each address of the API, its parameters filled in."""
    return [
        "/" + re.sub(r"<[^>]+>", "0000-0000", str(each.pattern))
        for each in urlpatterns
        if isinstance(each, URLPattern) and str(each.pattern).startswith("api/")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("address", addresses())
@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "TRACE"])
def test_an_unknown_method_is_told_by_a_problem_document(address, method):
    response = Client(SERVER_NAME="localhost").generic(method, address)
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert response["Allow"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [each for each in addresses() if each != "/api/docs/"])
def test_no_address_of_the_api_answers_a_page(client_of, address):
    client = client_of("partner_a")
    for accept in ("text/html", "*/*", "text/html,application/xhtml+xml;q=0.9"):
        for method in ("GET", "POST", "DELETE"):
            response = client.generic(method, address, headers={"Accept": accept})
            assert "html" not in response.get("Content-Type", ""), (method, accept)


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(io.BytesIO(file.read()).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def test_every_silence_says_what_it_silences():
    silent = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:))")
    offenders = [
        f"{path.relative_to(ROOT)}:{line}" for path in sources() for line, text in comments(path) if silent.search(text)
    ]
    assert offenders == []


def test_rules_know_neither_django_nor_the_database():
    rules = [
        "sectors.routing",
        "incidents.deadlines",
        "incidents.workflow",
        "incidents.references",
        "incidents.photos.decoding",
    ]
    forbidden = {"django", "rest_framework", "psycopg2", "os", "time"}
    offenders = []
    for name in rules:
        tree = modules()[name.replace(".", "/") + ".py"]
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            offenders += [
                f"{name}: {each}"
                for each in names
                if each.split(".")[0] in forbidden - ({"os"} if "references" in name else set())
            ]
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
                offenders.append(f"{name}:{node.lineno} reads the clock")
    assert offenders == []


def test_nothing_listens_to_signals_of_django():
    offenders = [
        f"{path}:{line} {receiver}.{method}"
        for path, tree in written().items()
        for line, receiver, method in calls(tree, {"connect"})
        if re.search(r"(pre|post)_(save|delete|init|migrate)|m2m_changed", receiver)
    ]
    assert offenders == []


@pytest.mark.django_db  # the application looks at its database before it serves
def test_every_module_can_be_imported_and_says_what_it_is():
    nameless = []
    for path, tree in written().items():
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        importlib.import_module(name)
        if tree.body and not ast.get_docstring(tree) and not path.endswith(("apps.py", "/__init__.py")):
            nameless.append(path)
    assert [path for path in nameless if "/management/commands/" not in path] == []
