"""Inviting somebody through the pages, as several tests do."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from sectors.models import Invitation
from tests.frontend.mail import letters, link_in

GUEST = "invitee@psq.example"
NEW = "une phrase assez longue"
ACCOUNT = {"name": "  Ana   Invitée ", "new_password": NEW, "again": NEW}


def sent(client: Client, what: str = "partner:bailleur", email: str = GUEST, language: str = "fr") -> Any:
    return client.post(reverse("invite"), {"email": email, "what": what, "language": language})


def acted(client: Client, do: str, email: str = GUEST) -> Any:
    code = Invitation.objects.filter(email=email).latest("pk").code
    return client.post(reverse("invitation_act", args=[code]), {"do": do})


def last_link(email: str = GUEST) -> str:
    return link_in(letters(email)[-1])
