"""Who is told of a concern, and in which ways, in words: by function, and never by an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontend import words
from incidents.models import Incident
from incidents.notices import answer_notice, reported_to
from incidents.told import Reader, of_reporter
from messaging.readers import Reader as Account
from messaging.readers import readers_of
from messaging.short_texts import short
from messaging.wishes import Way, hour_of, way_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from accounts.models import User

MAILS: Final[Mapping[Way, _StrPromise]] = MappingProxyType(
    {
        Way.NOW: gettext_lazy("By e-mail, at once"),
        Way.LATER: gettext_lazy("By e-mail, after the quiet hours"),
        Way.DIGEST: gettext_lazy("In the day’s one e-mail, as a line"),
    }
)
TEXTS: Final[Mapping[Way, _StrPromise]] = MappingProxyType(
    {Way.NOW: gettext_lazy("By text message"), Way.LATER: gettext_lazy("By text message, after the quiet hours")}
)
BELL: Final = gettext_lazy("On the bell of the service, as a line")
# Those that carry the whole text; whoever gets none of them reads it with the concern.
WHOLE: Final = (MAILS[Way.NOW], MAILS[Way.LATER])


@dataclass(frozen=True, slots=True)
class Part:
    """What arrives by one way: its title and its text, either of which may be empty; `people` says to how many."""

    way: str
    people: str
    subject: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What an answer becomes for the readers of one language; `alone` where neither e-mail nor text message leaves."""

    language: str
    subject: str
    body: str
    parts: tuple[Part, ...]
    alone: bool


def ways_of(account: Account | None, at: datetime) -> Iterator[_StrPromise]:
    """By which ways this reader is told now, as `messaging` sorts it; an address without an account is written to."""
    if account is None:
        yield MAILS[Way.NOW]
        return
    way, _when = way_of(account.wish, at)
    if way in MAILS:
        yield MAILS[way]
    if account.texted:
        yield TEXTS[hour_of(account.wish, at)[0]]
    if account.wish.bell:
        yield BELL


def letters(incident: Incident, answer: str, by: User, at: datetime) -> list[Letter]:
    """What leaves with this answer by the wishes of its readers, one a language; none where nobody is written to."""
    readers = list(of_reporter(incident, by, at))
    accounts = readers_of([reader.email for reader in readers]) if readers else {}
    by_language: dict[str, list[Reader]] = {}
    for reader in readers:
        by_language.setdefault(reader.language, []).append(reader)
    return [
        _letter(incident, answer, language, [accounts.get(each.email.lower()) for each in some], at)
        for language, some in by_language.items()
    ]


def _letter(incident: Incident, answer: str, language: str, some: list[Account | None], at: datetime) -> Letter:
    notice = answer_notice(incident, answer, at, language)
    told = [tuple(ways_of(account, at)) for account in some]
    texts = {
        **dict.fromkeys(WHOLE, (notice.subject, notice.body)),
        MAILS[Way.DIGEST]: (notice.subject, ""),
        **dict.fromkeys(TEXTS.values(), ("", short(notice.subject))),
        BELL: (notice.subject, ""),
    }
    counted = ((way, sum(way in ways for ways in told)) for way in texts)
    parts = [Part(str(way), _people(n, len(some)), *texts[way]) for way, n in counted if n]
    unread = sum(not set(WHOLE) & set(ways) for ways in told)
    if unread:
        parts.append(Part(_("In the service, with the concern"), _people(unread, len(some)), "", answer))
    alone = all(set(ways) <= {BELL} for ways in told)
    return Letter(language, notice.subject, notice.body, tuple(parts), alone)


def _people(some: int, of: int) -> str:
    """To how many, where it is not plain."""
    return ngettext("%(n)d person", "%(n)d people", some) % {"n": some} if of > 1 else ""


def receipt(incident: Incident, reader: User, at: datetime) -> list[str]:
    """Who was told that this concern was reported, a sentence each: three queries, a fourth for its own author."""
    told = reported_to(incident)
    if told.to_post:
        post = _("%(post)s: a message.")
    elif told.own:
        post = _("%(post)s: no message, since its holder wrote this down.")
    else:
        post = _("%(post)s: no message, since nobody holds this post and it has no address. It waits on the desk.")
    lines = [post % {"post": words.label(told.post)}]
    partner = {"partner": incident.partner.name if incident.partner else ""}
    if told.to_author and reader.pk == incident.author_id:
        account = readers_of([reader.email]).get(reader.email.lower())
        lines.append(_("You: %(ways)s.") % {"ways": " · ".join(str(way) for way in ways_of(account, at))})
    elif told.to_author:
        lines.append(_("Whoever reported it: a message."))
    elif incident.partner and told.members:
        text = ngettext(
            "%(partner)s: a message to %(n)d person.", "%(partner)s: a message to %(n)d people.", told.members
        )
        lines.append(text % {**partner, "n": told.members})
    elif incident.partner:
        text = _("%(partner)s: nobody is told, since none of its people has an account in use. Tell them yourself.")
        lines.append(text % partner)
    return lines
