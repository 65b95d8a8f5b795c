"""What is kept of a decision, in codes: enough to take it again when the map, the rules and the services have changed.

`candidates` and `settings` are columns of the history; nothing else is asked to decide again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sectors.routing import (
    COMMUNE_REACH_M,
    MOST_ACCURACY_M,
    AgreementFact,
    Candidate,
    CategoryFact,
    CommuneFact,
    Decision,
    Facts,
    choose,
    in_place,
)

if TYPE_CHECKING:
    from sectors.atlas.directory import Directory


@dataclass(frozen=True, slots=True)
class Again:
    """A decision taken again from its record, in codes; `sector` and `unit` are None where none was named."""

    outcome: str
    sector: str | None
    post: str
    unit: str | None
    co_readers: tuple[str, ...]
    border: bool


class _Keys(dict[str, int]):
    """A number for each code, in the order in which they are met."""

    def __missing__(self, code: str) -> int:
        self[code] = len(self) + 1
        return self[code]


def candidates_of(facts: Facts, directory: Directory) -> list[dict[str, Any]]:
    """All that was weighed, unrounded, the nearest first."""
    return [
        {
            "sector": each.code,
            "territory": directory.territories[each.territory].code,
            "post": directory.posts[each.post].code,
            "priority": each.priority,
            "distance_m": each.distance_m,
            "share": each.share,
            "covers": each.covers,
        }
        for each in sorted(facts.candidates, key=lambda c: (c.distance_m, *c.preference))
    ]


def settings_of(facts: Facts, directory: Directory, decision: Decision) -> dict[str, Any]:
    """What else this decision rests on; with `vacant` and `desk` where a desk answered for a post that nobody held."""
    posts = directory.posts
    vacant = decision.vacant and {"vacant": posts[decision.vacant].code, "desk": posts[decision.post].code}
    return {
        **(vacant or {}),
        "tolerance_m": facts.tolerance_m.get(decision.territory),
        "tolerances_m": {directory.territories[key].code: metres for key, metres in facts.tolerance_m.items()},
        "triage_post": directory.posts[facts.triage_post].code,
        "triage_territory": directory.territories[facts.triage_territory].code,
        "agreements": [fact.code for fact in facts.agreements],
        "agreed_sectors": [fact.candidate.code for fact in facts.agreements],
        "rules": [
            {
                "category": rule.category,
                "territory": directory.territories[rule.territory].code,
                "commune": directory.communes[rule.commune].code if rule.commune else None,
                "post": directory.posts[rule.post].code,
            }
            for rule in sorted(facts.rules, key=lambda rule: rule.post)
        ],
        "commune": _commune(facts.commune, directory),
        "most_accuracy_m": MOST_ACCURACY_M,
        "commune_reach_m": COMMUNE_REACH_M,
    }


def decided_again(
    candidates: Sequence[Mapping[str, Any]], settings: Mapping[str, Any], accuracy_m: float | None
) -> Again:
    """The decision that these columns of the history lead to, by the rule of today. KeyError for a record without."""
    keys = _Keys()
    named = {
        each["sector"]: Candidate(
            sector=keys[f"sector {each['territory']} {each['sector']}"],
            code=each["sector"],
            territory=keys[each["territory"]],
            post=keys[each["post"]],
            priority=each["priority"],
            covers=each["covers"],
            distance_m=each["distance_m"],
            share=each["share"],
        )
        for each in candidates
    }
    place = settings["commune"]
    decision = choose(
        Facts(
            candidates=list(named.values()),
            commune=place and _placed(place, keys),
            agreements=[
                AgreementFact(code, named[sector])
                for code, sector in zip(settings["agreements"], settings["agreed_sectors"], strict=True)
            ],
            rules=[
                CategoryFact(
                    each["category"],
                    keys[each["territory"]],
                    keys[each["commune"]] if each["commune"] else None,
                    keys[each["post"]],
                )
                for each in settings["rules"]
            ],
            tolerance_m={keys[code]: metres for code, metres in settings["tolerances_m"].items()},
            triage_post=keys[settings["triage_post"]],
            triage_territory=keys[settings["triage_territory"]],
            accuracy_m=accuracy_m,
        )
    )
    if "desk" in settings:
        decision = in_place(decision, keys[settings["desk"]])
    codes = {key: code for code, key in keys.items()}
    return Again(
        outcome=str(decision.outcome),
        sector=decision.sector.code if decision.sector else None,
        post=codes[decision.post],
        unit=codes[decision.unit] if decision.unit else None,
        co_readers=tuple(each.code for each in decision.co_readers),
        border=decision.border,
    )


def _commune(fact: CommuneFact | None, directory: Directory) -> dict[str, Any] | None:
    if fact is None:
        return None
    return {
        "code": directory.communes[fact.commune].code,
        "territory": directory.territories[fact.territory].code if fact.territory else None,
        "force": fact.force,
        "unit": directory.units[fact.unit].code if fact.unit else None,
        "post": directory.posts[fact.post].code if fact.post else None,
        "distance_m": fact.distance_m,
    }


def _placed(kept: Mapping[str, Any], keys: _Keys) -> CommuneFact:
    territory, unit, post = (keys[kept[name]] if kept[name] else None for name in ("territory", "unit", "post"))
    return CommuneFact(keys[kept["code"]], territory, kept["force"], unit, post, kept["distance_m"])
