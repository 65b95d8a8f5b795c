"""What an e-mail looks like: its finished text, with the links of the service, in plain and in HTML."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from messaging.models import Message
from messaging.wishes import concern_of, is_news


def written(message: Message) -> tuple[str, str]:
    """The text and the HTML of an e-mail, in its own language; links only where the service's address is known."""
    with override(message.language):
        concern_url, wishes_url = _links(message)
        lines = [message.body.rstrip()]
        if concern_url:
            lines += ["", _("Open the concern: %(url)s") % {"url": concern_url}]
        if wishes_url:
            lines += ["", "-- ", _("Choose how you are told: %(url)s") % {"url": wishes_url}]
        html = render_to_string(
            "messaging/mail.html",
            {
                "message": message,
                "language": message.language,
                "service": settings.SITE["title"],
                # News of a concern may quote somebody, and an address that they typed is no link of the service's.
                "own_words": not is_news(message.dedupe_key),
                "concern_url": concern_url,
                "wishes_url": wishes_url,
            },
        )
    return "\n".join(lines) + "\n", html


def _links(message: Message) -> tuple[str, str]:
    site = str(settings.SITE["url"]).rstrip("/")
    if not site or not is_news(message.dedupe_key):
        return "", ""
    reference = concern_of(message.dedupe_key)
    concern = site + reverse("concern", args=[reference]) if reference else ""
    return concern, site + reverse("notifications")
