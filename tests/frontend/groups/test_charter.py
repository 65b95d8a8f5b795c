"""The charter on the group's page and on its own."""

from __future__ import annotations

from typing import Any

import pytest

from partnership.models import Charter
from tests.partnership.groups import GROUP

pytestmark = pytest.mark.django_db
ADDRESS = f"/groupes/{GROUP}/charte/"


def test_the_referent_writes_it_and_members_read_it_with_its_day(seen_by: Any) -> None:
    desk, partner = seen_by("referent_a"), seen_by("partner_a")
    home = partner.get(f"/groupes/{GROUP}/").content.decode()
    assert "On parle ici de lieux et de problèmes" in home
    assert f'href="{ADDRESS}"' in home
    assert "Écrire la charte" in desk.get(ADDRESS).content.decode()
    empty = desk.post(ADDRESS, {"text": ""})
    assert empty.status_code == 200
    assert 'href="#id_text"' in empty.content.decode()
    for text in ("Une réunion par mois.", "Deux réunions par mois."):
        assert desk.post(ADDRESS, {"text": text})["Location"] == f"/groupes/{GROUP}/"
    assert "déjà en vigueur" in desk.post(ADDRESS, {"text": "Deux réunions par mois."}).content.decode()
    assert "plaque" in desk.post(ADDRESS, {"text": "Voir AB-123-CD"}).content.decode()
    home = partner.get(f"/groupes/{GROUP}/").content.decode()
    assert "Deux réunions par mois." in home
    assert "On parle ici de lieux" not in home
    page = partner.get(ADDRESS).content.decode()
    assert page.index("Deux réunions") < page.index("Une réunion")
    assert page.count("Version ") == 2
    assert "<textarea" not in page
    assert partner.post(ADDRESS, {"text": "À moi"}).status_code == 403
    assert Charter.objects.count() == 2
    assert seen_by("partner_b").get(ADDRESS).status_code == 404
