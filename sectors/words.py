"""The reason of a decision in plain words: facts in, one or two sentences in the active language out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext

from sectors.atlas.directory import Directory
from sectors.routing import Decision, Facts, Outcome

Reason = Mapping[str, Any]


def reason_of(
    decision: Decision, facts: Facts, directory: Directory, texts: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The facts that the sentence needs, as JSON: codes, names and metres. Stored with every decision.

    `texts` holds `fr` and `en`, the reason written in an agreement or a category rule.
    """
    post = directory.posts[decision.post]
    commune = directory.communes[facts.commune.commune] if facts.commune else None
    best = decision.sector
    reason: dict[str, Any] = {
        "outcome": str(decision.outcome),
        "post": {"fr": post.label_fr, "en": post.label_en},
        "commune": commune.name if commune else None,
        "border": decision.border,
        "tolerance_m": facts.tolerance_m.get(decision.territory),
        "co_readers": [directory.sectors[c.sector].name for c in decision.co_readers],
    }
    if best is not None:
        reason |= {"sector": directory.sectors[best.sector].name, "distance_m": best.distance_m, "share": best.share}
    if decision.outcome is Outcome.TIE:
        reason["covering"] = [
            directory.sectors[c.sector].name for c in sorted(facts.candidates, key=lambda c: c.code) if c.covers
        ]
    if decision.vacant is not None:
        named = directory.posts[decision.vacant]
        reason["vacant"] = {"fr": named.label_fr, "en": named.label_en}
    if texts:
        reason["text"] = {"fr": texts["fr"], "en": texts["en"]}
    if "nearest" in decision.why:
        near = next(c for c in facts.candidates if c.sector == decision.why["nearest"])
        reason["nearest"] = {"sector": directory.sectors[near.sector].name, "distance_m": near.distance_m}
    return reason


@lru_cache(maxsize=256)
def _in(language: str | None, message: str) -> str:
    """The translation, looked up once a language: a lookup costs more than the decision it words."""
    return gettext(message)


def _(message: str) -> str:
    return _in(get_language(), message)


def sentence(reason: Reason) -> str:
    """Why this référent, in the active language."""
    try:
        say = _SENTENCES[Outcome(reason["outcome"])]
    except (KeyError, ValueError):
        return ""
    parts = [say(reason)]
    if reason.get("handed"):
        parts.insert(0, _("It was handed on to %(post)s.") % {"post": _own(reason["handed"])})
    if reason.get("vacant"):
        facts = {"vacant": _own(reason["vacant"]), "post": _own(reason["post"])}
        parts.append(_("Nobody holds the post “%(vacant)s” at the moment: %(post)s answers in its place.") % facts)
    if reason.get("border"):
        parts.append(_border(reason))
    return " ".join(parts)


def metres(distance_m: float) -> str:
    """A distance as people say it: "3 m", "212 m", "1.9 km" (non-breaking blanks); its sign left out."""
    size = abs(distance_m)
    if size < 999.5:
        return f"{size:.0f}\u00a0m"
    # The symbols of the units are the same in both languages; only the decimal mark is not.
    text = f"{size / 1000:.1f}\u00a0km"
    return text if get_language() == "en" else text.replace(".", ",")


def listed(names: Sequence[str]) -> str:
    """Names joined for a sentence: "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _own(texts: Mapping[str, str]) -> str:
    return texts["en"] if get_language() == "en" else texts["fr"]


def _inside(reason: Reason) -> str:
    if reason["distance_m"] == 0:
        return _("The point is on the edge of the sector %(sector)s, which takes it.") % {"sector": reason["sector"]}
    return _("The point is in the sector %(sector)s, %(distance)s from its limit.") % {
        "sector": reason["sector"],
        "distance": metres(reason["distance_m"]),
    }


def _tie(reason: Reason) -> str:
    facts = {"sectors": listed(reason["covering"]), "sector": reason["sector"]}
    if reason.get("share") is not None:
        facts["share"] = f"{100 * reason['share']:.0f}"
        return (
            _("The point belongs to %(sectors)s at once; %(sector)s takes it, with %(share)s %% of the accuracy disc.")
            % facts
        )
    return (
        _("The point belongs to %(sectors)s at once; %(sector)s takes it, by the territory's order of priority.")
        % facts
    )


def _nearest(reason: Reason) -> str:
    return _("No sector covers the point; the nearest, %(sector)s, is %(distance)s away and takes it.") % {
        "sector": reason["sector"],
        "distance": metres(reason["distance_m"]),
    }


def _commune_desk(reason: Reason) -> str:
    said = _("The point is in %(commune)s, in the police zone, outside every sector: it goes to %(post)s.") % {
        "commune": reason["commune"],
        "post": _own(reason["post"]),
    }
    if "nearest" not in reason:
        return said
    near = reason["nearest"]
    return f"{said} " + _("The nearest sector, %(sector)s, is %(distance)s away.") % {
        "sector": near["sector"],
        "distance": metres(near["distance_m"]),
    }


def _gendarmerie(reason: Reason) -> str:
    return _("The point is in %(commune)s, in the gendarmerie zone: it goes to %(post)s.") % {
        "commune": reason["commune"],
        "post": _own(reason["post"]),
    }


def _outside(reason: Reason) -> str:
    if reason["commune"]:
        return _("No service is known to be competent in %(commune)s: %(post)s will direct it.") % {
            "commune": reason["commune"],
            "post": _own(reason["post"]),
        }
    return _("The point is outside the territory: %(post)s will direct it.") % {"post": _own(reason["post"])}


def _agreement(reason: Reason) -> str:
    return _("A border agreement covers the point and names the sector %(sector)s. %(text)s") % {
        "sector": reason["sector"],
        "text": _own(reason["text"]),
    }


def _category_rule(reason: Reason) -> str:
    return _("For this category, a rule of the territory names %(post)s. %(text)s") % {
        "post": _own(reason["post"]),
        "text": _own(reason["text"]),
    }


def _border(reason: Reason) -> str:
    if not reason["co_readers"]:
        return _("It is close to the limit of the sector.")
    return _("It is close to a limit: %(sectors)s will read it too.") % {"sectors": listed(reason["co_readers"])}


_SENTENCES: dict[Outcome, Callable[[Reason], str]] = {
    Outcome.AGREEMENT: _agreement,
    Outcome.CATEGORY_RULE: _category_rule,
    Outcome.INSIDE: _inside,
    Outcome.TIE: _tie,
    Outcome.NEAREST: _nearest,
    Outcome.COMMUNE_DESK: _commune_desk,
    Outcome.GENDARMERIE: _gendarmerie,
    Outcome.OUTSIDE: _outside,
}
