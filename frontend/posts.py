"""The posts that a concern may be given to, as forms offer them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from frontend.acting_forms import MOST_CHOICES, Choices
from incidents.models import Incident
from sectors import atlas
from sectors.atlas.directory import PostCard


def of_territories(territories: Collection[int]) -> Sequence[PostCard]:
    """The posts of these territories, by label; in no order where they are too many to be listed."""
    cards = [card for card in atlas.current().directory.posts.values() if card.territory_id in territories]
    return cards if len(cards) > MOST_CHOICES + 1 else sorted(cards, key=lambda card: card.label)


def to_choose(incidents: Iterable[Incident]) -> Callable[[Incident], Choices]:
    """Says of each of these concerns which posts of its territory it may go to: all are looked through once."""
    keys = {incident.territory_id for incident in incidents}
    offered = {key: [(card.id, (card.code, card.label)) for card in of_territories({key})] for key in keys}

    def of(incident: Incident) -> Choices:
        return [choice for post, choice in offered[incident.territory_id] if post != incident.post_id]

    return of
