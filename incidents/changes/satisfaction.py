"""The reporter is asked whether it is settled: when the concern is closed, and once more sixty days later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.changes.following import wait_for_desk
from incidents.changes.given import log, no
from incidents.changes.recorded import locked
from incidents.escalation import is_humane
from incidents.models import Incident, Satisfaction, Settled, Stage, StatusChange
from incidents.models.visibility import may_on
from incidents.notices_of_talk import owe_later_question, owe_rating_notice
from incidents.policies import policy_in
from incidents.refusals import check_content, check_length
from incidents.workflow import REOPENING_DAYS, Status

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

ASKED_AGAIN: Final = timedelta(days=60)
# While it can still be reopened: later, a "no" would lead nowhere.
_ASKED_UNTIL: Final = timedelta(days=REOPENING_DAYS)


def ask_again(*, at: datetime) -> int:
    """How many concerns closed sixty days ago were asked about once more; run twice, nobody is asked twice.

    As the ladder, it rests at night and on the territory's days off: what is due then is asked on the next working day.
    """
    later = Satisfaction.objects.filter(closing=OuterRef("closing"), stage=Stage.LATER)
    moved = StatusChange.objects.filter(incident=OuterRef("incident"), pk__gt=OuterRef("closing"))
    due = Satisfaction.objects.filter(
        stage=Stage.CLOSING,
        asked_at__lte=at - ASKED_AGAIN,
        asked_at__gt=at - _ASKED_UNTIL,
        incident__status=Status.CLOSE,
    ).filter(~Exists(later), ~Exists(moved))
    keys = list(due.order_by("pk").values_list("incident_id", "closing_id", "incident__territory_id"))
    awake = {key: is_humane(at, policy_in(key).holiday_zone) for key in {territory for *_, territory in keys}}
    return sum(_ask_again(incident, closing, at) for incident, closing, territory in keys if awake[territory])


@transaction.atomic
def _ask_again(incident: int, closing: int, at: datetime) -> bool:
    found = Incident.objects.select_for_update(of=("self",), skip_locked=True).select_related("category")
    held = found.filter(pk=incident, status=Status.CLOSE).first()
    if held is None:
        return False
    asked, fresh = Satisfaction.objects.get_or_create(
        closing_id=closing, stage=Stage.LATER, defaults={"incident": held, "asked_at": at}
    )
    if fresh:
        owe_later_question(held, asked, at)
    return fresh


@transaction.atomic
def rate(
    *,
    incident: Incident,
    author: User,
    scope: Scope,
    answer: str,
    comment: str = "",
    stage: str | None = None,
    at: datetime | None = None,
) -> Satisfaction:
    """What the reporter answers to the question that waits, or to that of `stage`; whoever says no may reopen it.

    comment: at most 500 characters, for the desk. Raises PermissionDenied for who did not report it; Refused: 400
    `unknown_answer`, `unknown_stage`; 409 `nothing_asked`, `already_answered`; 422 `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    if not may_on(held, scope, "rate"):
        raise PermissionDenied
    if answer not in Settled:
        no(400, "answer", "unknown_answer", _("Answer oui, en_partie or non."))
    if stage is not None and stage not in Stage:
        no(400, "stage", "unknown_stage", _("There is no such question."))
    comment = comment.strip()
    check_length(comment, 500, field="comment")
    check_content(comment, None, at, field="comment")
    asked = questions(held)
    chosen = [each for each in asked if stage in (None, each.stage)]
    if not chosen:
        no(409, "status", "nothing_asked", _("Nothing was asked: the concern is not closed."))
    waiting = [each for each in chosen if not each.answer]
    if not waiting:
        no(409, "answer", "already_answered", _("This was answered already."))
    given = waiting[0]
    given.answer, given.comment, given.answered_at, given.answered_by = answer, comment, at, author
    given.save(update_fields=["answer", "comment", "answered_at", "answered_by"])
    if answer != Settled.YES:
        # Whoever is not content is heard: the desk finds it among the replies.
        wait_for_desk(held, at)
        owe_rating_notice(held, given, author, at)
    log(held, author, "incident.rate", "")
    return given


def questions(incident: Incident) -> list[Satisfaction]:
    """What is asked about the present closing, the newest first; nothing of a concern that is not closed. One query."""
    if incident.status != Status.CLOSE:
        return []
    found = incident.satisfactions.order_by("-pk")
    last = found.values("closing")[:1]
    return list(found.filter(closing=last))
