"""What the templates draw: icons, status labels, due dates, query strings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.permissions import may
from frontend import people, problems, words
from frontend.icons import ICONS
from frontend.insets import Inset, of_reader
from incidents.workflow import Status
from sectors import atlas
from sectors.letters import undelivered

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """The named icon as inline SVG; decoration unless it has a label. KeyError on an unknown name."""
    drawing = mark_safe(ICONS[name])  # noqa: S308 - a literal of frontend/icons.py
    if label:
        return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', drawing)


@register.simple_tag
def spoken(language: str) -> str:
    """The `lang` of words in this language, where it is not that of the page: so that they are read out as they are
    spoken."""
    return format_html(' lang="{}"', language) if language and language != get_language() else ""


@register.inclusion_tag("frontend/parts/status.html")
def status(code: str) -> dict[str, str]:
    """A status as a word, an icon and a colour."""
    return {"code": code, "word": words.status(code), "icon": words.STATUS_ICONS[Status(code)]}


@register.inclusion_tag("frontend/parts/due.html")
def due(incident: Any, now: Any) -> dict[str, Any]:
    """How long is left until the answer is due: a word, an icon and a colour; nothing for what is settled."""
    return words.due(incident, now)


@register.inclusion_tag("frontend/parts/undelivered.html", takes_context=True)
def undelivered_messages(context: Any) -> dict[str, Any]:
    """The alarm of the messages given up, for who directs or administers a territory; one query for them alone."""
    scope = people.scope(context["request"])
    over = sorted({*scope.directed, *scope.administered})
    return {"undelivered": undelivered(over) if over else None, "administers": bool(scope.administered)}


@register.inclusion_tag("frontend/parts/problem_of.html", takes_context=True)
def problem_of(context: Any, reference: str, post: int | None = None) -> dict[str, Any]:
    """The problem that a concern is in, as far as the reader may know of it.

    Else, for who runs the group of its `post`, the way to propose one. One query for who sees problems.
    """
    request = context["request"]
    scope = people.scope(request)
    rows = problems.listed(scope).filter(concerns__incident__reference=reference, concerns__until__isnull=True)
    found = rows.first() if may(scope.roles, "see_problem") else None
    return {
        "card": problems.card(request, found, timezone.now()) if found else None,
        "proposes": post in scope.posts,
        "reference": reference,
    }


@register.inclusion_tag("frontend/parts/views.html", takes_context=True)
def map_views(context: Any, start: int, territory: int | None = None) -> dict[str, Any]:
    """The buttons that show a territory or one of its towns: the reader's own first, or those of one alone."""
    found = [each for each in _insets(context) if territory in {None, each.territory}]
    cards = atlas.current().directory.territories
    named = [(words.name(cards[each.territory]) if len(found) > 1 else "", each) for each in found]
    return {"start": start, "insets": named if any(each.towns for each in found) else []}


@register.inclusion_tag("frontend/parts/insets.html", takes_context=True)
def map_insets(context: Any) -> dict[str, Any]:
    """Where the towns lie in each territory: one is shown at a time, that of the view."""
    return {"insets": [each for each in _insets(context) if each.towns]}


def _insets(context: Any) -> list[Inset]:
    sheet, request = context["sheet"], context["request"]
    home = people.scope(request).home if request.user.is_authenticated else None
    return of_reader(sheet.insets, home) if sheet else []


@register.filter
def label(card: Any) -> str:
    """The label of a post or a category in the active language."""
    return words.label(card)


@register.filter
def in_place_of(post: Any) -> str:
    """The label of where concerns go while nobody holds the post."""
    return words.in_place_of(post)


@register.filter
def name(card: Any) -> str:
    """The name of a territory or a commune in the active language."""
    return words.name(card)


@register.filter
def status_word(code: str) -> str:
    """The word of a status, where its icon and colour would be too much."""
    return words.status(code)


@register.filter
def counted(number: int) -> str:
    """A count as it is read: 3,584 in English, with a narrow space that does not break in French."""
    return number_format(number, force_grouping=True).replace("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}")


@register.filter
def ground(square_metres: float) -> str:
    """An area as it is read: in m² up to a hectare, in km² beyond."""
    if square_metres < 10_000:
        return f"{counted(round(square_metres))}\N{NO-BREAK SPACE}m²"
    return f"{number_format(square_metres / 1e6, decimal_pos=2)}\N{NO-BREAK SPACE}km²"


@register.filter
def weekday(number: int) -> str:
    """The day of the week of this ISO number, in the active language."""
    return str(WEEKDAYS[number - 1])


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value under this key, or None."""
    return mapping.get(key)


@register.filter
def last_day(until: datetime) -> datetime:
    """A moment of the last day of what ends then."""
    return until - timedelta(microseconds=1)


@register.simple_tag
def query(parameters: QueryDict, **changes: Any) -> str:
    """The query string with these parameters changed; an empty value removes one; without `page` unless given."""
    copied = parameters.copy()
    copied.pop("page", None)
    for name, value in changes.items():
        copied.pop(name, None)
        if value not in (None, ""):
            copied[name] = str(value)
    text = copied.urlencode()
    return f"?{text}" if text else "?"


@register.filter
def day_of(facts: Mapping[str, Any], name: str) -> date | None:
    """The day under this name of frozen facts; None where there is none."""
    return date.fromisoformat(facts[name]) if facts.get(name) else None


@register.filter
def weekday_counts(facts: Mapping[str, Any]) -> list[tuple[int, int]]:
    """(ISO day of the week, how many) of frozen facts, those of none left out."""
    return [(number, count) for number, count in enumerate(facts["weekdays"], start=1) if count]


@register.filter
def hour_counts(facts: Mapping[str, Any]) -> list[tuple[int, int]]:
    """(hour, how many) of frozen facts, those of none left out."""
    return [(hour, count) for hour, count in enumerate(facts["hours"]) if count]
