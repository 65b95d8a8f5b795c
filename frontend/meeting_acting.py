"""What may be done with a meeting, with a point of its agenda and with its minutes: tables as `group_acting` has them.

`partnership.changes` decides again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend import group_forms, meeting_forms
from frontend.acting import Action as Deed
from frontend.group_acting import owner_of
from partnership import changes
from partnership.life import MeetingState
from partnership.models import AgendaItem, Meeting, Minutes, Problem
from sectors.models import Partner
from sectors.scope import Scope


@dataclass(frozen=True, slots=True)
class MeetingStanding:
    """How a meeting stands before this person. `day_has_come`: it may be held from now on."""

    runs: bool
    state: str
    day_has_come: bool
    drafted: bool
    validated: bool

    @property
    def planned(self) -> bool:
        """Is it still to come, for who runs it?"""
        return self.runs and self.state == MeetingState.PLANIFIEE

    @property
    def written_on(self) -> bool:
        """May something still be written of it?"""
        return self.runs and not self.validated and self.state != MeetingState.ANNULEE

    @property
    def drafts(self) -> bool:
        """Is it time for its minutes?"""
        return self.runs and not self.validated and self.state == MeetingState.TENUE


def standing(meeting: Meeting, scope: Scope, minutes: Minutes | None) -> MeetingStanding:
    """How this meeting stands before this person. No query."""
    return MeetingStanding(
        runs=meeting.group.post_id in scope.posts,
        state=meeting.state,
        day_has_come=timezone.localdate() >= timezone.localtime(meeting.begins_at).date(),
        drafted=minutes is not None,
        validated=minutes is not None and minutes.validated_at is not None,
    )


def _attend(*, rows: list[dict[str, Any]] | None = None, **given: Any) -> None:
    codes = {row["code"] for row in rows or ()}
    partners = {each.code: each for each in Partner.objects.filter(code__in=codes)}
    for row in rows or ():
        partner = partners.get(row.pop("code"))
        changes.attend(partner=partner, **row, **given)


def _decide(*, owner: str = "", problem: str = "", scope: Scope, **given: Any) -> object:
    found = Problem.objects.visible_to(scope).filter(reference=problem).first() if problem else None
    return changes.decide(owner=owner_of(owner), problem=found, scope=scope, **given)


def _decide_on(*, point: AgendaItem, owner: str, **given: Any) -> object:
    return changes.decide(owner=owner_of(owner), problem=point.problem, **given)


def _note(*, point: AgendaItem, text: str = "", **given: Any) -> object:
    return changes.note_point(point=point.pk, text=text, **given)


def _up(*, point: AgendaItem, **given: Any) -> object:
    return changes.move_point(point=point.pk, by=-1, **given)


def _down(*, point: AgendaItem, **given: Any) -> object:
    return changes.move_point(point=point.pk, by=1, **given)


def _remove(*, point: AgendaItem, **given: Any) -> object:
    return changes.remove_point(point=point.pk, **given)


def _draft(*, text: str = "", **given: Any) -> object:
    return changes.draft_minutes(text=text, **given)


# By the page that shows them, in their order there.
PAGES: Final[Mapping[str, Mapping[str, Deed]]] = MappingProxyType(
    {
        "meeting": {
            "tenir": Deed(
                _("Begin the meeting"), "arrow-right", lambda s: s.planned and s.day_has_come, changes.hold,
                _("The meeting is open: note who is there."), _("Begin the meeting"),
            ),
            "ajouter": Deed(
                _("Add a point to the agenda"), "plus", lambda s: s.written_on, changes.add_point,
                _("The point is on the agenda."), _("Add it"), form=meeting_forms.PointForm,
            ),
            "refaire": Deed(
                _("Make the agenda anew"), "refresh", lambda s: s.written_on, changes.build_agenda,
                _("The agenda is of today; what you wrote has stayed."),
                about=_("From the problems open today, the promises due and what is suggested. What you added or noted "
                        "stays."),
            ),
            "deplacer": Deed(
                _("Change the day or the place"), "clock", lambda s: s.planned, changes.change_meeting,
                _("Changed: everybody invited is told, with a new calendar file."), _("Change it"),
                form=meeting_forms.WhenForm,
            ),
            "annuler": Deed(
                _("Call the meeting off"), "close", lambda s: s.planned, changes.call_off,
                _("Called off: everybody invited is told."), _("Call it off"), form=group_forms.WhyForm,
            ),
        },
        "meeting_table": {
            "presences": Deed(
                _("Who is there"), "user", lambda s: s.written_on, _attend, _("Noted."), _("Note who is there"),
                form=meeting_forms.AttendanceForm,
            ),
            "decider": Deed(
                _("Another decision"), "check", lambda s: s.written_on, _decide, _("Decided and noted."),
                _("Keep this decision"), form=meeting_forms.DecideForm,
            ),
            "point": Deed(
                _("Another point"), "plus", lambda s: s.written_on, changes.add_point,
                _("The point is on the agenda."), _("Add it"), form=meeting_forms.PointForm,
            ),
        },
        "meeting_minutes": {
            "rediger": Deed(
                _("Write the minutes"), "edit", lambda s: s.drafts, _draft, _("The draft is kept."),
                _("Keep the draft"), form=meeting_forms.DraftForm,
            ),
            "valider": Deed(
                _("Validate the minutes"), "lock", lambda s: s.drafts and s.drafted, changes.validate_minutes,
                _("Validated: the members are told."), _("Validate and send"),
                about=_("From then on nobody changes them, you neither: a correction is an addendum. The members are "
                        "told where to read them."),
            ),
            "completer": Deed(
                _("Write an addendum"), "plus", lambda s: s.runs and s.validated, changes.add_addendum,
                _("The addendum is kept: the members are told."), _("Add it"), form=meeting_forms.AddendumForm,
            ),
        },
    }
)  # fmt: skip
# Of one point; `decider` is another where the point is of a problem.
POINTS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "noter": Deed(
            _("Note"), "edit", lambda s: s.written_on, _note, _("Noted."), _("Keep this note"),
            form=meeting_forms.NoteForm,
        ),
        "decider": Deed(
            _("Decide"), "check", lambda s: s.written_on, _decide_on, _("Decided: its owner is told."),
            _("Keep this decision"), form=meeting_forms.DecideOnForm,
        ),
        "monter": Deed(_("Earlier"), "arrow-left", lambda s: s.written_on, _up, _("Moved.")),
        "descendre": Deed(_("Later"), "arrow-right", lambda s: s.written_on, _down, _("Moved.")),
        "retirer": Deed(_("Take the point off"), "minus", lambda s: s.written_on, _remove, _("It is off the agenda.")),
    }
)  # fmt: skip


def page_of(action: str) -> str:
    """The name of the page that shows this deed; "" for none."""
    return next((page for page, deeds in PAGES.items() if action in deeds), "")
