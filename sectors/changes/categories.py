"""The natures of concern of a territory and the rules that send one of them to one post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sectors.changes.rows import Report, make_equal
from sectors.changes.rules import KEPT
from sectors.models import Category, CategoryRule, Commune, Post, Territory
from sectors.territory_tables import TerritoryFile


def load_categories(
    file: TerritoryFile,
    *,
    territory: Territory,
    communes: Mapping[str, Commune],
    posts: Mapping[str, Post],
    report: Report,
) -> None:
    """Stores the file's categories and rules. A category that it no longer has is kept for what refers to it."""
    wanted: dict[str, dict[str, Any]] = {}
    for rank, (family, category) in enumerate(file.categories, 1):
        wanted[category.code] = {
            "territory_id": territory.pk,
            "code": category.code,
            "family": family.code,
            "family_fr": family.fr,
            "family_en": family.en,
            "label_fr": category.fr,
            "label_en": category.en,
            "rank": rank,
            "is_active": True,
            "is_frequent": category.frequent,
            "asked_by": category.asked_by,
        }
    existing = Category.objects.filter(territory=territory)
    for row in existing.filter(kept_here=True):
        if row.code in wanted:
            wanted[row.code] |= {name: getattr(row, name) for name in KEPT}
    rows = make_equal(Category, existing, lambda row: row.code, wanted, report, noun="category", keep=True)
    gone = [row for code, row in rows.items() if code not in wanted and row.is_active and not row.kept_here]
    if gone:
        Category.objects.filter(pk__in=[row.pk for row in gone]).update(is_active=False)
        report.removed.extend(f"category {row.code} (kept, and no longer offered)" for row in gone)
    _load_rules(file, rows, territory=territory, communes=communes, posts=posts, report=report)


def _load_rules(
    file: TerritoryFile,
    categories: Mapping[str, Category],
    *,
    territory: Territory,
    communes: Mapping[str, Commune],
    posts: Mapping[str, Post],
    report: Report,
) -> None:
    wanted: dict[tuple[str, str], dict[str, Any]] = {
        (rule.category, rule.commune): {
            "territory_id": territory.pk,
            "category_id": categories[rule.category].pk,
            "commune_id": communes[rule.commune].pk if rule.commune else None,
            "post_id": posts[rule.post].pk,
            "reason_fr": rule.reason_fr,
            "reason_en": rule.reason_en,
        }
        for rule in file.category_rules
    }
    existing = CategoryRule.objects.filter(territory=territory).select_related("category", "commune")
    make_equal(
        CategoryRule,
        existing.defer("commune__area", "commune__area_m"),
        lambda row: (row.category.code, row.commune.code if row.commune else ""),
        wanted,
        report,
        noun="category rule",
    )
