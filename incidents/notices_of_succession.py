"""The letter to whoever takes a post up: what is open there, and the note of who left it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from incidents import words
from incidents.models import Incident, Succession
from incidents.told import OF_A_POST, Reader, of_post
from messaging.changes import message, owe
from messaging.models import Channel
from sectors import atlas
from sectors.models import Post

LINES_AT_MOST: Final = 100


def owe_succession(row: Succession, at: datetime) -> None:
    """The letter is owed to who comes; where nobody does, to the desk that answers meanwhile."""
    reader = _reader(row, at)
    if reader is None:
        return
    with override(reader.language):
        subject, body = _letter(row)
        owe(
            message(
                dedupe_key=f"succession:{row.pk}:{reader.key}",
                channel=Channel.EMAIL,
                recipient=reader.email,
                subject=subject,
                body=body,
            )
        )


def _reader(row: Succession, at: datetime) -> Reader | None:
    if row.to_user is not None:
        return Reader("holder", row.to_user.email, row.to_user.language)
    if row.from_post_id is not None:
        return next(of_post(row.post, None, at), None)
    desk = atlas.current().directory.desk_in_place_of(row.post_id)
    found = next(of_post(Post.objects.get(pk=desk), None, at), None) if desk is not None else None
    # A desk without an address of its own: that of the post, which is the service's.
    return found or (Reader("post", row.post.email, OF_A_POST) if row.post.email else None)


def _letter(row: Succession) -> tuple[str, str]:
    facts = {"post": _label(row.post), "from": _label(row.from_post) if row.from_post else str(row.from_user or "")}
    subject = (_("You take up: %(post)s") if row.to_user_id else _("Nobody holds it any more: %(post)s")) % facts
    if row.from_post_id:
        subject = _("Concerns pass from %(from)s to %(post)s") % facts
    count = len(row.concerns)
    lines = [
        ngettext("%(n)d concern is open there.", "%(n)d concerns are open there.", count) % {"n": count},
        _("Their due days stay as they are."),
        *([_("Note of %(from)s:") % facts, row.note, ""] if row.note else [""]),
        *_lines(row.concerns),
        "",
        _("Confirm on your desk, under “Handovers”, that you have received it."),
    ]
    return subject, "\n".join(lines)


def _lines(references: list[str]) -> Iterable[str]:
    rows = Incident.objects.filter(reference__in=references).select_related("category").order_by("due_on", "pk")
    for incident in rows[:LINES_AT_MOST]:
        yield "- " + _("%(reference)s – %(category)s – answer due by %(due)s") % {
            "reference": incident.reference,
            "category": words.label(incident.category),
            "due": date_format(incident.due_on, "DATE_FORMAT"),
        }
    if len(references) > LINES_AT_MOST:
        yield _("… and %(n)d more.") % {"n": len(references) - LINES_AT_MOST}


def _label(post: Post) -> str:
    return post.label_en if get_language() == "en" else post.label_fr
