"""What a notice about a concern is made of: of what it may speak, and the shape of its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What any notice may speak of; the rest is known for some kinds alone.
COMMON: Final = ("reference", "category", "post", "due")
VARIABLES: Final[Mapping[str, _StrPromise]] = MappingProxyType(
    {
        "reference": gettext_lazy("the reference of the concern"),
        "category": gettext_lazy("its nature"),
        "post": gettext_lazy("the post that answers"),
        "due": gettext_lazy("the day the answer is due"),
        "status": gettext_lazy("its status"),
        "reason": gettext_lazy("the reason given"),
        "answer": gettext_lazy("the answer given"),
        "day": gettext_lazy("the day of which the notice speaks"),
        "left": gettext_lazy("the days left until the answer is due"),
        "from": gettext_lazy("the post that it comes from"),
        "to": gettext_lazy("who it goes to"),
        "recipient": gettext_lazy("who receives it there"),
        "text": gettext_lazy("what was written"),
    }
)
# What somebody typed: never in a subject, which is shown by the bell and leaves in text messages.
TYPED: Final = frozenset({"reason", "answer", "recipient", "text"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A notice: what it is called, and the product's own words for it.

    lines: put together, but after the first for those that speak of what is not known this time.
    more: of what it may speak besides `COMMON`. needs: what its text may not leave out.
    """

    label: _StrPromise
    subject: str
    lines: tuple[str, ...]
    more: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The variables of its text."""
        return COMMON + self.more

    @property
    def subject_names(self) -> tuple[str, ...]:
        """The variables of its subject."""
        return tuple(name for name in self.names if name not in TYPED)
