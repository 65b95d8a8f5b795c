"""The words for the codes of a concern's life: what the API refuses with, what notices and screens say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.workflow import Status

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Words = Mapping[str, "_StrOrPromise"]

STATUSES: Final[Words] = MappingProxyType(
    {
        Status.SIGNALEE: _("Reported"),
        Status.QUALIFIEE: _("Qualified"),
        Status.PRISE_EN_CHARGE: _("Taken in charge"),
        Status.REPONDUE: _("Answered"),
        Status.CLOSE: _("Closed"),
        Status.NON_RETENUE: _("Not retained"),
        Status.SUSPENDUE: _("Suspended"),
        Status.ROUVERTE: _("Reopened"),
    }
)
# What the person who makes the move reads on its button.
MOVES: Final[Words] = MappingProxyType(
    {
        Status.QUALIFIEE: _("Qualify"),
        Status.PRISE_EN_CHARGE: _("Take in charge"),
        Status.REPONDUE: _("Answer"),
        Status.CLOSE: _("Close"),
        Status.NON_RETENUE: _("Do not retain"),
        Status.SUSPENDUE: _("Suspend"),
        Status.ROUVERTE: _("Reopen"),
    }
)
SUSPENSION_REASONS: Final[Words] = MappingProxyType(
    {
        "precision_attendue": _("Waiting for details from the reporter"),
        "partenaire_attendu": _("Waiting for another organisation to act"),
        "decision_attendue": _("Waiting for a decision (court, prefecture, town)"),
        "travaux_en_cours": _("Works under way"),
        "acces_impossible": _("The place cannot be reached for now"),
    }
)
HANDOVERS: Final[Words] = MappingProxyType(
    {
        "gendarmerie": _("gendarmerie"),
        "mairie": _("town hall"),
        "clspd": _("local security and crime prevention council (CLSPD)"),
    }
)
TRANSFERS: Final[Words] = MappingProxyType(
    {
        "offered": _("Offered"),
        "accepted": _("Accepted"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
        "lapsed": _("Without object"),
        "assigned": _("Assigned by the direction"),
    }
)
SETTLED: Final[Words] = MappingProxyType({"oui": _("Yes"), "en_partie": _("Partly"), "non": _("No")})
DEEDS: Final[Words] = MappingProxyType(
    {
        "passage": _("Patrol passed by"),
        "presence": _("Presence on the spot"),
        "controle": _("Checks"),
        "rencontre": _("Talk on the spot"),
        "autre": _("Something else done"),
    }
)
# What happened, as the timeline says it to the desk.
TIMELINE: Final[Words] = MappingProxyType(
    {
        "reported": _("Reported"),
        "routed": _("Given to %(post)s"),
        # Given to another post, or on its own again: never "Reported", which comes once.
        "waits": _("Waits to be taken in charge"),
        "remark": _("Message"),
        "note": _("Internal note, never shown outside the desk"),
        "deed": _("%(deed)s, on %(day)s"),
        "offered": _("Offered to %(post)s"),
        "transfer_accepted": _("Accepted by %(post)s"),
        "transfer_refused": _("Refused by %(post)s"),
        "transfer_refused_out": _("Refused by %(post)s: not in their sector"),
        "transfer_withdrawn": _("Offer to %(post)s taken back"),
        "transfer_lapsed": _("Offer to %(post)s without object"),
        "transfer_assigned": _("Assigned to %(post)s by the direction"),
        "handed_over": _("Handed over to: %(to)s (%(recipient)s)"),
        "acknowledged": _("Acknowledged by: %(to)s (%(recipient)s)"),
        "supported": _("“Me too” of %(partner)s"),
        "supported_outside": _("Somebody else reports the same"),
        "merged": _("Dealt with in concern %(reference)s"),
        "merged_outside": _("Dealt with together with another report of the same problem"),
        "joined": _("Concern %(reference)s is dealt with in this one"),
        "unmerged": _("Dealt with on its own again"),
        "left": _("Concern %(reference)s is dealt with on its own again"),
        "asked": _("Is it settled? Asked of the reporter"),
        "rated": _("Is it settled? %(answer)s"),
    }
)
# Why a move is refused, by the codes of `workflow.MoveRefused`.
REFUSALS: Final[Words] = MappingProxyType(
    {
        "status_unknown": _("There is no such status."),
        "status_unchanged": _("The concern already has this status: somebody may have been faster."),
        "move_not_allowed": _("From its present status the concern cannot go there."),
        "reopening_too_late": _("A concern is reopened within 90 days of its closing: report a new one."),
        "closed_on_missing": _("It is not known since when this concern is closed."),
        "reason_required": _("Give a reason."),
        "reason_not_listed": _("Choose a reason of the list."),
        "suspension_exhausted": _("The clock of this concern has stood still for as long as it may."),
        "answer_required": _("Write the answer."),
        "already_settled": _("A settled concern is not handed on: reopen it first."),
    }
)


def word(table: Words, code: str) -> str:
    """The word for this code in the active language, or the code itself where the table does not have it."""
    return str(table.get(code, code))


def label(card: Any) -> str:
    """The label of a row with `label_fr` and `label_en`, in the active language."""
    return str(card.label_en if get_language() == "en" else card.label_fr)
