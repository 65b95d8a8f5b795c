"""The people before a concern: the demonstration's cast, and a few who are made for it, two of them from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from accounts.changes import create_token, create_user
from accounts.models import User
from incidents.models import Incident
from sectors.changes import mandate
from sectors.models import (
    Commune,
    Edition,
    Holding,
    Membership,
    OwnPlace,
    Partner,
    PartnershipGroup,
    Post,
    Role,
    Territory,
    Unit,
)
from tests.factories import LONG_AGO, Land, land, since, square
from tests.incidents.sending import reported

CAST = {
    "sus": "suspended",
    "own": "partner_a",
    "for": "partner_b",
    "hol": "referent_a",
    "nei": "referent_b",
    "may": "mayor_gap",
    "oth": "mayor_briancon",
    "gen": "gendarme",
    "dir": "director",
    "adm": "administrator",
    "aud": "auditor",
}


@dataclass
class Scene:
    """Who is there, and the concern that they stand before."""

    incident: Incident
    users: dict[str, User]
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, who: str, *, program: bool) -> Client:
        """A new client: with a token for a program's addresses, with a session for pages; "ano" has neither."""
        user = self.users.get(who)
        if user is None:
            return Client(SERVER_NAME="localhost", raise_request_exception=False)
        if program:
            token = self.tokens.get(who) or create_token(user=user, name="test", ttl=timedelta(days=1))
            self.tokens[who] = token
            return Client(SERVER_NAME="localhost", raise_request_exception=False, HTTP_AUTHORIZATION=f"Token {token}")
        made = Client(SERVER_NAME="localhost", raise_request_exception=False)
        made.force_login(user)
        return made


def cast(person: Callable[[str], User]) -> dict[str, User]:
    """Everybody by the name of their column."""
    return {who: person(name) for who, name in CAST.items()} | dict(_made())


def scene(person: Callable[[str], User]) -> Scene:
    """Everybody, and the landlord's concern in the hyper-centre of Gap; the landlord keeps a place of its own."""
    users = cast(person)
    landlord = Partner.objects.get(code="bailleur")
    OwnPlace.objects.create(partner=landlord, code="hall", name="Hall A", location=Point(6.0786, 44.5594, srid=4326))
    return Scene(reported(users["own"], timezone.now()), users)


def _made() -> Iterator[tuple[str, User]]:
    here = Territory.objects.get(code="05")
    shop = Partner.objects.create(territory=here, code="shop", name="Commerce", kind="commerce")
    circle = PartnershipGroup.objects.get(post__code="gap-hyper-centre")
    Membership.objects.create(group=circle, partner=shop)
    yield "ally", _of("ally", Role.PARTNER, shop)
    there = land("bzh", is_demonstration=True)
    there.sector("bzh-a", square(0, 0))
    firm = Partner.objects.create(territory=there.territory, code="firm", name="Firme", kind="commerce")
    yield "far", _of("far", Role.PARTNER, firm)
    yield "xdi", _of("xdi", Role.DIRECTOR, there.territory)
    yield "sup", create_user(email="sup@psq.example", password=None, is_staff=True, is_superuser=True)


def more(scene: Scene) -> dict[str, User]:
    """Those who are asked on top (tests/test_authorisation_elsewhere.py): the roles of the other territory, and a
    stand-in for the post that holds the concern."""
    territory = Territory.objects.get(code="bzh")
    posts = {each.code: each for each in Post.objects.filter(territory=territory)}
    there = Land(territory, Unit.objects.get(territory=territory), Edition.objects.get(territory=territory), posts)
    users = {name: create_user(email=f"{name}@psq.example", password=None) for name in ("xre", "xge", "sta")}
    there.held("bzh-a", users["xre"])
    village = there.commune("29001", square(3, 3), "GN")
    there.held("desk-29001", users["xge"])
    held = scene.users["hol"].holdings.get()
    Holding.objects.create(post=held.post, user=users["sta"], validity=since(LONG_AGO), stand_in=True)
    return users | {
        "xma": _of("xma", Role.MAYOR, village),
        "xad": _of("xad", Role.ADMINISTRATOR, territory),
        "xau": _of("xau", Role.AUDITOR, territory),
    }


def _of(name: str, role: Role, over: Territory | Partner | Commune) -> User:
    user = create_user(email=f"{name}@psq.example", password=None)
    mandate(user=user, role=role, over=over, start=LONG_AGO)
    return user
