"""The operations of the access log in words. A code that is not here is shown as it is."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _

OPERATIONS: Final = MappingProxyType(
    {
        "incident.report": _("Concern reported"),
        "incident.replay": _("Concern sent again"),
        "incident.list": _("Concerns listed"),
        "incident.desk": _("Desk read"),
        "incident.read": _("Concern read"),
        "incident.routing": _("Routing of a concern read"),
        "incident.move": _("Concern moved"),
        "account.list": _("Accounts listed"),
        "account.read": _("Account read"),
        "account.create": _("Account opened"),
        "account.edit": _("Account changed"),
        "account.suspend": _("Account suspended"),
        "account.reinstate": _("Account reinstated"),
        "role.give": _("Role given"),
        "role.end": _("Role ended"),
        "token.revoke": _("Token revoked"),
        "session.end": _("Session ended"),
        "partner.create": _("Partner made"),
        "partner.edit": _("Partner changed"),
        "log.read": _("Access log read"),
        "log.export": _("Access log exported"),
    }
)
