"""What an e-mail looks like: its finished text, with the links of the service, in plain and in HTML."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from messaging.models import Message
from messaging.wishes import is_news, meeting_of, page_of, reference_of

# The page that a message leads to -> how its link is told in plain text, and on a button.
_OPEN: Final = {
    "concern": (gettext_noop("Open the concern: %(url)s"), gettext_noop("Open the concern")),
    "problem": (gettext_noop("Open the problem: %(url)s"), gettext_noop("Open this problem")),
    "meeting": (gettext_noop("Open the meeting: %(url)s"), gettext_noop("Open the meeting")),
    "meeting_minutes": (gettext_noop("Read the minutes: %(url)s"), gettext_noop("Read the minutes")),
}


def written(message: Message) -> tuple[str, str]:
    """The text and the HTML of an e-mail, in its own language; links only where the service's address is known."""
    with override(message.language):
        open_url, wishes_url = _links(message)
        plain, button = _OPEN.get(page_of(message.dedupe_key), _OPEN["problem"])
        lines = [message.body.rstrip()]
        if open_url:
            lines += ["", _(plain) % {"url": open_url}]
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
                "open_url": open_url,
                "button": _(button),
                "wishes_url": wishes_url,
            },
        )
    return "\n".join(lines) + "\n", html


def _links(message: Message) -> tuple[str, str]:
    site, key = str(settings.SITE["url"]).rstrip("/"), message.dedupe_key
    reference = reference_of(key) or meeting_of(key)
    if not site or not (reference or is_news(key)):
        return "", ""
    opened = site + reverse(page_of(key), args=[reference]) if reference else ""
    # A letter about a meeting is none of what one may wish otherwise.
    return opened, site + reverse("notifications") if is_news(key) else ""
