"""What may be done with a problem or an action: tables as `frontend.acting` has one for a concern.

Which are offered depends on how the thing stands and on who looks; `partnership.changes` decides again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from frontend import group_forms as forms
from frontend.acting import Action as Deed
from incidents import references
from incidents.models import Incident
from ogcapi.geojson import FieldError, Refused
from partnership import changes
from partnership.changes.acting import OBSERVERS
from partnership.life import ACTION, OPEN, PROBLEM, PROPOSED, WORKED, ActionState, State, next_from
from partnership.models import Action, Problem
from partnership.models.visibility import may_on
from sectors.models import Partner
from sectors.scope import Scope

if TYPE_CHECKING:
    from accounts.models import User
    from frontend.acting_forms import Choices

POLICE: Final = "police"
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class ProblemStanding:
    """How a problem stands before this person.

    unsigned: the version that their organisation may still sign. rates: is it asked whether it is better?
    """

    state: str
    moves: frozenset[str]
    runs: bool
    contributes: bool
    holds_concerns: bool
    unsigned: int
    rates: bool


@dataclass(frozen=True, slots=True)
class ActionStanding:
    """How an action stands before this person, who has it or runs the group, or neither."""

    moves: frozenset[str]
    runs: bool
    open: bool
    asked: bool


def found(written: str, scope: Scope) -> list[Incident]:
    """The concerns of these references. Raises Refused (422) `unknown_concern`."""
    try:
        wanted = {references.normalise(each) for each in written.replace(";", ",").split(",") if each.strip()}
    except references.ReferenceInvalid:
        wanted = {""}
    rows = list(Incident.objects.visible_to(scope).filter(reference__in=wanted))
    if len(rows) != len(wanted):
        message = _("You read no concern of this reference.")
        raise Refused([FieldError("incidents", "unknown_concern", message)], status=422)
    return rows


def owner_of(code: str) -> Partner | None:
    """The organisation of this code; None for the police."""
    return Partner.objects.filter(code=code).first() if code and code != POLICE else None


def _speaker(code: str) -> int | None:
    return Partner.objects.filter(code=code).values_list("pk", flat=True).first() if code else None


def _join(*, incidents: str, scope: Scope, **given: Any) -> object:
    return changes.join(incidents=found(incidents, scope), scope=scope, **given)


def _remove(*, incident: str, scope: Scope, **given: Any) -> object:
    return changes.remove(incident=found(incident, scope)[0], scope=scope, **given)


def _give(*, owner: str, **given: Any) -> object:
    return changes.give(owner=owner_of(owner), **given)


def _give_again(*, owner: str, **given: Any) -> object:
    return changes.give_again(owner=owner_of(owner), **given)


def _contribute(*, partner: str = "", **given: Any) -> object:
    return changes.contribute(partner=_speaker(partner), **given)


def _sign(*, partner: str = "", **given: Any) -> object:
    return changes.co_sign(partner=_speaker(partner), **given)


def _resume(*, problem: Problem, author: User, scope: Scope) -> Problem:
    stopped = problem.suspensions.filter(ended_at__isnull=True).first()
    to = stopped.resumes_as if stopped else State.RETENUE
    return changes.change_status(problem=problem, author=author, scope=scope, to=to)


def _to(state: str) -> Any:
    # There are no moves for who may make none.
    return lambda standing: state in standing.moves


def _worked(standing: ProblemStanding) -> bool:
    return standing.runs and standing.state in WORKED


def _evaluates(standing: ProblemStanding) -> bool:
    return standing.runs and (standing.state == State.EVALUATION or State.EVALUATION in standing.moves)


def _speaks(standing: ProblemStanding) -> bool:
    return standing.contributes and standing.state in WORKED


# In the order in which they are shown.
PROBLEMS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "retenir": Deed(
            _("Retain it"), "check", lambda s: s.runs and s.state in PROPOSED, changes.retain,
            _("Retained: the group has thirty days."), form=forms.RetainForm,
            about=_("The clock begins. Without a drawing, the problem is where its concerns are."),
        ),
        "signer": Deed(
            _("Sign the diagnosis"), "edit", lambda s: _speaks(s) and bool(s.unsigned), _sign,
            _("Signed, with the date."), _("Sign this version"), form=forms.SignForm,
        ),
        "contribuer": Deed(
            _("Contribute to the diagnosis"), "plus", _speaks, _contribute, _("Your contribution is in."),
            _("Contribute"), form=forms.ContributeForm,
        ),
        "rediger": Deed(
            _("Write the shared diagnosis"), "edit", _worked, changes.write_diagnosis,
            _("A new version is kept: the partners are asked to sign it."), _("Keep this version"),
            form=forms.DiagnoseForm,
        ),
        "donner": Deed(
            _("Give an action"), "arrow-right", _worked, _give, _("Given: its owner is told."), form=forms.GiveForm,
            about=_("Simple and realistic, for one organisation, by a day."),
        ),
        "joindre": Deed(
            _("Put concerns in it"), "plus", lambda s: s.runs and s.state in OPEN, _join, _("They are in it."),
            form=forms.JoinForm,
        ),
        "sortir": Deed(
            _("Take a concern out of it"), "minus", lambda s: s.runs and s.holds_concerns, _remove,
            _("It is out of it."), form=forms.TakeOutForm,
        ),
        "evaluer": Deed(
            _("Evaluate what came of it"), "search", _evaluates, changes.evaluate, _("The evaluation is kept."),
            page="problem_evaluate", about=_("What was planned is done, or will not be: one looks at what it did."),
        ),
        "clore": Deed(
            _("Close with a result"), "check-circle", _worked, changes.close, _("Closed: whoever proposed it is told."),
            page="problem_close", about=_("After an evaluation, and with what it found before your eyes."),
        ),
        "noter": Deed(
            _("Say whether it is better"), "hand", lambda s: s.rates, changes.rate, _("Thank you: your answer is in."),
            page="problem_rate", about=_("It is closed, and your organisation worked on it."),
        ),
        "agir": Deed(
            _("Back to the actions"), "refresh", lambda s: s.state == State.EVALUATION and s.runs,
            changes.change_status, _("Actions are under way."), fixed={"to": State.ACTIONS_EN_COURS},
        ),
        "reprendre": Deed(
            _("Go on"), "refresh", lambda s: s.runs and s.state == State.SUSPENDUE, _resume, _("The clock runs again."),
        ),
        "suspendre": Deed(
            _("Suspend the clock"), "pause", _to(State.SUSPENDUE), changes.suspend, _("Suspended."),
            form=forms.StopForm,
        ),
        "orienter": Deed(
            _("Give it to another post"), "compass", _to(State.REORIENTEE), changes.reorient,
            _("Given to another post, which is told."), form=forms.ElsewhereForm,
        ),
        "ecarter": Deed(
            _("Do not retain"), "close", _to(State.NON_RETENUE), changes.change_status,
            _("Not retained: whoever proposed it is told why."), form=forms.WhyForm, fixed={"to": State.NON_RETENUE},
        ),
        "rouvrir": Deed(
            _("Reopen"), "refresh", lambda s: s.runs and s.state not in OPEN, changes.change_status, _("Reopened."),
            form=forms.WhyForm, fixed={"to": State.ROUVERTE},
        ),
    }
)  # fmt: skip
ACTIONS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "accepter": Deed(
            _("Accept"), "check", _to(ActionState.ACCEPTEE), changes.turn, _("Accepted: it is a promise."),
            fixed={"to": ActionState.ACCEPTEE},
        ),
        "decliner": Deed(
            _("Decline"), "close", lambda s: s.asked, changes.decline, _("Declined: the référent is told why."),
            form=forms.WhyForm,
        ),
        "commencer": Deed(
            _("It is begun"), "arrow-right", _to(ActionState.EN_COURS), changes.turn, _("Begun."),
            fixed={"to": ActionState.EN_COURS},
        ),
        "faite": Deed(
            _("It is done"), "check-circle", _to(ActionState.REALISEE), changes.turn, _("Done: the référent is told."),
            form=forms.MayWhyForm, fixed={"to": ActionState.REALISEE},
        ),
        "non-faite": Deed(
            _("It was not done"), "minus", _to(ActionState.NON_REALISEE), changes.turn,
            _("Not done: the référent is told why."), form=forms.WhyForm, fixed={"to": ActionState.NON_REALISEE},
        ),
        "redonner": Deed(
            _("Give it again"), "refresh", lambda s: s.runs and s.open, _give_again, _("Given: its owner is told."),
            form=forms.GiveAgainForm,
        ),
        "annuler": Deed(
            _("Call it off"), "close", lambda s: s.runs and s.open, changes.turn, _("Called off: its owner is told."),
            form=forms.WhyForm, fixed={"to": ActionState.ANNULEE},
        ),
    }
)  # fmt: skip


def standing(problem: Problem, scope: Scope, *, holds: bool, unsigned: int, rates: bool) -> ProblemStanding:
    """How this problem stands before this person. No query."""
    runs = may_on(problem, scope, "run_problem")
    return ProblemStanding(
        state=problem.state,
        moves=frozenset(next_from(PROBLEM, problem.state)) if runs else _NONE,
        runs=runs,
        contributes=may_on(problem, scope, "contribute"),
        holds_concerns=holds,
        unsigned=unsigned,
        rates=rates,
    )


def action_standing(action: Action, scope: Scope) -> ActionStanding:
    """How this action, with its problem, stands before this person. No query."""
    runs = action.problem.post_id in scope.posts
    owns = runs if action.owner_id is None else action.owner_id in scope.partners
    mine, waits = runs or owns, action.declined_at is not None
    return ActionStanding(
        moves=frozenset(next_from(ACTION, action.state)) if mine and not waits else _NONE,
        runs=runs,
        open=action.settled_at is None,
        asked=mine and not waits and action.state == ActionState.PROPOSEE,
    )


def owners(partners: Iterable[Partner]) -> Choices:
    """To whom an action may be given: the police, or a member of the group that does more than watch."""
    return [
        (POLICE, _("the police")),
        *((each.code, each.name) for each in partners if each.kind not in OBSERVERS),
    ]
