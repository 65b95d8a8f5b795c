"""A reporter follows a concern on a phone: is asked, answers with a photo, says "in part" and reopens."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from incidents import changes
from incidents.models import Incident
from sectors.scope import scope_of
from tests.browser.conftest import PHONE, Visits
from tests.browser.test_pages import check, reported
from tests.conftest import CAST
from tests.incidents.images import encoded
from tests.incidents.life.living import ANSWER, brought


def by(name: str) -> dict[str, Any]:
    author = User.objects.get(email=f"{CAST[name]}@psq.example")
    return {"author": author, "scope": scope_of(author, timezone.now())}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_conversation_and_is_it_settled(visits: Visits, settings: Any, tmp_path: Path, scripts: bool) -> None:
    settings.MEDIA_ROOT = tmp_path
    desk = by("referent_a")
    incident = reported(at=timezone.now() - timedelta(days=4))
    changes.take(incident=incident, **desk)
    changes.remark(incident=incident, text="À quelle heure le bruit commence-t-il ?", **desk)
    changes.remark(incident=incident, text="Attendre la brigade de nuit", internal=True, **desk)

    page = visits.page("partner_a", size=PHONE, touch=True, scripts=scripts)
    page.goto(f"/preoccupations/{incident.reference}/")
    expect(page.locator("main")).to_contain_text("À quelle heure le bruit commence-t-il ?")
    expect(page.locator("main")).not_to_contain_text("brigade de nuit")
    page.locator("form[action$='/repondre/'] button").click()
    expect(page.locator("#errors")).to_contain_text("Écrivez votre message.")
    page.get_by_label("Votre message").fill("Vers 22 h, le vendredi")
    page.get_by_label("Ajouter des photos").set_input_files(
        {"name": "hall.jpg", "mimeType": "image/jpeg", "buffer": encoded()}
    )
    page.locator("form[action$='/repondre/'] button").click()
    expect(page.locator("main")).to_contain_text("Vers 22 h, le vendredi")
    expect(page.locator(".timeline img")).to_have_count(1)
    assert Incident.objects.get().replied_at is not None

    changes.change_status(incident=incident, to="repondue", answer=ANSWER, **desk)
    changes.change_status(incident=incident, to="close", **desk)
    page.reload()
    expect(page.locator("main")).to_contain_text(ANSWER)

    page.get_by_label("En partie").check(force=True)
    page.locator("form[action$='/satisfaction/'] button").click()
    expect(page.locator("main")).to_contain_text("Vous pouvez aussi rouvrir")
    page.get_by_label("Pourquoi vous la rouvrez").fill("Encore samedi dernier")
    page.get_by_role("button", name="Rouvrir").click()
    expect(page.locator(".badges").first).to_contain_text("Rouverte")
    expect(page.locator("main")).to_contain_text("Est-ce réglé ? En partie")


def test_its_page_is_accessible(visits: Visits) -> None:
    incident = reported()
    changes.remark(incident=incident, text="À quelle heure ?", **by("referent_a"))
    changes.support(incident=incident, partner=None, note="Ici aussi", **by("mayor_gap"))
    brought(incident, by("referent_a")["author"], "close")
    page = visits.page("partner_a")
    page.goto(f"/preoccupations/{incident.reference}/")
    page.locator("#reopen summary").click()
    check(page)
    page.locator("form[action$='/satisfaction/'] button").click()
    expect(page.locator("#errors")).to_be_focused()
    check(page)
