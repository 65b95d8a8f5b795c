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
    ) | _own(scope)


def seen_in_part(scope: Scope) -> Q:
    """Category, street and state, no text: partners of the sector's group, the mayor of the commune."""
    return seen_in_group(scope) | _any(commune_id__in=scope.communes)


def seen_in_group(scope: Scope) -> Q:
    """Also the month: partners of the sector's group. Of the sector, whose concerns a rule may give to another post."""
    return _any(sector__post_id__in=scope.group_posts)


def _own(scope: Scope) -> Q:
    """What a person reported, as long as they have a role that reports.

    What was reported for an organisation belongs to it: of its members, only those of today read it. Référents and
    mayors also keep sight of what they wrote down for others.
    """
    if not scope.reports:
        return Q(pk__in=())
    own = Q(author_id__in=list(scope.author))
    return own if scope.speaks_for_others else own & Q(partner_id__isnull=True)


def _any(**terms: tuple[int, ...]) -> Q:
    """Any of these, leaving out those that nothing can fulfil; nothing where all are empty."""
    found = Q(pk__in=())
    for lookup, keys in terms.items():
        if keys:
            found |= Q(**{lookup: list(keys)})
    return found
