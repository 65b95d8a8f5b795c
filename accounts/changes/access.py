"""The access log: who did what, when, on which reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Required, TypedDict, Unpack

from accounts.models import AccessLog
from messaging.drafting import draft

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

# As many as one answer ever carries (a table, a page of items): of what left, the log names every one.
REFERENCES_AT_MOST: Final = 10_000


class Access(TypedDict, total=False):
    """One access: who did what, on which references; never the data itself."""

    user: Required[User | AnonymousUser | None]
    operation: Required[str]
    reference: str
    references: Sequence[str]
    count: int | None
    territory: str
    motive: str
    recipient: str


def log_access(**entry: Unpack[Access]) -> None:
    """One row of the access log, in the transaction of the caller if there is one (see `access`)."""
    access(**entry).save(force_insert=True)


def log_accesses(entries: Iterable[Access]) -> None:
    """As many rows of the access log, by one query."""
    AccessLog.objects.bulk_create([access(**entry) for entry in entries])


def access(
    *,
    user: User | AnonymousUser | None,
    operation: str,
    reference: str = "",
    references: Sequence[str] = (),
    count: int | None = None,
    territory: str = "",
    motive: str = "",
    recipient: str = "",
) -> AccessLog:
    """An unsaved row of the access log. The first 10,000 references are kept.

    Texts are cut to their column: what was done must be written even when somebody's motive is too long.
    """
    return draft(
        AccessLog,
        user_id=user.pk if user is not None else None,
        operation=_kept(operation, 40),
        reference=_kept(reference, 200),
        references=list(references[:REFERENCES_AT_MOST]),
        count=count,
        territory=_kept(territory, 20),
        motive=_kept(motive, 200),
        recipient=_kept(recipient, 200),
    )


def _kept(text: str, length: int) -> str:
    return text.replace("\0", "")[:length]
