"""Every address of the product, asked of the resolver, with its placeholders filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, get_resolver
from django.utils import timezone

from frontend import maps
from frontend.sealed import Sealed
from incidents import changes
from incidents.models import Announcement, KeptDraft, StandardAnswer
from incidents.photos import written_anew
from sectors.models import Holding, Mandate, Territory
from tests.authorisation.people import Scene
from tests.incidents.images import encoded, quarters

PROGRAMS = ("api/", "ogc", "wfs", "open311/", "healthz", "readyz")
MISSING = "0000-0000"
PHOTO = "0f" * 16
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses() -> list[str]:
    """Every address as urls.py writes it; those of Django's admin are one."""
    return sorted({"admin/" if each.startswith("admin/") else each for each in _flat(get_resolver().url_patterns)})


def admin_addresses() -> list[str]:
    """Every address of Django's admin, with something in its placeholders."""
    found = {each for each in _flat(get_resolver().url_patterns) if each.startswith("admin/")}
    return sorted({PLACE.sub("1", each) for each in found if "(?P<" not in each})


def is_for_programs(address: str) -> bool:
    """Is it called with a token, and never answered by a page?"""
    return address.startswith(PROGRAMS)


def _flat(patterns: Any, before: str = "") -> Iterator[str]:
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield here
        else:
            yield from _flat(each.url_patterns, here)


# Whatever stands for a placeholder: by address and name where the name alone says too little.
FILLED: dict[str, Callable[[Scene], str]] = {
    "reference": lambda scene: scene.incident.reference,
    "api/sectors/ code": lambda scene: "gap-hyper-centre",
    "api/communes/ code": lambda scene: "05061",
    "bureau/secteur/ code": lambda scene: "gap-hyper-centre",
    "administration/natures/ code": lambda scene: "tapage",
    "answer": lambda scene: Sealed().to_url(answer_of(scene).pk),
    "announcement": lambda scene: Sealed().to_url(announcement_of(scene).pk),
    "administration/partenaires/ code": lambda scene: "bailleur",
    "signaler/brouillon/ key": lambda scene: draft_of(scene),  # noqa: PLW0108 - it stands below
    "mon-secteur/ecrire/ code": lambda scene: "gap-hyper-centre",
    "permanences/ code": lambda scene: "gap-hyper-centre",
    "key": lambda scene: photo_of(scene),  # noqa: PLW0108 - it stands below
    "invitations/ code": lambda scene: "0" * 16,
    "signed": lambda scene: "not-ours",
    "uidb64": lambda scene: "MQ",
    "token": lambda scene: "not-ours",
    "account": lambda scene: Sealed().to_url(scene.users["own"].pk),
    "mandate": lambda scene: Sealed().to_url(Mandate.objects.get(user=scene.users["own"]).pk),
    "holding": lambda scene: Sealed().to_url(Holding.objects.get(user=scene.users["hol"]).pk),
    "administration/modeles/ code": lambda scene: "05",
    "kind": lambda scene: "received",
    "language": lambda scene: "fr",
    "ogc/collections/ name": lambda scene: "incidents",
    "file": lambda scene: "incidents",
    "form": lambda scene: "geojson",
    "fid": lambda scene: scene.incident.reference,
    "matrix": lambda scene: "0",
    "row": lambda scene: "0",
    "column": lambda scene: "0",
    "digest": lambda scene: sheet_digest(),
    "action": lambda scene: "prendre",
}


def photo_of(scene: Scene) -> str:
    """The key of the concern's photo, taken at the first asking; of one who is only told of, a key as any."""
    if scene.incident._state.adding:
        return PHOTO
    held = scene.incident.photos.first()
    if held is None:
        pictures = [written_anew(encoded(quarters(80, 60)))]
        (held,) = changes.attach(incident=scene.incident, author=scene.users["own"], pictures=pictures)
    return held.key


def draft_of(scene: Scene) -> str:
    """The key of a report that the concern's reporter has begun, made at the first asking."""
    user = scene.users["own"].pk
    if not KeptDraft.objects.filter(user=user).exists():
        changes.keep_draft(user=user, key="begun", content={}, at=timezone.now(), begun=False)
    return KeptDraft.objects.get(user=user).key


def answer_of(scene: Scene) -> StandardAnswer:
    """A standard answer of the territory, made at the first asking."""
    found = StandardAnswer.objects.first()
    return found or StandardAnswer.objects.create(
        territory=Territory.objects.get(code="05"), title_fr="Ronde", text_fr="Une ronde passe."
    )


def announcement_of(scene: Scene) -> Announcement:
    """An announcement of the territory, made at the first asking."""
    found = Announcement.objects.first()
    day = timezone.localdate()
    return found or Announcement.objects.create(
        territory=Territory.objects.get(code="05"), audience="everybody", text_fr="Réunion.", since=day, until=day
    )


def sheet_digest() -> str:
    """The name of the script of the map in force."""
    sheet = maps.current()
    assert sheet is not None
    return sheet.digest


def path(address: str, scene: Scene, *, missing: bool = False) -> str:
    """The path to ask, for the scene's objects or for a concern that does not exist."""

    def fill(place: re.Match[str]) -> str:
        name = place[1]
        if missing and name in {"reference", "fid"}:
            return MISSING
        known = FILLED.get(f"{address[: place.start()]} {name}") or FILLED.get(name)
        assert known, f"tests/authorisation/addresses.py: say in FILLED what <{name}> of {address} is"
        return known(scene)

    return "/" + PLACE.sub(fill, address)
