"""What the page of data gives to be copied does what it says, in the programs that are on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts import changes as accounts
from accounts.models import User
from frontend.recipes import RECIPES
from tests.conftest import load_embedded_territory
from tests.incidents.sending import GAP, reported

pytestmark = pytest.mark.django_db(transaction=True)
# The program, and for geopandas what shows that something was read.
RUN_BY = {"ogr2ogr": "bash", "curl": "bash", "geopandas": sys.executable, "r": "Rscript"}
TELLS = {"geopandas-sectors": "\nprint(sorted(sectors.code))", "geopandas-own": "\nprint(list(concerns.reference))",
         "r-sectors": "\nprint(sectors$code)", "r-own": "\nprint(concerns$reference)"}  # fmt: skip


def ran(program: str, text: str, folder: Path, token: str) -> str:
    """What the program says; it asks no proxy."""
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    run = subprocess.run(
        [program, "-e" if program == "Rscript" else "-c", text],
        check=False, capture_output=True, text=True, timeout=120, cwd=folder, env={**plain, "TOKEN": token},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("code", RUN_BY)
def test_it_runs_as_it_is_copied(
    live_server: Any, person: Callable[[str], User], tmp_path: Path, settings: Any, code: str
) -> None:
    program = shutil.which(RUN_BY[code])
    if program is None:
        pytest.skip(f"{RUN_BY[code]} is not on this machine")
    settings.THROTTLES = False
    load_embedded_territory()
    author = person("partner_a")
    token = accounts.create_token(user=author, name="program", ttl=timedelta(days=1))
    reference = reported(author, timezone.now(), GAP).reference
    recipe = next(each for each in RECIPES if each.code == code)
    own = "library(sf)\n" if code == "r" else ""
    for snippet in recipe.snippets:
        text = snippet.at(f"{live_server.url}/ogc", live_server.url, GAP) + TELLS.get(snippet.code, "")
        said = ran(program, (own if snippet.code == "r-own" else "") + text, tmp_path, token)
        if snippet.code in {"geopandas-sectors", "r-sectors"}:
            assert "gap-hyper-centre" in said
        if snippet.personal and "ogr2ogr" not in snippet.code:
            assert reference in said, snippet.code
        match snippet.code:
            case "ogrinfo":
                assert "Feature Count: 6" in said
            case "ogr2ogr" | "curl-file":
                assert "Feature Count: 6" in of_file(tmp_path / "sectors.gpkg", token)
            case "ogr2ogr-own":
                assert reference in of_file(tmp_path / "concerns.gpkg", token)
            case "curl-locate":
                assert json.loads(said)["sector"]["code"] == "gap-hyper-centre"
            case "curl-csv":
                assert "05061" in said
                assert "POLYGON" in said
            case "curl-filter":
                names = [each["properties"]["name"] for each in json.loads(said)["features"]]
                assert names
                assert all(name.startswith("La ") for name in names)


def of_file(path: Path, token: str) -> str:
    return ran("bash", f'ogrinfo -ro -al -geom=SUMMARY "{path}"', path.parent, token)
