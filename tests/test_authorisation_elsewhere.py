"""The table of tests/authorisation/table.py for the same roles in another territory, and for a stand-in.

Each stands as somebody of the table does. What is of the territory of the concern (its people, its rules, its
organisations) is not there for those who administer the other one.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from sectors import atlas
from sectors.models import MapVersion
from tests.authorisation.addresses import MISSING
from tests.authorisation.people import Scene, more
from tests.authorisation.stage import set_scene, stage
from tests.authorisation.table import rows
from tests.conftest import base
from tests.test_authorisation import ask, plain, told

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
TABLE: Final = rows()

# Of the other territory: a référent as the next one, a mayor as the one of another commune, a gendarme as the gendarme.
AS: Final = {"sta": "hol", "xre": "nei", "xma": "oth", "xge": "gen", "xad": "adm", "xau": "aud"}
# Under these addresses stands what is of one territory: a draft, a person, a role, an organisation, a nature,
# a text, the hours of a post. To the administrator of the other one it does not exist.
OF_ONE_TERRITORY: Final = (
    "administration/",
    "permanences/",
    "postes/",
    "competences/",
    "editions/",
    "conventions-de-limite/",
    "api/editions/",
)

# The place of the request lies in no group of theirs.
OF_ANOTHER_GROUP: Final = {("xre", "POST", "api/problems/"), ("xge", "POST", "api/problems/")}


@pytest.fixture(scope="module", autouse=True)
def everybody(set_scene: Scene, django_db_blocker: Any) -> None:
    """The people asked here, in the scene and in its transaction."""
    with django_db_blocker.unblock():
        set_scene.users.update(more(set_scene))
        atlas.forget()
        base["version"] = MapVersion.objects.get().number


def expected(who: str, method: str, address: str) -> str:
    if who == "xad" and address.startswith(OF_ONE_TERRITORY) and "<" in address:
        return "404"
    if (who, method, address) in OF_ANOTHER_GROUP:
        return "422"
    return TABLE[address][method][AS[who]]


@pytest.mark.parametrize("address", TABLE)
def test_who_gets_what(stage: Scene, address: str) -> None:
    for method in TABLE[address]:
        found = {who: told(ask(stage, who, method, address)) for who in AS}
        assert found == {who: expected(who, method, address) for who in AS}, f"{method} {address}"


@pytest.mark.parametrize("address", [each for each in TABLE if "<reference:" in each])
def test_the_concern_is_told_as_a_missing_one(stage: Scene, address: str) -> None:
    for method in TABLE[address]:
        for who in AS:
            found = ask(stage, who, method, address)
            if found.status_code == 404:
                missing = ask(stage, who, method, address, missing=True)
                assert plain(found, stage.incident.reference) == plain(missing, MISSING), (method, who)
