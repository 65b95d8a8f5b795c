"""A word to whoever holds a post that is no concern: it leaves as one message, and is kept nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from incidents.changes.given import no
from incidents.refusals import check_content, check_length
from incidents.told import of_post
from messaging.changes import message, owe
from messaging.models import Channel

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.models import Post

LONGEST_WORD: Final = 1000


@transaction.atomic
def write_to_post(
    *, post: Post, author: User, organisation: str, text: str, key: str, at: datetime | None = None
) -> None:
    """The holder of the post, or its public address, is owed this text with the address to answer to.

    key: the same for a form sent twice, which owes one message. organisation: "" for who speaks for none. Raises
    Refused: 409 `nobody_there` where nobody can be written to; 422 `required`, `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    text = text.strip()
    if not text:
        no(422, "text", "required", _("Write something."))
    check_length(text, LONGEST_WORD, field="text")
    check_content(text, None, at, field="text")
    reader = next(of_post(post, author, at), None)
    if reader is None:
        no(409, "text", "nobody_there", _("Nobody can be written to at this post today: call it instead."))
    with override(reader.language):
        facts = {
            "who": f"{author}, {organisation}" if organisation else str(author),
            "post": post.label_en if reader.language == "en" else post.label_fr,
            "text": text,
            "email": author.email,
        }
        owe(
            message(
                dedupe_key=f"contact:{author.pk}:{key}",
                channel=Channel.EMAIL,
                recipient=reader.email,
                subject=gettext("%(who)s writes to you") % facts,
                body=gettext(
                    "%(who)s writes to the post %(post)s:\n\n"
                    "%(text)s\n\n"
                    "Answer to %(email)s. This is no concern: it has neither a reference nor a due date. If it should"
                    " be one, enter it on your desk.\n"
                )
                % facts,
            )
        )
    log_access(user=author, operation="contact.write", reference=f"post:{post.code}", territory=post.territory.code)
