"""All that happened to a concern in one list, as much of it as this reader may know: for the API and every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.formats import date_format

from incidents import words
from incidents.models import Handover, Incident, Merge, Photo, Remark, Routing, Satisfaction, StatusChange

from incidents.models import Support, Suspension, Transfer  # isort: skip
from incidents.models.history import Trigger
from incidents.models.visibility import may_on
from incidents.workflow import Status

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    kind: report, status, routing, remark, transfer, handover, support, merge or satisfaction.
    title, text, who: in the active language; who is a person to the desk, and a post or an organisation to others.
    internal: for the desk alone. side: `desk` or `reporter`, for a remark; deed: what was done, where it tells of that.
    status: the new one, for a move.
    until: the last day of a suspension. concern: the reference of the merged concern that it happened to, or "".
    link: the reference of another concern that the title names and that this reader may open, or "".
    """

    at: datetime
    kind: str
    title: str
    text: str = ""
    who: str = ""
    internal: bool = False
    side: str = ""
    deed: str = ""
    status: str = ""
    until: date | None = None
    concern: str = ""
    link: str = ""
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose timeline, for whom, and the concerns dealt with in it (for the desk alone), all by key."""

    incident: Incident
    scope: Scope
    inside: bool
    group: dict[int, Incident]

    @property
    def keys(self) -> list[int]:
        return [self.incident.pk, *self.group]

    def concern(self, key: int) -> Incident:
        return self.group.get(key, self.incident)

    def person(self, user: User | None) -> str:
        return str(user) if user and self.inside else ""

    def reporter(self, key: int, user: User | None) -> str:
        partner = self.concern(key).partner
        named = [partner.name if partner else "", self.person(user)]
        return ", ".join(filter(None, named))

    def desk(self, user: User | None, key: int) -> str:
        return self.person(user) or words.label(self.concern(key).post)


# What happened at one moment is told in this order.
_ORDER: Final = ("report", "routing", "transfer", "handover", "merge", "support", "status", "remark", "satisfaction")


def of(incident: Incident, scope: Scope) -> list[Entry]:
    """What happened to the concern, the oldest first; nothing for a reader who may not read its text.

    The desk also reads what happened to those dealt with in it. Thirteen queries at most, however long the story.
    """
    if not may_on(incident, scope, "read_text"):
        return []
    inside = may_on(incident, scope, "hold_desk")
    group = incident.group.select_related("partner", "post", "category").order_by("pk") if inside else ()
    asked = _Asked(incident, scope, inside, {each.pk: each for each in group})
    found = [(key, entry) for tell in _TOLD for key, entry in tell(asked)]
    marked = [
        replace(entry, concern=asked.group[key].reference) if key in asked.group else entry for key, entry in found
    ]
    return sorted(marked, key=lambda entry: (entry.at, _ORDER.index(entry.kind)))


def remarks(incident: Incident, scope: Scope) -> list[Entry]:
    """The remarks of this concern alone, the oldest first, as `of` tells them. Three queries."""
    if not may_on(incident, scope, "read_text"):
        return []
    asked = _Asked(incident, scope, may_on(incident, scope, "hold_desk"), {})
    return [entry for _, entry in _remarks(asked)]


Told = Iterator[tuple[int, Entry]]


def _title(code: str, **facts: str) -> str:
    return words.word(words.TIMELINE, code) % facts


def _statuses(asked: _Asked) -> Told:
    rows = StatusChange.objects.filter(incident__in=asked.keys).select_related("author").order_by("pk")
    stops = {(stop.incident_id, stop.since): stop.until for stop in Suspension.objects.filter(incident__in=asked.keys)}
    own: set[tuple[datetime, str]] = set()
    # That it waits anew is told to everybody, in words of its own and without the reason, which is the desk's.
    for row in rows if asked.inside else rows.filter(Q(is_public=True) | Q(status_to=Status.SIGNALEE)):
        key, moment = row.incident_id, (row.at, row.status_to)
        if not row.status_from:
            concern = asked.concern(key)
            text, who = concern.description, asked.reporter(key, row.author)
            yield key, Entry(row.at, "report", _title("reported"), text, who=who, status=row.status_to)
            continue
        if key == asked.incident.pk:
            own.add(moment)
        elif moment in own:
            # It followed: once is enough.
            continue
        anew = row.status_to == Status.SIGNALEE
        told = asked.inside or not anew
        yield (
            key,
            Entry(
                row.at,
                "status",
                _title("waits") if anew else words.word(words.STATUSES, row.status_to),
                (row.answer or words.word(words.SUSPENSION_REASONS, row.reason)) if told else "",
                who=_mover(asked, row),
                internal=not (row.is_public or anew),
                status=row.status_to,
                until=stops.get((key, row.at)) if row.status_to == Status.SUSPENDUE else None,
            ),
        )


def _mover(asked: _Asked, row: StatusChange) -> str:
    """Nobody where the clock made the move; a reporter reopens, the desk does all the rest."""
    if row.author is None:
        return ""
    theirs = row.status_to == Status.ROUVERTE and row.author_id == asked.concern(row.incident_id).author_id
    return asked.reporter(row.incident_id, row.author) if theirs else asked.desk(row.author, row.incident_id)


def _routings(asked: _Asked) -> Told:
    rows = Routing.objects.filter(incident__in=asked.keys).select_related("post", "author").order_by("pk")
    for row in rows:
        shown = asked.inside or row.trigger != Trigger.MANUAL
        yield (
            row.incident_id,
            Entry(
                row.at,
                "routing",
                _title("routed", post=words.label(row.post)),
                row.comment if shown else "",
                who=asked.person(row.author) if row.trigger != Trigger.REPORT else "",
            ),
        )


def _remarks(asked: _Asked) -> Told:
    rows = Remark.objects.visible_to(asked.scope).filter(incident__in=asked.keys)
    for row in rows.select_related("author").prefetch_related("photos").order_by("pk"):
        desk = row.side == "desk"
        yield (
            row.incident_id,
            Entry(
                row.at,
                "remark",
                _said(row),
                row.text,
                who=asked.desk(row.author, row.incident_id) if desk else asked.reporter(row.incident_id, row.author),
                internal=row.internal,
                side=row.side,
                deed=row.deed,
                photos=tuple(sorted(row.photos.all(), key=lambda photo: photo.rank)),
            ),
        )


def _said(row: Remark) -> str:
    if row.done_on:
        return _title("deed", deed=words.word(words.DEEDS, row.deed), day=date_format(row.done_on, "j F Y"))
    return _title("note" if row.internal else "remark")


def _transfers(asked: _Asked) -> Told:
    """For the desk alone: a reporter learns who answers now, and not who was asked in vain."""
    if not asked.inside:
        return
    rows = Transfer.objects.filter(incident__in=asked.keys)
    for row in rows.select_related("to_post", "offered_by", "answered_by").order_by("pk"):
        post = words.label(row.to_post)
        if row.state != "assigned":
            who = asked.person(row.offered_by)
            yield (
                row.incident_id,
                Entry(row.offered_at, "transfer", _title("offered", post=post), row.reason, who=who, internal=True),
            )
        if row.answered_at:
            code = f"transfer_{row.state}" + ("_out" if row.out_of_sector else "")
            text, who = row.answer, asked.person(row.answered_by)
            yield (
                row.incident_id,
                Entry(row.answered_at, "transfer", _title(code, post=post), text, who=who, internal=True),
            )


def _handovers(asked: _Asked) -> Told:
    rows = Handover.objects.filter(incident__in=asked.keys).select_related("author", "acknowledged_by").order_by("pk")
    for row in rows:
        facts = {"to": words.word(words.HANDOVERS, row.to), "recipient": row.recipient}
        reason, note = (row.reason, row.acknowledgement) if asked.inside else ("", "")
        key = row.incident_id
        yield key, Entry(row.at, "handover", _title("handed_over", **facts), reason, who=asked.desk(row.author, key))
        if row.acknowledged_at:
            who = asked.desk(row.acknowledged_by, key)
            yield key, Entry(row.acknowledged_at, "handover", _title("acknowledged", **facts), note, who=who)


def _supports(asked: _Asked) -> Told:
    rows = Support.objects.filter(incident__in=asked.keys).select_related("partner", "author").order_by("pk")
    for row in rows:
        if asked.inside:
            title = _title("supported", partner=row.partner.name if row.partner else asked.person(row.author))
            yield row.incident_id, Entry(row.at, "support", title, row.note, who=asked.person(row.author))
        else:
            yield row.incident_id, Entry(row.at, "support", _title("supported_outside"))


def _merges(asked: _Asked) -> Told:
    """Both ends of it; which other concern it is, for those alone who may see that one."""
    here = asked.incident.pk
    rows = Merge.objects.filter(Q(kept=here) | Q(merged=here)).order_by("pk")
    found = list(rows.select_related("kept", "merged", "author", "undone_by"))
    others = {row.kept_id if row.merged_id == here else row.merged_id for row in found}
    seen = set(Incident.objects.visible_to(asked.scope).filter(pk__in=others).values_list("pk", flat=True))
    for row in found:
        gone = row.merged_id == here
        other = row.kept if gone else row.merged
        if not gone and not asked.inside:
            yield here, Entry(row.at, "merge", _title("supported_outside"))
            continue
        link = other.reference if other.pk in seen else ""
        code = ("merged" if link else "merged_outside") if gone else "joined"
        title = _title(code, reference=other.reference)
        yield (
            here,
            Entry(row.at, "merge", title, _reason(asked, row.reason), who=asked.desk(row.author, here), link=link),
        )
        if row.undone_at:
            title = _title("unmerged" if gone else "left", reference=other.reference)
            text, who = _reason(asked, row.undone_reason), asked.person(row.undone_by)
            yield here, Entry(row.undone_at, "merge", title, text, who=who, link=link)


def _reason(asked: _Asked, reason: str) -> str:
    return reason if asked.inside else ""


def _satisfactions(asked: _Asked) -> Told:
    rows = Satisfaction.objects.filter(incident__in=asked.keys).select_related("answered_by").order_by("pk")
    for row in rows:
        yield row.incident_id, Entry(row.asked_at, "satisfaction", _title("asked"))
        if row.answered_at:
            title = _title("rated", answer=words.word(words.SETTLED, row.answer))
            who = asked.reporter(row.incident_id, row.answered_by)
            yield row.incident_id, Entry(row.answered_at, "satisfaction", title, row.comment, who=who)


_TOLD: Final[tuple[Callable[[_Asked], Told], ...]] = (
    _statuses, _routings, _remarks, _transfers, _handovers, _supports, _merges, _satisfactions,
)  # fmt: skip
