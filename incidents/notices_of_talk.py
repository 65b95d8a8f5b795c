"""The messages owed when somebody writes, when concerns are merged, and when a reporter is asked or answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from incidents import words
from incidents.models import Side
from incidents.notice_texts import MERGED, POST, RATED, REPLIED, SETTLED, UNMERGED, WRITTEN
from incidents.told import notices, of_post, of_reporter
from messaging.changes import owe

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.models import Incident, Merge, Remark, Satisfaction


def owe_remark_notices(incident: Incident, remark: Remark, author: User, at: datetime) -> None:
    """The other side learns of a public remark: the reporter with its words, the desk without, to read it there."""
    key = f"remark:{incident.reference}:{remark.pk}"
    if remark.side == Side.DESK:
        readers = of_reporter(incident, author, at)
        owe(*notices(WRITTEN, incident, readers, key, at, lambda: {"text": remark.text}))
    else:
        owe(*notices(REPLIED, incident, of_post(_front(incident).post, author, at), key, at))


def owe_merge_notices(merge: Merge, author: User, at: datetime) -> None:
    """The reporters of a concern learn that it is dealt with in another, or on its own again."""
    kind = MERGED if merge.undone_at is None else UNMERGED
    readers = of_reporter(merge.merged, author, at)
    owe(*notices(kind, merge.merged, readers, f"merge:{merge.merged.reference}:{merge.pk}:{kind}", at))


def owe_back_notice(incident: Incident, merge: Merge, author: User, at: datetime) -> None:
    """The post that a separated concern goes back to learns that it has it."""
    key = f"merge:{incident.reference}:{merge.pk}:back"
    owe(*notices(POST, incident, of_post(incident.post, author, at), key, at))


def owe_later_question(incident: Incident, asked: Satisfaction, at: datetime) -> None:
    """The reporters are asked once more, some time after the closing, whether it is settled."""
    key = f"satisfaction:{incident.reference}:{asked.pk}"
    owe(*notices(SETTLED, incident, of_reporter(incident, None, at), key, at))


def owe_rating_notice(incident: Incident, given: Satisfaction, author: User, at: datetime) -> None:
    """The holder of the post learns that the reporter finds it settled in part or not at all."""
    readers = of_post(_front(incident).post, author, at)
    answer = given.answer
    key = f"rating:{incident.reference}:{given.pk}"
    owe(*notices(RATED, incident, readers, key, at, lambda: {"answer": words.word(words.SETTLED, answer)}))


def _front(incident: Incident) -> Incident:
    """The concern that the desk works on."""
    return incident.merged_into if incident.merged_into is not None else incident
