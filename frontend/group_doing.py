"""A table of what may be done with a thing, offered as forms, and done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from frontend.acting import Action as Deed
from frontend.acting import Offer
from sectors.scope import Scope

if TYPE_CHECKING:
    from accounts.models import User
    from frontend.acting_forms import Choices


def offers(
    table: Mapping[str, Deed],
    stands: Any,
    said: tuple[str, Any] | None = None,
    *,
    choices: Mapping[str, Choices] = MappingProxyType({}),
    initial: Mapping[str, Any] = MappingProxyType({}),
) -> list[Offer]:
    """What may be done now, in order; `said` is the deed that was asked for with what was typed. No query."""
    return [
        Offer(
            code,
            deed,
            deed.form(said[1] if said and said[0] == code else None, prefix=code, choices=choices, initial=initial),
        )
        for code, deed in table.items()
        if deed.when(stands)
    ]


def make(offer: Offer, author: User, scope: Scope, **about: Any) -> object:
    """Does what a valid form says of the thing at hand. Raises Refused or PermissionDenied."""
    said = {name: value for name, value in offer.form.cleaned_data.items() if value not in (None, "", ())}
    return offer.action.run(author=author, scope=scope, **about, **offer.action.fixed, **said)
