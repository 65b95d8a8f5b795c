"""Messages as an administrator reads them: to whom, of what kind, and whether they left. Never the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from frontend import words
from frontend.sealed import hidden, opened
from messaging.models import Channel, Message, MessageState
from messaging.wishes import minutes_of, problem_of, reference_of

ON_A_PAGE: Final = 50

STATES: Final = MappingProxyType(
    {
        MessageState.OWED: _("on its way"),
        MessageState.TAKEN: _("being sent"),
        MessageState.SENT: _("sent"),
        MessageState.DEAD: _("given up"),
        MessageState.CLOSED: _("closed without being sent"),
        MessageState.HELD: _("held for the digest"),
        MessageState.TOLD: _("told with others"),
        MessageState.TOGETHER: _("waits for the others"),
        MessageState.BELL: _("for the bell alone"),
    }
)
CHANNELS: Final = MappingProxyType({Channel.EMAIL: _("e-mail"), Channel.SMS: _("text message")})
# By what a message's key begins with.
KINDS: Final = MappingProxyType(
    {
        "report": _("Concern reported"),
        "move": _("Concern moved"),
        "status": _("Status of a concern"),
        "transfer": _("Concern offered or accepted"),
        "handover": _("Concern handed over outside"),
        "escalation": _("Reminder of a due date"),
        "remark": _("Message about a concern"),
        "merge": _("Concerns merged"),
        "satisfaction": _("Question after the answer"),
        "rating": _("Answer to that question"),
        "digest": _("Daily digest"),
        "reminders": _("Several reminders"),
        "reset": _("Link to choose a password"),
        "password": _("Password changed"),
        "address": _("Link to confirm an address"),
        "address-left": _("E-mail address changed"),
        "second_factor": _("Second factor changed"),
        "invitation": _("Invitation"),
        "problem": _("Problem of a group"),
        "group": _("Meeting of a group"),
    }
)


# What a gateway's answer means, by what it begins with; the first that fits.
REASONS: Final = MappingProxyType(
    {
        "SMTPRecipientsRefused": _("The mail server does not know this address: it may be mistyped or closed."),
        "SMTPSenderRefused": _("The mail server refuses what this service sends: the installation looks into it."),
        "SMTPAuthenticationError": _(
            "The mail server refuses what this service sends: the installation looks into it."
        ),
        "SMTPDataError": _("The mail server refused this message."),
        "SMTPResponseException": _("The mail server refused this message."),
        "ConnectionRefusedError": _("The mail server could not be reached."),
        "gaierror": _("The mail server could not be reached."),
        "TooLong": _("The mail server did not answer in time."),
        "TimeoutError": _("The mail server did not answer in time."),
        "SMTPServerDisconnected": _("The mail server broke off: the message may have arrived all the same."),
        "Every try": _("Each try was cut off: the message may have arrived all the same."),
        "No SMS gateway": _("Text messages do not leave from this installation."),
        "The message has no recipient": _("The address is no address."),
    }
)


class SearchForm(forms.Form):
    """Which messages are shown."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATES.items()])
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("All")), *CHANNELS.items()])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["class"] = "fr-select"


@dataclass(frozen=True, slots=True)
class Line:
    """A message in words. by_day: the hour, with who knows the place, would tell which concern it is of."""

    row: Message
    kind: str
    state: str
    channel: str
    by_day: bool = False

    @property
    def key(self) -> str:
        """What the page's buttons send: which message it is, and nothing of how many there are."""
        return hidden(self.row.pk)

    @property
    def why(self) -> str:
        """Why it did not leave, in plain words of the active language; "" where the gateway said nothing."""
        said = self.row.last_error
        found = next((words for begins, words in REASONS.items() if said.startswith(begins)), None)
        return str(found or _("It could not be sent.")) if said else ""

    @property
    def is_dead(self) -> bool:
        """Was it given up?"""
        return self.row.state == MessageState.DEAD


def line(row: Message) -> Line:
    """The message in words of the active language."""
    return Line(
        row,
        words.word(KINDS, row.dedupe_key.partition(":")[0].partition(".")[0]),
        words.word(STATES, row.state),
        words.word(CHANNELS, row.channel),
    )


def to_administrators(row: Message) -> Line:
    """The same, but of a notice of a concern or a problem neither what happened there nor the hour."""
    told = line(row)
    if not reference_of(row.dedupe_key):
        return told
    if minutes_of(row.dedupe_key):
        return replace(told, kind=str(_("Notice of minutes")), by_day=True)
    kind = _("Notice of a problem") if problem_of(row.dedupe_key) else _("Notice of a concern")
    return replace(told, kind=str(kind), by_day=True)


def page(rows: QuerySet[Message], asked: Mapping[str, Any], before: str) -> tuple[list[Line], str | None]:
    """The newest fifty of those asked for as administrators read them, and what the next page begins before.

    One query; no text is read.
    """
    for name in ("state", "channel"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    newer = opened(before)
    if newer is not None:
        rows = rows.filter(pk__lt=newer)
    shown = list(rows.defer("subject", "body").order_by("-pk")[: ON_A_PAGE + 1])
    following = hidden(shown[ON_A_PAGE - 1].pk) if len(shown) > ON_A_PAGE else None
    return [to_administrators(row) for row in shown[:ON_A_PAGE]], following
