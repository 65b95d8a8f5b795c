"""Who is told of what a group does, and the letter that each is owed: finished text, in their language.

A letter names a problem by its reference and a meeting by its day and place: what people wrote is read in the service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from incidents.told import Reader, of_post
from messaging.changes import enclose, message, owe
from messaging.models import Channel, Message
from partnership import words
from partnership.calendar_file import invitation
from sectors.models import Mandate, PartnershipGroup, Role

if TYPE_CHECKING:
    from accounts.models import User
    from partnership.models import Action, Meeting, Problem

Words = tuple[str, str]

# fmt: off
PROBLEM: Final[Mapping[str, Words]] = MappingProxyType({
    "proposed": (gettext_noop("Problem %(reference)s has been proposed"),
                 gettext_noop("Problem %(reference)s has been proposed to your group: qualify it in the service.")),
    "reoriented": (gettext_noop("Problem %(reference)s has been given to you"),
                   gettext_noop("Problem %(reference)s comes from another post: qualify it in the service.")),
    "resumed": (gettext_noop("Problem %(reference)s goes on"),
                gettext_noop("The suspension of problem %(reference)s is over. It is due by %(due)s.")),
    "retained": (gettext_noop("Problem %(reference)s is retained"),
                 gettext_noop("Problem %(reference)s is retained by the group. An answer is due by %(due)s.")),
    "turned_down": (gettext_noop("Problem %(reference)s is not retained"),
                    gettext_noop("Problem %(reference)s is not retained by the group: the reason is in the service.")),
    "reopened": (gettext_noop("Problem %(reference)s is open again"),
                 gettext_noop("Problem %(reference)s is open again. An answer is due by %(due)s.")),
    "closed": (gettext_noop("Problem %(reference)s is closed"),
               gettext_noop("Problem %(reference)s is closed. Result: %(result)s.")),
    "rate": (gettext_noop("Is problem %(reference)s better?"),
             gettext_noop("Problem %(reference)s is closed. You worked on it: say in the service whether it is "
                          "better.")),
    "rate_later": (gettext_noop("Is problem %(reference)s still better?"),
                   gettext_noop("Problem %(reference)s was closed two months ago. Say in the service whether it is "
                                "still better.")),
    "diagnosed": (gettext_noop("The diagnosis of problem %(reference)s can be signed"),
                  gettext_noop("There is a new version of the diagnosis of problem %(reference)s: read it and sign it "
                               "in the service, for your organisation.")),
})
ACTION: Final[Mapping[str, Words]] = MappingProxyType({
    "given": (gettext_noop("An action is proposed to you for problem %(reference)s"),
              gettext_noop("Action %(number)s of problem %(reference)s is proposed to your organisation, for %(day)s. "
                           "Accept it in the service, or decline it and say why.")),
    "cancelled": (gettext_noop("An action of problem %(reference)s is called off"),
                  gettext_noop("Action %(number)s of problem %(reference)s is called off: the reason is in the "
                               "service.")),
    "accepted": (gettext_noop("An action of problem %(reference)s is accepted"),
                 gettext_noop("Action %(number)s of problem %(reference)s is accepted, for %(day)s.")),
    "declined": (gettext_noop("An action of problem %(reference)s is declined"),
                 gettext_noop("Action %(number)s of problem %(reference)s is declined: read why in the service, and "
                              "give it to another.")),
    "done": (gettext_noop("An action of problem %(reference)s is done"),
             gettext_noop("Action %(number)s of problem %(reference)s is done.")),
    "not_done": (gettext_noop("An action of problem %(reference)s was not done"),
                 gettext_noop("Action %(number)s of problem %(reference)s was not done: the reason is in the "
                              "service.")),
})
MEETING: Final[Mapping[str, Words]] = MappingProxyType({
    "planned": (gettext_noop("Meeting of your group on %(day)s"),
                gettext_noop("%(group)s meets on %(day)s at %(hour)s.\nPlace: %(place)s\n\n"
                             "The agenda is in the service; the day is in the enclosed calendar file.")),
    "changed": (gettext_noop("The meeting of your group is on %(day)s"),
                gettext_noop("The meeting of %(group)s has changed: %(day)s at %(hour)s.\nPlace: %(place)s\n\n"
                             "The enclosed calendar file replaces the one before.")),
    "called_off": (gettext_noop("The meeting of %(day)s is called off"),
                   gettext_noop("The meeting of %(group)s on %(day)s is called off.")),
    "minutes": (gettext_noop("Minutes of the meeting of %(day)s"),
                gettext_noop("The minutes of the meeting of %(group)s on %(day)s are validated: read them in the "
                             "service.")),
    "addendum": (gettext_noop("The minutes of the meeting of %(day)s are completed"),
                 gettext_noop("Something is added to the minutes of the meeting of %(group)s on %(day)s: read it in "
                              "the service.")),
})
# fmt: on
# These change a calendar.
_WITH_CALENDAR: Final = frozenset({"planned", "changed", "called_off"})


def owe_to_post(kind: str, problem: Problem, author: User | None, at: datetime) -> None:
    """Whoever holds the problem's post learns it, unless they did it."""
    owe(*_of_problem(kind, problem, of_post(problem.post, author, at), at))


def owe_to_proposer(kind: str, problem: Problem, author: User, at: datetime) -> None:
    """Whoever proposed the problem learns it, unless they did it."""
    person = problem.proposed_by
    readers = [_reader(person)] if person.is_active and person.pk != author.pk else []
    owe(*_of_problem(kind, problem, readers, at))


def owe_to_group(kind: str, problem: Problem, author: User, at: datetime) -> None:
    """The people of the member organisations learn it."""
    group = PartnershipGroup.objects.filter(post_id=problem.post_id).first()
    readers = [] if group is None else _members(group, author, at)
    owe(*_of_problem(kind, problem, readers, at))


def owe_to_partners(kind: str, problem: Problem, partners: Sequence[int], author: User | None, at: datetime) -> None:
    """The people of these organisations learn it."""
    readers = list(_people(Mandate.objects.filter(partner__in=partners), author, at)) if partners else []
    owe(*_of_problem(kind, problem, readers, at))


def owe_to_owner(kind: str, action: Action, author: User, at: datetime) -> None:
    """The people of the organisation that has the action learn it; of the police's own, whoever holds the post."""
    readers: Iterable[Reader]
    if action.owner_id is None:
        readers = of_post(action.problem.post, author, at)
    else:
        readers = _people(Mandate.objects.filter(partner=action.owner_id), author, at)
    owe(*_of_action(kind, action, readers, at))


def owe_of_action(kind: str, action: Action, author: User, at: datetime) -> None:
    """Whoever holds the problem's post learns what became of an action."""
    owe(*_of_action(kind, action, of_post(action.problem.post, author, at), at))


def owe_of_meeting(kind: str, meeting: Meeting, author: User, at: datetime) -> None:
    """The people of the member organisations and the holder of the post learn it; of a day that is set, changed or
    called off those who are invited, with a calendar file."""
    mandates = Mandate.objects.filter(partner__memberships__group=meeting.group)
    invited = list(meeting.invited.values_list("pk", flat=True)) if kind in _WITH_CALENDAR else []
    if invited:
        mandates = mandates.filter(partner__in=invited)
    readers = [*_people(mandates, author, at), *of_post(meeting.group.post, author, at)]
    about = "group" if kind in _WITH_CALENDAR else "minutes"
    letters = _letters(about, MEETING, kind, meeting.reference, readers, at, lambda: _when(meeting))
    owe(*letters)
    if kind in _WITH_CALENDAR and letters:
        enclose(letters, name="invitation.ics", content_type="text/calendar", text=invitation(meeting))


def _letters(
    about: str,
    table: Mapping[str, Words],
    kind: str,
    reference: str,
    readers: Iterable[Reader],
    at: datetime,
    facts: Callable[[], Mapping[str, str]],
) -> list[Message]:
    subject, body = table[kind]
    made = []
    for reader in readers:
        with override(reader.language):
            told = facts()
            made.append(
                message(
                    # `problem.` and `minutes.`: follow their reader's wishes. `group.`: a letter, which leaves at once,
                    # as what encloses a calendar file must. Each leads to its page.
                    dedupe_key=f"{about}.{kind}:{reference}:{at.isoformat()}:{reader.key}",
                    channel=Channel.EMAIL,
                    recipient=reader.email,
                    subject=_(subject) % told,
                    body=_(body) % told,
                )
            )
    return made


def _of_problem(kind: str, problem: Problem, readers: Iterable[Reader], at: datetime) -> list[Message]:
    return _letters("problem", PROBLEM, kind, problem.reference, readers, at, lambda: _of(problem))


def _of_action(kind: str, action: Action, readers: Iterable[Reader], at: datetime) -> list[Message]:
    def facts() -> dict[str, str]:
        return {**_of(action.problem), "number": str(action.number), "day": date_format(action.due_on, "DATE_FORMAT")}

    return _letters("problem", ACTION, kind, f"{action.problem.reference}:{action.number}", readers, at, facts)


def _of(problem: Problem) -> dict[str, str]:
    return {
        "reference": problem.reference,
        "due": date_format(problem.due_on, "DATE_FORMAT") if problem.due_on else "",
        "result": words_of(problem.result),
    }


def words_of(result: str) -> str:
    """A result in words; "" for none."""
    return str(words.OUTCOMES[result]) if result else ""


def _when(meeting: Meeting) -> dict[str, str]:
    begins = timezone.localtime(meeting.begins_at)
    return {
        "group": meeting.group.name,
        "day": date_format(begins, "DATE_FORMAT"),
        "hour": date_format(begins, "TIME_FORMAT"),
        "place": meeting.place,
    }


def _members(group: PartnershipGroup, author: User, at: datetime) -> list[Reader]:
    return list(_people(Mandate.objects.filter(partner__memberships__group=group), author, at))


def _people(mandates: object, author: User | None, at: datetime) -> Iterator[Reader]:
    """The people of these mandates, once each. One query."""
    rows = mandates.in_force(at).filter(role=Role.PARTNER, user__is_active=True)  # type: ignore[attr-defined]
    seen: set[int] = {author.pk} if author is not None else set()
    for mandate in rows.select_related("user").order_by("user_id"):
        if mandate.user_id not in seen:
            seen.add(mandate.user_id)
            yield _reader(mandate.user)


def _reader(person: User) -> Reader:
    return Reader(str(person.pk), person.email, person.language)
