"""The words of every notice about a concern, as one table: the product's own, which a territory may replace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from incidents.escalation import Step
from incidents.models.transfer import TransferState
from incidents.notice_kinds import Kind
from incidents.workflow import Status
from messaging.variables import NotFilled, fill
from sectors.atlas.directory import Directory

_NAMED: Final = re.compile(r"%\(([a-z]+)\)s")

POST, RECEIVED, REOPENED = "post", "received", "reopened_post"
HANDED_OVER, ARRIVED = "handed_over", "handover_arrived"
BY_MAP_FROM, BY_MAP_TO, BY_MAP_REPORTER = "by_map_from", "by_map_to", "by_map_reporter"
WRITTEN, REPLIED, MERGED, UNMERGED, SETTLED, RATED = "written", "replied", "merged", "unmerged", "settled", "rated"

_OF_STATUS: Final = gettext_noop("Concern %(reference)s: %(status)s")
_STANDS: Final = gettext_noop("Concern %(reference)s (%(category)s): %(status)s.")
_REASON: Final = gettext_noop("Reason: %(reason)s")
_PROMISED: Final = gettext_noop("You will have an answer by %(due)s at the latest.")
_REOPENS: Final = gettext_noop("It can be reopened until %(day)s.")
_GOES_TO: Final = (
    gettext_noop("Concern %(reference)s (%(category)s) goes now to: %(to)s."),
    gettext_noop("You will have an answer by %(due)s as before."),
)


def of_status(status: str) -> str:
    """The kind of the notice of a move to this status."""
    return f"status_{status}"


def of_transfer(state: str, reader: str) -> str:
    """The kind of what the post offering (`from`), the other (`to`) or the `reporter` learns of an offer."""
    return f"transfer_{state}_{reader}"


def of_step(step: str) -> str:
    """The kind of the notice of a rung of the ladder."""
    return f"step_{step}"


_T = TransferState
# Who is told, and of what: the bell, a digest and a text message show the subject alone, so no two kinds share one.
# A reporter learns who answers now, and not who was asked in vain.
# fmt: off
TO_REPORTERS: Final[Mapping[str, Kind]] = MappingProxyType({
    RECEIVED: Kind(
        gettext_lazy("The concern has been received"),
        gettext_noop("Your concern %(reference)s has been received"),
        (gettext_noop("Your concern %(reference)s (%(category)s) goes to: %(post)s.\n"
                      "You will have an answer by %(due)s at the latest.\n\n"
                      "Emergency or event under way: call 17 (or text 114)."),)),
    of_status(Status.QUALIFIEE): Kind(
        gettext_lazy("The clock runs again, before it is taken in charge"),
        _OF_STATUS, (_STANDS, _REASON, _PROMISED), ("status", "reason")),
    of_status(Status.PRISE_EN_CHARGE): Kind(
        gettext_lazy("Taken in charge"), _OF_STATUS, (_STANDS, _REASON, _PROMISED), ("status", "reason")),
    of_status(Status.SUSPENDUE): Kind(
        gettext_lazy("The clock is suspended"),
        _OF_STATUS,
        (_STANDS, _REASON, gettext_noop("The clock stands still until %(day)s at the latest."), _PROMISED),
        ("status", "reason", "day"), ("reason", "day")),
    of_status(Status.REPONDUE): Kind(
        gettext_lazy("The answer"), _OF_STATUS, (_STANDS, "\n%(answer)s\n"), ("status", "answer"), ("answer",)),
    of_status(Status.NON_RETENUE): Kind(
        gettext_lazy("Not retained"),
        _OF_STATUS, (_STANDS, _REASON, _REOPENS), ("status", "reason", "day"), ("reason",)),
    of_status(Status.CLOSE): Kind(
        gettext_lazy("Closed, and is it settled?"),
        _OF_STATUS,
        (_STANDS, _REASON, gettext_noop("Is it settled? Yes, partly or no: say so on its page."), _REOPENS),
        ("status", "reason", "day")),
    of_status(Status.ROUVERTE): Kind(
        gettext_lazy("Reopened"), _OF_STATUS, (_STANDS, _REASON, _PROMISED), ("status", "reason")),
    of_transfer(_T.ACCEPTED, "reporter"): Kind(
        gettext_lazy("Another post answers: it has accepted"),
        gettext_noop("Concern %(reference)s is now with: %(to)s"), _GOES_TO, ("to",)),
    of_transfer(_T.ASSIGNED, "reporter"): Kind(
        gettext_lazy("Another post answers: the direction has said so"),
        gettext_noop("Concern %(reference)s: the direction gives it to: %(to)s"), _GOES_TO, ("to",)),
    BY_MAP_REPORTER: Kind(
        gettext_lazy("Another post answers: the map of the sectors changes"),
        gettext_noop("Concern %(reference)s: the sectors change, it goes to: %(to)s"), _GOES_TO, ("to", "from")),
    HANDED_OVER: Kind(
        gettext_lazy("Handed over outside"),
        gettext_noop("Concern %(reference)s: handed over to: %(to)s"),
        (gettext_noop("Concern %(reference)s (%(category)s) was handed over to: %(to)s (%(recipient)s)."),
         gettext_noop("You will have an answer here by %(due)s as before.")),
        ("to", "recipient")),
    ARRIVED: Kind(
        gettext_lazy("Handed over outside: they acknowledge it"),
        gettext_noop("Concern %(reference)s: acknowledged by: %(to)s"),
        (gettext_noop("Concern %(reference)s (%(category)s): %(to)s (%(recipient)s) acknowledges that it has "
                      "arrived."),),
        ("to", "recipient")),
    WRITTEN: Kind(
        gettext_lazy("The référent writes"),
        gettext_noop("Concern %(reference)s: the référent writes to you"),
        (gettext_noop("The référent writes about your concern %(reference)s (%(category)s):\n\n%(text)s\n\n"
                      "Answer on its page."),),
        ("text",), ("text",)),
    MERGED: Kind(
        gettext_lazy("Dealt with in another concern"),
        gettext_noop("Concern %(reference)s: dealt with together with another report"),
        (gettext_noop("Your concern %(reference)s (%(category)s) is dealt with together with another report of the "
                      "same problem: what becomes of that one becomes of yours, and you are told."),
         _PROMISED)),
    UNMERGED: Kind(
        gettext_lazy("Dealt with on its own again"),
        gettext_noop("Concern %(reference)s: dealt with on its own again"),
        (gettext_noop("Your concern %(reference)s (%(category)s) is dealt with on its own again."), _PROMISED)),
    SETTLED: Kind(
        gettext_lazy("Is it settled, two months later?"),
        gettext_noop("Concern %(reference)s: is it settled, two months later?"),
        (gettext_noop("Your concern %(reference)s (%(category)s) was closed two months ago.\nIs it settled? Yes, "
                      "partly or no: say so on its page. If it is not, you can reopen it there."),)),
})
TO_POSTS: Final[Mapping[str, Kind]] = MappingProxyType({
    POST: Kind(
        gettext_lazy("A concern has come"),
        gettext_noop("Concern %(reference)s for %(post)s"),
        (gettext_noop("Concern %(reference)s (%(category)s) is yours to answer, by %(due)s at the latest.\n"
                      "Open it on your desk to read it."),)),
    BY_MAP_TO: Kind(
        gettext_lazy("A concern comes with a new map of the sectors"),
        gettext_noop("Concern %(reference)s comes to you with the new sectors"),
        (gettext_noop("Concern %(reference)s (%(category)s) is yours to answer since the sectors changed; it was with: "
                      "%(from)s.\nIts answer is due by %(due)s as before. Open it on your desk to read it."),),
        ("from", "to")),
    BY_MAP_FROM: Kind(
        gettext_lazy("A concern leaves with a new map of the sectors"),
        gettext_noop("Concern %(reference)s leaves you with the new sectors"),
        (gettext_noop("Concern %(reference)s (%(category)s) goes to %(to)s since the sectors changed. There is nothing "
                      "more for you to do; its answer is due by %(due)s as before."),),
        ("from", "to")),
    REPLIED: Kind(
        gettext_lazy("The reporter has written"),
        gettext_noop("Concern %(reference)s: its reporter has written"),
        (gettext_noop("The reporter of concern %(reference)s (%(category)s) has written. Read it on your desk."),)),
    REOPENED: Kind(
        gettext_lazy("A concern is reopened"),
        gettext_noop("Concern %(reference)s is reopened: answer due by %(due)s"),
        (_STANDS, _REASON, gettext_noop("Its answer is due by %(due)s.")), ("status", "reason")),
    RATED: Kind(
        gettext_lazy("The reporter does not find it settled"),
        gettext_noop("Concern %(reference)s: its reporter does not find it settled"),
        (gettext_noop("Is concern %(reference)s (%(category)s) settled? Its reporter answers: %(answer)s."),),
        ("answer",)),
    of_transfer(_T.OFFERED, "to"): Kind(
        gettext_lazy("A concern is offered"),
        gettext_noop("Concern %(reference)s is offered to you by: %(from)s"),
        (gettext_noop("Concern %(reference)s (%(category)s) is offered to you by %(from)s: accept or refuse it on your "
                      "desk.\nReason: %(reason)s\nUntil you answer, %(from)s keeps it. Its answer is due by %(due)s."),
         ),
        ("from", "to", "reason")),
    of_transfer(_T.WITHDRAWN, "to"): Kind(
        gettext_lazy("An offer is taken back"),
        gettext_noop("Concern %(reference)s: it is offered to you no more"),
        (gettext_noop("Concern %(reference)s (%(category)s) is offered to you no more by %(from)s."),),
        ("from", "to", "reason")),
    of_transfer(_T.ACCEPTED, "from"): Kind(
        gettext_lazy("An offer is accepted"),
        gettext_noop("Concern %(reference)s: your offer was accepted"),
        (gettext_noop("Concern %(reference)s (%(category)s) was accepted by %(to)s."),),
        ("from", "to", "reason")),
    of_transfer(_T.REFUSED, "from"): Kind(
        gettext_lazy("An offer is refused"),
        gettext_noop("Concern %(reference)s: your offer was refused"),
        (gettext_noop("Concern %(reference)s (%(category)s) was refused by %(to)s and stays with you.\n"
                      "Reason: %(answer)s\nIts answer is due by %(due)s."),),
        ("from", "to", "answer")),
    of_transfer(_T.ASSIGNED, "to"): Kind(
        gettext_lazy("A concern is assigned by the direction"),
        gettext_noop("Concern %(reference)s: the direction assigns it to you"),
        (gettext_noop("Concern %(reference)s (%(category)s) is assigned to you by the direction.\n"
                      "Reason: %(reason)s\nIts answer is due by %(due)s."),),
        ("from", "to", "reason")),
    of_transfer(_T.ASSIGNED, "from"): Kind(
        gettext_lazy("A concern is assigned to another post"),
        gettext_noop("Concern %(reference)s: assigned to another post by the direction"),
        (gettext_noop("Concern %(reference)s (%(category)s) was assigned to %(to)s by the direction."),),
        ("from", "to", "reason")),
    of_step(Step.REMINDER): Kind(
        gettext_lazy("Reminder of a due date"),
        gettext_noop("Concern %(reference)s: answer due by %(due)s"),
        (gettext_noop("The answer to concern %(reference)s (%(category)s) is due by %(due)s: %(left)s.\n"
                      "Open it on your desk."),),
        ("left",)),
    of_step(Step.OVERDUE): Kind(
        gettext_lazy("The answer is late"),
        gettext_noop("Concern %(reference)s is late"),
        (gettext_noop("The answer to concern %(reference)s (%(category)s) was due by %(due)s, and nobody has "
                      "answered.\nOpen it on your desk."),)),
    of_step(Step.OFFER): Kind(gettext_lazy("An offer is not answered in time"),
        gettext_noop("Concern %(reference)s: its offer waits for an answer"),
        (gettext_noop("Concern %(reference)s (%(category)s) is offered by %(from)s to %(to)s, and an answer was due by "
                      "%(day)s.\nUntil it is accepted, %(from)s keeps it. Its answer is due by %(due)s."),
         ), ("from", "to", "day")),
})
TO_DIRECTIONS: Final[Mapping[str, Kind]] = MappingProxyType({
    of_step(Step.DIRECTION): Kind(
        gettext_lazy("The answer is still late"),
        gettext_noop("Concern %(reference)s is still late"),
        (gettext_noop("The answer to concern %(reference)s (%(category)s) was due by %(due)s, and nobody has "
                      "answered.\nIt is with: %(post)s."),)),
    of_step(Step.UNTAKEN): Kind(
        gettext_lazy("Nobody has taken it in charge (the post is told too)"),
        gettext_noop("Nobody has taken concern %(reference)s"),
        (gettext_noop("Concern %(reference)s (%(category)s) should have been taken in charge by %(day)s, and waits.\n"
                      "It is with: %(post)s. Its answer is due by %(due)s."),),
        ("day",)),
    of_step(Step.TRIAGE): Kind(
        gettext_lazy("It waits to be handed on (the post is told too)"),
        gettext_noop("Concern %(reference)s waits to be handed on"),
        (gettext_noop("Concern %(reference)s (%(category)s) is in no sector: somebody should have said by %(day)s who "
                      "answers it.\nIt is with: %(post)s. Its answer is due by %(due)s."),),
        ("day",)),
    of_step(Step.UNANSWERED): Kind(gettext_lazy("An offer is still not answered"),
        gettext_noop("Concern %(reference)s: nobody has answered its offer"),
        (gettext_noop("Concern %(reference)s (%(category)s) is offered by %(from)s to %(to)s, who should have answered "
                      "by %(day)s.\nYou can assign it. Its answer is due by %(due)s."),), ("from", "to", "day")),
})
# fmt: on
KINDS: Final[Mapping[str, Kind]] = MappingProxyType({**TO_REPORTERS, **TO_POSTS, **TO_DIRECTIONS})


def words_of(kind: str, directory: Directory, territory: int, facts: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text of a notice in the active language: the territory's own words, or the product's.

    Own words that cannot be filled in give way: what is owed is said in other words rather than not at all.
    """
    own = directory.templates.get((territory, kind, get_language() or ""))
    if own is not None:
        try:
            return fill(own[0], facts), fill(own[1], facts)
        except NotFilled:
            pass
    words = KINDS[kind]
    first, *others = words.lines
    said = [first, *(line for line in others if all(facts.get(name) for name in _names(line)))]
    return _(words.subject) % facts, "\n".join(_(line) % facts for line in said)


def product_words(kind: str) -> tuple[str, str]:
    """The product's words in the active language, with their variables between braces: where a territory begins."""
    words = KINDS[kind]
    names = {name: f"{{{{ {name} }}}}" for name in words.names}
    return _(words.subject) % names, "\n".join(_(line) % names for line in words.lines)


@lru_cache(maxsize=128)
def _names(line: str) -> tuple[str, ...]:
    return tuple(_NAMED.findall(line))
