"""Every address of the product, asked of the resolver, with its placeholders filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, get_resolver
from django.utils import timezone

from frontend import maps
from frontend.sealed import Sealed
from incidents import changes
from incidents.models import Announcement, KeptDraft, StandardAnswer, Succession
from incidents.photos import written_anew
from partnership.changes import plan, propose
from partnership.models import AgendaItem, Meeting, Problem, Suggestion
from sectors.changes import drafts
from sectors.changes.agreements import agree
from sectors.models import (
    BorderAgreement,
    Commune,
    CompetenceChange,
    Edition,
    Holding,
    Mandate,
    PartnershipGroup,
    Post,
    Territory,
)
from sectors.scope import scope_of
from tests.authorisation.people import Scene
from tests.incidents.images import encoded, quarters
from tests.partnership.evaluated import evaluated, suggested
from tests.partnership.groups import given

PROGRAMS = ("api/", "ogc", "wfs", "open311/", "healthz", "readyz")
MISSING = "0000-0000"
EVALUATED = "EEEE-0001"
SUGGESTED = "SSSS-0001"
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
    "groupes/ code": lambda scene: "gpo-gap-hyper-centre",
    "suggestion": lambda scene: suggestion_of().reference,
    "problem": lambda scene: evaluated_of(scene).reference,
    "reference": lambda scene: scene.incident.reference,
    "api/meetings/ reference": lambda scene: meeting_of(scene).reference,
    "api/problems/ reference": lambda scene: problem_of(scene).reference,
    "api/sectors/ code": lambda scene: "gap-hyper-centre",
    "api/communes/ code": lambda scene: "05061",
    "bureau/secteur/ code": lambda scene: "gap-hyper-centre",
    "administration/natures/ code": lambda scene: "tapage",
    "answer": lambda scene: Sealed().to_url(answer_of(scene).pk),
    "announcement": lambda scene: Sealed().to_url(announcement_of(scene).pk),
    "administration/partenaires/ code": lambda scene: "bailleur",
    "signaler/brouillon/ key": lambda scene: draft_of(scene),  # noqa: PLW0108 - it stands below
    "mon-secteur/ecrire/ code": lambda scene: "gap-hyper-centre",
    "passations/ code": lambda scene: "gap-hyper-centre",
    "succession": lambda scene: Sealed().to_url(succession_of(scene).pk),
    "change": lambda scene: Sealed().to_url(competence_change_of(scene).pk),
    "postes/ code": lambda scene: "gap-hyper-centre",
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
    "api/editions/ code": lambda scene: "05-2026-01",
    "verb": lambda scene: "undo",
    "conventions-de-limite/ code": lambda scene: agreement_of(scene).code,
    "editions/ code": lambda scene: draft_edition_of(scene).code,
    "ogc/collections/ name": lambda scene: "incidents",
    "file": lambda scene: "incidents",
    "form": lambda scene: "geojson",
    "fid": lambda scene: scene.incident.reference,
    "matrix": lambda scene: "0",
    "row": lambda scene: "0",
    "column": lambda scene: "0",
    "digest": lambda scene: sheet_digest(),
    "action": lambda scene: "prendre",
    "number": lambda scene: "1",
    "problematiques/<reference:problem>/agir/ action": lambda scene: "contribuer",
    "problematiques/<reference:problem>/actions/<int:number>/ action": lambda scene: "accepter",
    "meeting": lambda scene: meeting_of(scene).reference,
    "point": lambda scene: Sealed().to_url(point_of(scene)),
    "reunions/<reference:meeting>/agir/ action": lambda scene: "refaire",
    "reunions/<reference:meeting>/points/<sealed:point>/ action": lambda scene: "descendre",
}


def furnish(scene: Scene) -> None:
    """Makes what is of nobody in particular and made at the first asking, so that nothing asked makes any of it."""
    for made in (answer_of, announcement_of, meeting_of, problem_of, evaluated_of, succession_of, draft_edition_of,
                 agreement_of, competence_change_of):  # fmt: skip
        made(scene)
    suggestion_of()


def competence_change_of(scene: Scene) -> CompetenceChange:
    """A commune that passes to the gendarmerie in a month, planned at the first asking."""
    now = timezone.now()
    facts = {"planned_by": scene.users["dir"], "planned_at": now, "start": now + timedelta(days=30)}
    post, commune = Post.objects.get(code="gendarmerie-05"), Commune.objects.get(code="05061")
    found = CompetenceChange.objects.filter(commune=commune, withdrawn_at=None).first()
    return found or CompetenceChange.objects.create(commune=commune, post=post, **facts)


def succession_of(scene: Scene) -> Succession:
    """What passed to the post of the hyper-centre from nobody, made at the first asking."""
    at = timezone.now().replace(microsecond=0) - timedelta(days=1)
    post = Post.objects.get(code="gap-hyper-centre")
    found: Succession = Succession.objects.get_or_create(post=post, to_user=scene.users["hol"], defaults={"at": at})[0]
    return found


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


def problem_of(scene: Scene) -> Problem:
    """A problem of the référent of the sector, made at the first asking."""
    found = Problem.objects.filter(title="Bruit").first()
    if found is None:
        user, at = scene.users["hol"], timezone.now()
        found = propose(
            author=user,
            scope=scope_of(user, at),
            title="Bruit",
            family="tranquillite",
            polygons=[(((6.078, 44.559), (6.08, 44.559), (6.08, 44.561), (6.078, 44.559)),)],
        )
    return found


def meeting_of(scene: Scene) -> Meeting:
    """A meeting of the group of the sector, made at the first asking."""
    found = Meeting.objects.first()
    if found is None:
        user, at = scene.users["hol"], timezone.now()
        found = plan(
            group=PartnershipGroup.objects.get(code="gpo-gap-hyper-centre"),
            author=user,
            scope=scope_of(user, at),
            begins_at=at,
            ends_at=at + timedelta(hours=2),
            place="Mairie",
        )
    return found


def agreement_of(scene: Scene) -> BorderAgreement:
    """A border agreement of the territory, made at the first asking."""
    found = BorderAgreement.objects.first()
    if found is None:
        found = agree(
            by=scene.users["adm"],
            territory=Territory.objects.get(code="05").pk,
            sector="gap-hyper-centre",
            line=((6.0786, 44.5594), (6.0796, 44.5598)),
            reach_m=20,
            start=timezone.localdate(),
            last=None,
            reason_fr="Rue commune",
            at=timezone.now(),
        )
    return found


def draft_edition_of(scene: Scene) -> Edition:
    """A draft of the map with the sectors in force, made at the first asking."""
    found = Edition.objects.drafts().filter(territory__code="05").first()
    if found is None:
        model = Edition.objects.get(territory__code="05", validity__isnull=False)
        found = drafts.begin(
            by=scene.users["dir"], territory=model.territory_id, at=timezone.now(), model=model.pk, code="05-brouillon"
        )
    return found


def point_of(scene: Scene) -> int:
    """The key of a point of that meeting's agenda."""
    meeting = meeting_of(scene)
    found = meeting.agenda.first() or AgendaItem.objects.create(meeting=meeting, rank=1, kind="autre", title="Bancs")
    return found.pk


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


def suggestion_of() -> Suggestion:
    """A suggestion to the référent of the hyper-centre, made at the first asking."""
    return Suggestion.objects.filter(reference=SUGGESTED).first() or suggested(SUGGESTED, timezone.now())


def evaluated_of(scene: Scene) -> Problem:
    """A problem of the group of the hyper-centre, evaluated at the first asking, with one action left."""
    found = Problem.objects.filter(reference=EVALUATED).first()
    if found is None:
        found = evaluated(scene.users["hol"], EVALUATED, timezone.now())
        given(found, scene.users["hol"], timezone.now(), due_on=timezone.localdate())
    return found


def sheet_digest() -> str:
    """The name of the script of the map in force."""
    sheet = maps.current()
    assert sheet is not None
    return sheet.digest


def path(address: str, scene: Scene, *, missing: bool = False) -> str:
    """The path to ask, for the scene's objects or for a concern that does not exist."""

    def fill(place: re.Match[str]) -> str:
        name = place[1]
        if missing and name in {"reference", "fid", "problem", "suggestion", "meeting"}:
            return MISSING
        known = FILLED.get(f"{address[: place.start()]} {name}") or FILLED.get(name)
        assert known, f"tests/authorisation/addresses.py: say in FILLED what <{name}> of {address} is"
        return known(scene)

    return "/" + PLACE.sub(fill, address)
