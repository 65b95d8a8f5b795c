"""How long a concern has been in whose hands, as its desk reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import IntegerField, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend import words
from incidents.hands import Held, by_holder
from incidents.models import Incident
from sectors import atlas
from sectors.models import Holding


@dataclass(frozen=True, slots=True)
class InHand:
    """A post, for how long the concern has waited for it, and of this for each person who held it then."""

    post: str
    time: str
    persons: list[tuple[str, str]]


def in_hand(incident: Incident, at: datetime) -> list[InHand]:
    """The posts that have had the concern, in order, without those for which it never waited. Two queries."""
    routings = incident.routings.filter(at__lte=at).order_by().values_list("at", "pk", "post_id", Value(""))
    moves = (
        incident.status_changes.filter(at__lte=at)
        .order_by()
        .values_list("at", "pk", Value(None, IntegerField()), "status_to")
    )
    happened = sorted(routings.union(moves, all=True), key=lambda each: each[:2])
    routed = [(moment, post) for moment, _key, post, _status in happened if post is not None]
    statuses = [(moment, status) for moment, _key, post, status in happened if post is None]
    holdings = Holding.objects.filter(post__in={post for _moment, post in routed}).select_related("user")
    names = {each.user_id: str(each.user) for each in holdings}
    held = [
        Held(each.post_id, each.user_id, each.validity.lower, each.validity.upper, each.stand_in) for each in holdings
    ]
    posts = atlas.current().directory.posts
    return [
        InHand(
            words.label(posts[post]),
            _time(sum(persons.values(), timedelta())),
            [(names[person] if person else _("nobody"), _time(time)) for person, time in persons.items()],
        )
        for post, persons in by_holder(routed, statuses, held, at).items()
        if post in posts
    ]


def _time(time: timedelta) -> str:
    if time < timedelta(days=1):
        return _("less than a day")
    return ngettext("%(days)s day", "%(days)s days", time.days) % {"days": time.days}
