"""Whether the sectors of one edition fit together, and what would mend what does not. Knows no database.

`look` says what it finds and changes nothing; `accept` makes one repair that a person has looked at. After each, look
again: a repair is made of the sectors as they were found.
"""

from sectors.boundaries.findings import Change, Drawn, Finding, Kind, Means, Repair, Severity
from sectors.boundaries.looking import look
from sectors.boundaries.repairs import accept, keeps

__all__ = ["Change", "Drawn", "Finding", "Kind", "Means", "Repair", "Severity", "accept", "keeps", "look"]
