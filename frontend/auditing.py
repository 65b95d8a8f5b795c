"""The access log as its auditor asks for it: a person, an operation, a reference, a period; the newest first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessLog, RetentionRun
from accounts.retention import Rule
from frontend import words
from frontend.days import DayField
from frontend.operations import OPERATIONS
from sectors.moments import PARIS, paris_midnight

USUAL_DAYS: Final = 30
PAGE: Final = 50
# A file that a spreadsheet still opens; beyond, the period is to be narrowed.
MOST_ROWS: Final = 50_000
SHOWN_REFERENCES: Final = 3
_TYPED: Final = frozenset({"person", "reference"})
_CURSOR: Final = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")


class SearchForm(forms.Form):
    """What is looked for; all of it may be empty, and then the last thirty days are shown."""

    person = forms.CharField(required=False, max_length=120, label=_("Person"))
    operation = forms.ChoiceField(required=False, label=_("Operation"))
    reference = forms.CharField(required=False, max_length=200, label=_("Reference"))
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        operation = self.fields["operation"]
        assert isinstance(operation, forms.ChoiceField)  # noqa: S101 - declared above
        operation.choices = [("", _("All")), *OPERATIONS.items()]
        for field in self.fields.values():
            look = "fr-select" if isinstance(field, forms.ChoiceField) else "fr-input"
            field.widget.attrs["class"] = look

    def clean(self) -> dict[str, Any]:
        """Both days of the period, `since` thirty days before where it was left out."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            until = cleaned["until"] or timezone.localdate()
            cleaned["since"] = cleaned["since"] or until - timedelta(days=USUAL_DAYS)
            if cleaned["since"] > until:
                self.add_error("until", ValidationError(_("The period ends before it begins."), "period"))
        return cleaned

    @property
    def asked(self) -> dict[str, str]:
        """What was filled in, as it stands in the address."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    @property
    def told(self) -> list[str]:
        """The same for the log itself, which holds no data: of what was typed freely only that it was."""
        return [name if name in _TYPED else f"{name}={value}" for name, value in self.asked.items()]


class ExportForm(forms.Form):
    """Why the rows leave, and for whom."""

    motive = forms.CharField(
        min_length=10,
        max_length=200,
        label=_("Why do you export this?"),
        help_text=_("Kept in the access log, with your name and the number of rows."),
        error_messages={
            "required": _("Say why: the export is itself written in the log."),
            "min_length": _("Say why in ten characters or more."),
        },
    )
    recipient = forms.CharField(required=False, max_length=200, label=_("Who receives the file"))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the log as a page shows it."""

    at: datetime
    person: str
    email: str
    operation: str
    references: Sequence[str]
    more: int
    count: int | None
    territory: str
    motive: str
    recipient: str


def found(rows: QuerySet[AccessLog], asked: dict[str, Any]) -> QuerySet[AccessLog]:
    """The rows that the cleaned form asks for, the newest first, each with its person."""
    rows = rows.filter(at__gte=paris_midnight(asked["since"]))
    if asked["until"]:
        rows = rows.filter(at__lt=paris_midnight(asked["until"] + timedelta(days=1)))
    if asked["person"]:
        rows = rows.filter(Q(user__email__icontains=asked["person"]) | Q(user__name__icontains=asked["person"]))
    if asked["operation"]:
        rows = rows.filter(operation=asked["operation"])
    if asked["reference"]:
        whole = asked["reference"].strip()
        # A concern is searched by the number that people know it by.
        whole = whole if ":" in whole else f"incident:{whole.upper()}"
        rows = rows.filter(Q(reference=whole) | Q(references__contains=[whole]))
    return rows.select_related("user").order_by("-at", "-pk")


def page(rows: QuerySet[AccessLog], cursor: str) -> tuple[list[AccessLog], str]:
    """The rows that follow the cursor ("" or a wrong one: the first ones), and the cursor of the next page or ""."""
    match = _CURSOR.fullmatch(cursor)
    if match:
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=min(int(match[1]), 10**16 - 1))
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=int(match[2])))
    some = list(rows[: PAGE + 1])
    shown = some[:PAGE]
    return shown, _cursor(shown[-1]) if len(some) > PAGE else ""


def _cursor(row: AccessLog) -> str:
    return f"{(row.at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)}-{row.pk}"


def line(row: AccessLog) -> Line:
    """The row in words; of many references the first three."""
    references = [*filter(None, [row.reference]), *row.references]
    person = row.user
    return Line(
        at=row.at,
        person=str(person) if person else "",
        email=person.email if person else "",
        operation=words.word(OPERATIONS, row.operation),
        references=references[:SHOWN_REFERENCES],
        more=max(0, len(references) - SHOWN_REFERENCES),
        count=row.count,
        territory=row.territory,
        motive=row.motive,
        recipient=row.recipient,
    )


COLUMNS: Final = (
    "at", "person", "email", "operation", "reference", "references", "count", "territory", "motive", "recipient",
)  # fmt: skip


def cells(row: AccessLog) -> tuple[Any, ...]:
    """The row for a table; the moment in Paris, the references parted by blanks."""
    person = row.user
    return (
        row.at.astimezone(PARIS),
        person.name if person else "",
        person.email if person else "",
        row.operation,
        row.reference,
        " ".join(row.references),
        row.count,
        row.territory,
        row.motive,
        row.recipient,
    )


RUNS: Final = 25


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the purge in words: for each rule how many rows of the territories audited, and of none."""

    row: RetentionRun
    forgotten: Sequence[tuple[str, int]]
    failed: Sequence[str]


def run(row: RetentionRun, rules: Mapping[str, Rule], codes: Sequence[str]) -> Run:
    """The run as the auditor of these territories may read it."""

    def name(code: str) -> str:
        return str(rules[code].what) if code in rules else code

    totals = {rule: sum(each.get(code, 0) for code in ("", *codes)) for rule, each in row.counts.items()}
    return Run(
        row,
        [(name(rule), total) for rule, total in totals.items() if total],
        [name(rule) for rule in row.failures],
    )
