"""Who may see which concern, and how precisely: two conditions, from which `visible_to` and every output are made."""

from __future__ import annotations

from django.db.models import Q

from sectors.scope import Scope


def seen_in_full(scope: Scope) -> Q:
    """Text and exact point: the author's organisation, the référent who holds or co-reads, the direction."""
    return _any(
        partner_id__in=scope.partners,
        post_id__in=scope.posts,
        co_reader_posts__overlap=scope.posts,
        territory_id__in=scope.directed,
        author_id__in=scope.author,
    )


def seen_in_part(scope: Scope) -> Q:
    """Category, street, month and state, no text: partners of the sector's group, the mayor of the commune."""
    return _any(post_id__in=scope.group_posts, commune_id__in=scope.communes)


def _any(**terms: tuple[int, ...]) -> Q:
    """Any of these, leaving out those that nothing can fulfil; nothing where all are empty."""
    found = Q(pk__in=())
    for lookup, keys in terms.items():
        if keys:
            found |= Q(**{lookup: list(keys)})
    return found
