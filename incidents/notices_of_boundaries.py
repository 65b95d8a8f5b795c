"""The messages owed when an edition of the map comes into force: to the post that a concern leaves, to the one that it
comes to, and to whoever reported it. They wait to be told together: a reader has one letter of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from incidents import words
from incidents.notice_texts import BY_MAP_FROM, BY_MAP_REPORTER, BY_MAP_TO
from incidents.told import Reader, notices, of_post, of_reporter
from messaging.changes import owe
from messaging.models import MessageState

if TYPE_CHECKING:
    from incidents.models import Incident, Routing
    from sectors.models import Post

# How their keys begin: `boundary:<reference>:<kind>:<key of the routing>:<reader>`.
BOUNDARY: Final = "boundary"


def owe_boundary_notices(incident: Incident, before: Post, routing: Routing, at: datetime) -> None:
    """Both posts and the reporter learn of it, but for who approved the edition; the due date is as before."""
    told: Mapping[str, Iterable[Reader]] = {
        BY_MAP_FROM: of_post(before, routing.author, at),
        BY_MAP_TO: of_post(incident.post, routing.author, at),
        BY_MAP_REPORTER: of_reporter(incident, routing.author, at),
    }

    def facts() -> dict[str, str]:
        return {"from": words.label(before), "to": words.label(incident.post)}

    owed = []
    for kind, readers in told.items():
        key = f"{BOUNDARY}:{incident.reference}:{kind}:{routing.pk}"
        owed += notices(kind, incident, readers, key, at, facts)
    for each in owed:
        each.state = MessageState.TOGETHER
    owe(*owed)
