"""The operations of the access log in words. A code that is not here is shown as it is."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _

OPERATIONS: Final = MappingProxyType(
    {
        # concerns
        "incident.report": _("Concern reported"),
        "incident.replay": _("Concern sent again"),
        "incident.list": _("Concerns listed"),
        "incident.map": _("Concerns shown on a map"),
        "incident.desk": _("Desk read"),
        "incident.read": _("Concern read"),
        "incident.routing": _("Routing of a concern read"),
        "incident.move": _("Concern moved"),
        "incident.status": _("Status of a concern changed"),
        "incident.statuses": _("History of a concern read"),
        "incident.transfer": _("Concern offered, accepted or refused"),
        "incident.transfers": _("Offers of a concern read"),
        "incident.handover": _("Concern handed over outside"),
        "incident.acknowledge": _("Handover acknowledged"),
        "incident.remark": _("Message written"),
        "incident.note": _("Internal note written"),
        "incident.seen": _("Reply put aside"),
        "incident.messages": _("Messages of a concern read"),
        "incident.timeline": _("Timeline of a concern read"),
        "incident.support": _("Concern supported"),
        "incident.merge": _("Concern merged into another"),
        "incident.unmerge": _("Concern separated again"),
        "incident.group": _("Merges of a concern read"),
        "incident.rate": _("Satisfaction answered"),
        "incident.rating": _("Satisfaction read"),
        "incident.export": _("Concerns exported"),
        "incident.photo.add": _("Photo added"),
        "incident.photos": _("Photos listed"),
        "incident.photo": _("Photo read"),
        # accounts and roles
        "account.list": _("Accounts listed"),
        "account.read": _("Account read"),
        "account.edit": _("Account changed"),
        "account.suspend": _("Account suspended"),
        "account.reinstate": _("Account reinstated"),
        "account.password": _("Password changed"),
        "account.ask_reset": _("New password asked for"),
        "account.ask_address": _("New e-mail address asked for"),
        "account.address": _("E-mail address changed"),
        "account.export": _("Own data taken away"),
        "account.notifications": _("Notification choices changed"),
        "account.erase": _("Own account erased"),
        "account.end_sessions": _("Own sessions ended"),
        "session.begin": _("Signed in"),
        "session.end": _("Session ended"),
        "token.create": _("Token made"),
        "token.revoke": _("Token revoked"),
        "second_factor.add": _("Second factor set up"),
        "second_factor.remove": _("Second factor removed"),
        "second_factor.reset": _("Second factor reset"),
        "second_factor.recover": _("Recovery code used"),
        "second_factor.renew": _("Recovery codes renewed"),
        "identity.link": _("Identity provider linked"),
        "identity.unlink": _("Identity provider unlinked"),
        "invitation.list": _("Invitations listed"),
        "invitation.send": _("Invitation sent"),
        "invitation.send_again": _("Invitation sent again"),
        "invitation.revoke": _("Invitation revoked"),
        "invitation.accept": _("Invitation accepted"),
        "role.give": _("Role given"),
        "role.end": _("Role ended"),
        # the territory, and the log itself
        "partner.create": _("Partner made"),
        "partner.edit": _("Partner changed"),
        "standard_answer.write": _("Standard answer written"),
        "standard_answer.edit": _("Standard answer changed"),
        "standard_answer.withdraw": _("Standard answer withdrawn"),
        "log.read": _("Access log read"),
        "log.export": _("Access log exported"),
        "retention.read": _("Retention runs read"),
    }
)
