"""What the territory writes to people: finished text, owed with the change that causes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from messaging.changes import message
from messaging.models import Channel, Message
from sectors.models import Post, Territory

if TYPE_CHECKING:
    from sectors.models.invitations import Invitation


def invitation_link(invitation: Invitation, link: str) -> Message:
    """Who invites, to what, and the link, in the language of the invitation."""
    with override(invitation.language):
        facts = {
            "who": str(invitation.invited_by),
            "service": settings.SITE["title"],
            "role": invitation.get_role_display(),
            "over": over_words(invitation),
            "link": link,
            "day": date_format(localtime(invitation.expires_at), "DATETIME_FORMAT"),
        }
        return message(
            dedupe_key=f"invitation:{invitation.code}:{invitation.times_sent}",
            channel=Channel.EMAIL,
            recipient=invitation.email,
            subject=_("%(who)s invites you to %(service)s") % facts,
            body=_(
                "%(who)s invites you to %(service)s, the service of neighbourhood policing by sector.\n"
                "Your role: %(role)s, %(over)s.\n\n"
                "Open your account here, before %(day)s:\n\n"
                "%(link)s\n\n"
                "The link is for you alone. If you expected nothing of the kind, there is nothing to do.\n"
            )
            % facts,
        )


def over_words(invitation: Invitation) -> str:
    """The place, post or organisation of the role, in the active language."""
    over = invitation.over
    if isinstance(over, Post):
        return over.label_en if get_language() == "en" else over.label_fr
    if isinstance(over, Territory):
        return over.name_en if get_language() == "en" else over.name_fr
    return over.name
