"""The words of the notices that a territory may replace by its own: what each kind says, and of what it may speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from messaging.variables import NotFilled, fill
from sectors.atlas.directory import Directory

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Kind:
    """A notice: what it is called, and the product's own words for it."""

    label: _StrPromise
    subject: str
    body: str


POST, RECEIVED = "post", "received"
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        POST: Kind(
            gettext_lazy("To the post: a concern has come"),
            gettext_noop("Concern %(reference)s for %(post)s"),
            gettext_noop(
                "Concern %(reference)s (%(category)s) is yours to answer, by %(due)s at the latest.\n"
                "Open it on your desk to read it."
            ),
        ),
        RECEIVED: Kind(
            gettext_lazy("To the reporter: the concern has been received"),
            gettext_noop("Your concern %(reference)s has been received"),
            gettext_noop(
                "Your concern %(reference)s (%(category)s) goes to: %(post)s.\n"
                "You will have an answer by %(due)s at the latest.\n\n"
                "Emergency or event under way: call 17 (or text 114)."
            ),
        ),
    }
)
VARIABLES: Final[Mapping[str, _StrPromise]] = MappingProxyType(
    {
        "reference": gettext_lazy("the reference of the concern"),
        "category": gettext_lazy("its nature"),
        "post": gettext_lazy("the post that answers"),
        "due": gettext_lazy("the day the answer is due"),
    }
)


def words_of(kind: str, directory: Directory, territory: int, facts: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text of a notice in the active language: the territory's own words, or the product's.

    Own words that cannot be filled in give way: what is owed is said in other words rather than not at all.
    """
    own = directory.templates.get((territory, kind, get_language() or ""))
    if own is not None:
        try:
            return fill(own[0], facts), fill(own[1], facts)
        except NotFilled:
            pass
    words = KINDS[kind]
    return _(words.subject) % facts, _(words.body) % facts


def product_words(kind: str) -> tuple[str, str]:
    """The product's words in the active language, with their variables between braces: where a territory begins."""
    names = {name: f"{{{{ {name} }}}}" for name in VARIABLES}
    words = KINDS[kind]
    return _(words.subject) % names, _(words.body) % names
