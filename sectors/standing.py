"""Which map stands at this moment: what is made of the map alone stays true as long as this says the same."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.utils import timezone

# What lies ahead: the next day on which an edition or a competence begins or ends.
_AHEAD = """
SELECT min(bound) FROM (
  SELECT lower(validity) AS bound FROM sectors_edition UNION ALL SELECT upper(validity) FROM sectors_edition
  UNION ALL SELECT lower(validity) FROM sectors_competence UNION ALL SELECT upper(validity) FROM sectors_competence
  UNION ALL SELECT lower(validity) FROM sectors_borderagreement
  UNION ALL SELECT upper(validity) FROM sectors_borderagreement
) AS bounds WHERE bound > %s
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The map of this number, looked at at this moment, and until when its dates say the same; None: for ever."""

    number: int
    at: datetime
    until: datetime | None
    state: int


class _Standing:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: _Seen | None = None

    def state(self) -> str:
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM sectors_mapversion")
            number = (cursor.fetchone() or (0,))[0]
            with self.lock:
                seen = self.seen
                # A clock set back may lie before a bound that was seen to have passed.
                if seen is None or seen.number != number or now < seen.at or (seen.until and now >= seen.until):
                    cursor.execute(_AHEAD, [now])
                    (until,) = cursor.fetchone()
                    seen = self.seen = _Seen(number, now, until, seen.state + 1 if seen else 0)
        return str(seen.state)

    def forget(self) -> None:
        with self.lock:
            if self.seen is not None:
                # The count goes on: what was kept of a state that is forgotten is never told of another.
                self.seen = replace(self.seen, number=-1)


_standing = _Standing()


def state() -> str:
    """A text that is another one whenever the map is: after each change of it, and after each of its dates.

    Of this process alone. It is asked before what is made of the map is read, so that what a change in between leaves
    is kept under the state before it, which nobody asks for again. One query.
    """
    return _standing.state()


def forget() -> None:
    """Looks at the map anew when it is asked next."""
    _standing.forget()
