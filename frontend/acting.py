"""What may be done with a concern from the desk: one table of actions, each with its form, its words and its change.

Which are offered depends on how the concern stands and on who looks; `incidents.changes` decides again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from frontend import acting_forms as forms
from frontend import posts
from incidents import changes, references
from incidents.changes.status import DESK, role_on
from incidents.models import Handover, Incident, StandardAnswer, Suspension, Transfer
from incidents.models.visibility import may_on
from incidents.workflow import OPEN, Status, next_from
from ogcapi.geojson import FieldError, Refused
from sectors.scope import Scope

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User

_TAKEABLE: Final = frozenset({Status.SIGNALEE, Status.QUALIFIEE, Status.ROUVERTE})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a concern stands before this person: where it may go, and in whose hands it is."""

    status: Status
    moves: frozenset[Status]
    holds: bool
    triages: bool
    offer: Transfer | None
    offered_here: bool
    handed: tuple[Handover, ...]
    suspension: Suspension | None
    notes: bool
    replied: bool
    merges: bool
    merged: bool

    @property
    def is_open(self) -> bool:
        """Is the concern still waiting for something?"""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: `label` opens it, `button` does it, `done` is said afterwards, `about` before.

    internal: what is typed is shown to the desk alone, and its form looks so. page: the name of the page on which it is
    done, where it needs one of its own; then nothing runs here.
    """

    label: _StrOrPromise
    icon: str
    when: Callable[[Any], bool]
    run: Callable[..., object]
    done: _StrOrPromise
    button: _StrOrPromise = ""
    about: _StrOrPromise = ""
    form: type[forms.ActForm] = forms.ActForm
    fixed: Mapping[str, str] = field(default_factory=dict)
    internal: bool = False
    page: str = ""


def _move(to: Status) -> Callable[[Standing], bool]:
    return lambda standing: to in standing.moves


def _resume(*, incident: Incident, author: User, scope: Scope) -> Incident:
    """Goes on as what it was when the clock stopped."""
    stopped = incident.suspensions.filter(ended_at__isnull=True).first()
    to = stopped.resumes_as if stopped else Status.PRISE_EN_CHARGE
    return changes.change_status(incident=incident, author=author, scope=scope, to=to)


def _note(**given: Any) -> object:
    return changes.remark(internal=True, **given)


def _merge(*, incident: Incident, author: User, scope: Scope, other: str = "", reference: str = "") -> object:
    """The one of the two that is due first stays. Raises Refused (422) where no such concern is theirs to work on."""
    try:
        wanted = references.normalise(other or reference)
    except references.ReferenceInvalid:
        wanted = ""
    found = Incident.objects.visible_to(scope).filter(reference=wanted).first() if wanted else None
    if found is None or not may_on(found, scope, "merge"):
        message = _("No concern that you answer for has this reference.")
        raise Refused([FieldError("other" if other else "reference", "unknown_reference", message)], status=422)
    return changes.merge_many(incidents=[incident, found], author=author, scope=scope)


# In the order in which they are shown; the first of FIRST that is offered stands open.
ACTIONS: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "accepter": Action(
            _("Accept this concern"), "check", lambda s: s.offered_here, changes.accept,
            _("The concern is yours; its due date has not changed."),
        ),
        "refuser": Action(
            _("Refuse it"), "close", lambda s: s.offered_here, changes.refuse,
            _("Refused: the concern stays with whoever offered it."), form=forms.RefuseForm,
        ),
        "prendre": Action(
            _("Take in charge"), "hand", lambda s: s.status in _TAKEABLE and bool(s.moves), changes.take,
            _("Taken in charge: the reporter is told."), about=_("The reporter is told at once that somebody has it."),
        ),
        "repondre": Action(
            _("Answer"), "reply", _move(Status.REPONDUE), changes.change_status,
            _("Answered: the reporter is told, and the clock has stopped."), _("Send the answer"),
            form=forms.AnswerForm, fixed={"to": Status.REPONDUE},
        ),
        "reprendre": Action(
            _("Go on"), "refresh", lambda s: s.status == Status.SUSPENDUE and bool(s.moves), _resume,
            _("The clock runs again."), about=_("The clock runs again from today."),
        ),
        "clore": Action(
            _("Close"), "check", _move(Status.CLOSE), changes.change_status,
            _("Closed: the reporter is asked whether it is settled."), fixed={"to": Status.CLOSE},
            about=_("Nothing more is expected of you; the reporter may reopen it for 90 days."),
        ),
        "ecrire": Action(
            _("Write to the reporter"), "mail", lambda s: s.notes, changes.remark,
            _("Sent: the reporter is told."), _("Send the message"), form=forms.RemarkForm,
        ),
        "lu": Action(
            _("Their message needs no word"), "check", lambda s: s.notes and s.replied, changes.seen,
            _("Read: the concern does not wait for your word any more."), _("Mark as read"),
        ),
        "noter": Action(
            _("Write an internal note"), "lock", lambda s: s.notes, _note,
            _("Noted, for the desk alone."), _("Keep the note"), form=forms.NoteForm, internal=True,
        ),
        "mener": Action(
            _("Note what was done on the spot"), "pin", lambda s: s.notes, changes.record_deed,
            _("Noted, for the desk alone."), _("Keep it"), form=forms.DeedForm, internal=True,
            about=_("A patrol, a presence, a talk: it stays with the concern, and tells its reporter nothing."),
        ),
        "qualifier": Action(
            _("Qualify"), "list", _move(Status.QUALIFIEE), changes.change_status, _("Qualified."),
            fixed={"to": Status.QUALIFIEE}, about=_("Read and understood, and not taken in charge yet."),
        ),
        "suspendre": Action(
            _("Suspend the clock"), "pause", _move(Status.SUSPENDUE), changes.change_status,
            _("Suspended: the reporter sees why and until when."), _("Suspend the clock"),
            form=forms.SuspendForm, fixed={"to": Status.SUSPENDUE},
        ),
        "proposer": Action(
            _("Propose it to another référent"), "compass",
            lambda s: s.holds and s.is_open and s.offer is None and not s.triages, changes.offer,
            _("Proposed: it stays yours until they accept."), _("Propose"), form=forms.ToPostForm,
            about=_("You keep it, and the clock runs, until they accept."),
        ),
        "retirer": Action(
            _("Take the proposal back"), "refresh", lambda s: s.holds and s.offer is not None, changes.withdraw,
            _("The proposal is taken back."),
        ),
        "confier": Action(
            _("Assign it to a post"), "compass", lambda s: s.triages and s.is_open, changes.assign,
            _("Assigned: its new holder is told."), _("Assign"), form=forms.ToPostForm,
        ),
        "transmettre": Action(
            _("Hand it over outside"), "arrow-right", lambda s: s.holds and s.is_open, changes.hand_over,
            _("Handed over: note here when they acknowledge."), _("Hand over"), form=forms.HandOverForm,
            about=_("Gendarmerie, town hall or CLSPD. The concern stays here, and its clock runs on."),
        ),
        "accuser": Action(
            _("Note their acknowledgement"), "check-circle", lambda s: s.holds and bool(s.handed), changes.acknowledge,
            _("Their acknowledgement is noted."), _("Note it"), form=forms.AcknowledgeForm,
        ),
        "regrouper": Action(
            _("It is the same as another"), "list", lambda s: s.merges and s.is_open and not s.merged, _merge,
            _("Dealt with as one: whoever reported them is told."), _("Deal with them as one"), form=forms.MergeForm,
            about=_("The one due first stays, and the other follows it. It can be undone."),
        ),
        "separer": Action(
            _("It is not the same after all"), "refresh", lambda s: s.merges and s.merged, changes.unmerge,
            _("On its own again, in the status that it had."), _("Separate"), form=forms.SeparateForm,
        ),
        "ecarter": Action(
            _("Do not retain"), "close", _move(Status.NON_RETENUE), changes.change_status,
            _("Not retained: the reporter is told why."), _("Do not retain"),
            form=forms.PublicReasonForm, fixed={"to": Status.NON_RETENUE},
        ),
        "rouvrir": Action(
            _("Reopen"), "refresh", _move(Status.ROUVERTE), changes.change_status, _("Reopened."), _("Reopen"),
            form=forms.PublicReasonForm, fixed={"to": Status.ROUVERTE},
        ),
    }
)  # fmt: skip
FIRST: Final = ("accepter", "prendre", "repondre", "reprendre", "clore")
# What may still be done with a concern that is dealt with in another: the rest is done with that other one.
OF_MERGED: Final = frozenset({"ecrire", "lu", "noter", "mener", "accuser", "refuser", "retirer", "separer", "rouvrir"})


@dataclass(frozen=True, slots=True)
class Offer:
    """An action with its form, as a page shows it."""

    code: str
    action: Action
    form: forms.ActForm


def standing(incident: Incident, scope: Scope) -> Standing:
    """How this concern stands before this person. At most three queries."""
    roles = [role for role in role_on(incident, scope, "change_status") if role in DESK]
    offer = incident.transfers.waiting().select_related("from_post", "to_post", "offered_by").first()
    status = Status(incident.status)
    return Standing(
        status=status,
        moves=frozenset(to for role in roles for to in next_from(status, role)),
        holds=may_on(incident, scope, "hand_on"),
        triages=may_on(incident, scope, "triage"),
        offer=offer,
        offered_here=offer is not None and offer.to_post_id in scope.posts,
        handed=tuple(incident.handovers.filter(acknowledged_at__isnull=True)),
        suspension=stopped(incident),
        notes=may_on(incident, scope, "note"),
        replied=incident.replied_at is not None,
        merges=may_on(incident, scope, "merge"),
        merged=incident.merged_into_id is not None,
    )


def stopped(incident: Incident) -> Suspension | None:
    """The suspension for which its clock stands still now; None while it runs, which asks nothing."""
    if incident.status != Status.SUSPENDUE:
        return None
    return incident.suspensions.filter(ended_at__isnull=True).first()


def may_choose(incident: Incident, scope: Scope) -> bool:
    """May this person do something with this concern among others of a list? No query."""
    return incident.status in OPEN and bool(DESK & set(role_on(incident, scope, "change_status")))


def offers(
    incident: Incident, found: Standing, said: tuple[str, Any] | None = None, *, near: forms.Choices = ()
) -> list[Offer]:
    """What may be done now, in order; `said` is the action that was asked for with what was typed.

    near: the concerns that it may be the same as. One query where it may be answered.
    """
    choices: dict[str, forms.Choices] = {
        "to_post": posts.to_choose([incident])(incident),
        "other": near,
        "standard": [(str(each.pk), each.title) for each in standard_answers(incident)]
        if Status.REPONDUE in found.moves
        else (),
    }
    return [
        Offer(code, action, action.form(said[1] if said and said[0] == code else None, prefix=code, choices=choices))
        for code, action in ACTIONS.items()
        if action.when(found) and (code in OF_MERGED or not found.merged)
    ]


def standard_answers(incident: Incident) -> Iterable[StandardAnswer]:
    """Those offered for this concern, in order. One query."""
    return StandardAnswer.objects.offered(incident.territory_id, incident.category_id)


def leading(found: Iterable[Offer]) -> str:
    """The code of the action that stands open; "" for none."""
    codes = {offer.code for offer in found}
    return next((code for code in FIRST if code in codes), "")


def make(offer: Offer, incident: Incident, author: User, scope: Scope, **joined: Any) -> None:
    """Makes what a valid form says, with what is joined to it. Raises Refused or PermissionDenied."""
    given = offer.form.cleaned_data.items()
    said = {name: value for name, value in given if value not in (None, "") and name != "standard"}
    offer.action.run(incident=incident, author=author, scope=scope, **offer.action.fixed, **said, **joined)


def failed(offers: Iterable[Offer], said: tuple[str, Any] | None, refused: Refused | None) -> Offer | None:
    """The action that was refused, its form with what was wrong; None where it is not offered any more."""
    offer = next((each for each in offers if said and each.code == said[0]), None)
    if offer is None or refused is None:
        return None
    offer.form.is_valid()
    for error in refused.errors:
        field = "to_post" if error.field == "to" and "to_post" in offer.form.fields else error.field
        offer.form.add_error(field if field in offer.form.fields else None, str(error.message))
    return offer
