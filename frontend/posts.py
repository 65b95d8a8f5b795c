"""The posts that a concern may be given to, as forms offer them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from frontend.acting_forms import MOST_CHOICES, Choices
from incidents.models import Incident
from partnership.models import Problem
from sectors import atlas
from sectors.atlas.directory import PostCard

# One more than are listed: the post that a concern is at is not offered.
_MOST = MOST_CHOICES + 1


def of_territories(territories: Collection[int]) -> Sequence[PostCard]:
    """The posts of these territories, by label; in no order where they are too many to be listed."""
    cards = [card for card in atlas.current().directory.posts.values() if card.territory_id in territories]
    return cards if len(cards) > _MOST else sorted(cards, key=lambda card: card.label)


def to_choose(incidents: Iterable[Incident | Problem]) -> Callable[[Incident | Problem], Choices]:
    """Says of each of these concerns or problems which posts it may go to: all are looked through once.

    Of more than are listed the codes alone, which are typed.
    """
    offered = {key: of_territories({key}) for key in {incident.territory_id for incident in incidents}}
    codes = {key: [(card.code, card.code) for card in cards] for key, cards in offered.items() if len(cards) > _MOST}

    def of(incident: Incident | Problem) -> Choices:
        key = incident.territory_id
        if key in codes:
            return codes[key]
        return [(card.code, card.label) for card in offered[key] if card.id != incident.post_id]

    return of
