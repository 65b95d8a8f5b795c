"""What is said before, at and after a meeting of a group; the rules are in `partnership.changes`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from frontend.acting_forms import ActForm, Words
from frontend.days import DayField
from frontend.group_forms import Choice, Day, Line, Tick
from frontend.sealed import hidden, opened
from incidents.deadlines import PARIS
from partnership.changes.meetings import LONGEST_PLACE
from partnership.models import Presence
from partnership.models.meeting import LONGEST_MINUTES
from partnership.models.problem import LONGEST_TEXT
from partnership.words import PRESENCES

if TYPE_CHECKING:
    from accounts.models import User
    from partnership.models import Attendance

POLICE: Final = "police"
_TIME: Final = _("Write a time such as 14:30.")


class Hour(forms.TimeField):
    """A time of the day, by the browser's own field or typed."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"required": _TIME, "invalid": _TIME},
        )


class WhenForm(ActForm):
    """When and where the group meets: `begins_at` and `ends_at` in place of the day and the two hours."""

    day = Day(_("Day"))
    begins = Hour(_("Begins at"))
    ends = Hour(_("Ends at"))
    place = Line(_("Where you meet"), max_length=LONGEST_PLACE)

    def clean(self) -> dict[str, Any]:
        """What was said, with the two moments (Paris)."""
        cleaned = super().clean()
        day, begins, ends = (cleaned.pop(name, None) for name in ("day", "begins", "ends"))
        if day and begins and ends:
            cleaned["begins_at"] = datetime.combine(day, begins, PARIS)
            cleaned["ends_at"] = datetime.combine(day, ends, PARIS)
        return cleaned


class PlanForm(WhenForm):
    """The same, with who is invited."""

    invited = forms.MultipleChoiceField(
        label=_("Who is invited"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Invite one organisation at least."),
            "invalid_choice": _("Choose one of the list."),
        },
    )

    def __init__(self, data: Any = None, *, members: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **options)
        invited = self.fields["invited"]
        if members:
            assert isinstance(invited, forms.MultipleChoiceField)  # noqa: S101 - declared above
            invited.choices = list(members)
            invited.initial = [code for code, _name in members]
        else:
            del self.fields["invited"]


class PointForm(ActForm):
    """One more point for the agenda."""

    title = Line(_("What is to be spoken of"))
    confidential = Tick()


class Seen(forms.Field):
    """The mark of the text that was begun from, or the key of the form: read by nobody, and screened as no text."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> str:
        """At most sixty letters."""
        return str(value or "")[:60]


class NoteForm(ActForm):
    """What was said of a point."""

    text = Words(rows=3, max_length=LONGEST_TEXT, required=False, label=_("What was said"))
    seen = Seen()


class DecideForm(ActForm):
    """A decision as it is typed at the table; with a problem, a day and somebody it is an action at once."""

    text = Words(rows=2, max_length=LONGEST_TEXT, label=_("What is decided"), missing=_("Write something."))
    problem = Choice(_("For which problem"), required=False)
    owner = Choice(_("By whom"), required=False)
    due_on = DayField(label=_("By which day"))
    confidential = Tick()
    key = Seen()

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        # However often this very form is sent, it is one decision.
        self.fields["key"].initial = secrets.token_urlsafe(12)


class DecideOnForm(DecideForm):
    """The same on a problem, which is known: one owner and one day."""

    problem = None  # type: ignore[assignment]
    owner = Choice(_("By whom"))
    due_on = Day(_("By which day"))


class DraftForm(ActForm):
    """The minutes in words."""

    text = Words(
        rows=12, max_length=LONGEST_MINUTES, required=False, label=_("In a few words"),
        help_text=_("Who came, the agenda with its notes and the decisions are added by themselves."),
    )  # fmt: skip
    confidential = Tick()
    seen = Seen()


class AddendumForm(ActForm):
    """What is to be corrected or added."""

    text = Words(rows=5, max_length=LONGEST_TEXT, label=_("Addendum"), missing=_("Write something."))
    confidential = Tick()


@dataclass(frozen=True, slots=True)
class Seat:
    """An organisation at the table, the police without a partner, with its people and what was noted of it."""

    code: str
    name: str
    people: Sequence[User]
    noted: Attendance | None
    came: frozenset[int]


class AttendanceForm(ActForm):
    """Who came, in one form for all: what nobody changed in it is not written, so that two may note at once."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.seats: list[Seat] = [seat for _code, seat in options.get("choices", {}).get("seats", ())]
        for seat in self.seats:
            noted = seat.noted
            self.fields[f"{seat.code}-presence"] = forms.ChoiceField(
                choices=PRESENCES.items(), required=False, widget=forms.RadioSelect, label=seat.name,
                initial=noted.presence if noted else "", show_hidden_initial=True,
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )  # fmt: skip
            self.fields[f"{seat.code}-people"] = forms.IntegerField(
                min_value=1, max_value=50, required=False, label=_("How many people"), show_hidden_initial=True,
                initial=noted.people or None if noted else None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), _("Between 1 and 50 people.")),
            )  # fmt: skip
            if seat.people:
                self.fields[f"{seat.code}-came"] = forms.MultipleChoiceField(
                    choices=[(hidden(each.pk), str(each)) for each in seat.people], required=False,
                    widget=forms.CheckboxSelectMultiple, label=_("Who came"), show_hidden_initial=True,
                    initial=[hidden(key) for key in sorted(seat.came)],
                    error_messages={"invalid_choice": _("Choose one of the list.")},
                )  # fmt: skip

    def rows(self) -> list[tuple[Seat, Mapping[str, forms.BoundField], SafeString]]:
        """Each seat with its fields and what they were begun from, as the page shows them."""
        found: list[tuple[Seat, Mapping[str, forms.BoundField], SafeString]] = []
        for seat in self.seats:
            names = [name for name in ("presence", "people", "came") if f"{seat.code}-{name}" in self.fields]
            shown = {name: self[f"{seat.code}-{name}"] for name in names}
            begun = format_html_join("", "{}", ((each.as_hidden(only_initial=True),) for each in shown.values()))
            found.append((seat, shown, begun))
        return found

    def clean(self) -> dict[str, Any]:
        """`rows`: of the seats of which something was changed, what `changes.attend` is given of each."""
        said = super().clean()
        changed = {name.rpartition("-")[0] for name in self.changed_data}
        rows = []
        for seat in self.seats:
            came = [opened(each) for each in said.get(f"{seat.code}-came", ())]
            presence = said.get(f"{seat.code}-presence") or (Presence.PRESENT if came else "")
            if seat.code in changed and presence:
                people = said.get(f"{seat.code}-people") or 1
                rows.append({"code": seat.code, "presence": presence, "people": people, "came": came})
        return {"rows": rows}
