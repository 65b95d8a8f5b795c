"""The page on which the sectors of a draft are drawn: by a map, by lists and positions, or by both.

Every form names the version of the draft that its author saw. What somebody else changed since is overwritten by
nobody: the page answers with both, and nothing of what was drawn is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import shapely
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import agreed, drawn, edition_rows, outlines, people
from frontend.doors import too_many
from frontend.drawing_forms import AddForm, Choices, MergeForm, SectorForm, SplitForm
from frontend.refused import tell
from frontend.views.editions.entry import FORM, drawers, edition_or_404
from ogcapi.geojson import FieldError, Refused
from sectors.changes import cutting, drafts, drawing, mending
from sectors.changes.drawing import Drawn
from sectors.checking import findings_of
from sectors.models import DraftStep, Edition, EditionState

# What the map's script sends one area in.
AREA: Final = "area-"
# The forms under the list of sectors: their titles, and what their buttons say.
TOOLS: Final = {
    "add": (gettext_lazy("Add a sector"), gettext_lazy("Add it")),
    "split": (gettext_lazy("Split a sector by a line"), gettext_lazy("Split it")),
    "merge": (gettext_lazy("Merge two sectors"), gettext_lazy("Merge them")),
}
_MOST_STEPS: Final = 8
_LONGEST_VERSION: Final = 9


@dataclass(slots=True)
class Page:
    """One request to draw: who, in which draft, at which version, and what was wrong with it.

    `mine` are the areas that a refused change wanted, by the codes of their sectors, as their author typed them.
    """

    draft: Edition
    post: QueryDict
    facts: dict[str, Any]
    choices: dict[str, Choices]
    forms: dict[str, Form] = field(default_factory=dict)
    refused: Refused | None = None
    mine: dict[str, str] = field(default_factory=dict)
    bound: tuple[str, str] = ("", "")


@drawers
@require_http_methods(FORM)
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """The draft with its map, its sectors and what the checker finds; what is sent is one step of it."""
    draft = edition_or_404(request, code)
    if draft.state in {EditionState.DATED, EditionState.ABANDONED}:
        return render(request, "frontend/editions/drawn.html", {"edition": draft}, status=_status(request))
    page = Page(
        draft=draft,
        post=request.POST,
        facts={"by": people.user(request), "edition": draft.pk, "at": timezone.now()},
        choices={"kind": drawn.kinds(draft), "post": drawn.posts(draft.territory)},
    )
    if request.method == "POST":
        if wait := wait_of(request, "draw", people.user(request)):
            return too_many(request, wait)
        if _done(page):
            if "quiet" not in request.POST:
                messages.success(request, _("Saved in the draft."))
            return HttpResponseRedirect(request.path)
        draft.refresh_from_db()
    return _shown(request, page)


def _status(request: HttpRequest) -> int:
    return 409 if request.method == "POST" else 200


def _done(page: Page) -> bool:
    """Whether what was sent is done; else the page tells why it is not."""
    act = ACTS.get(page.post.get("act", ""))
    if act is None:
        raise Http404
    try:
        page.facts["seen"] = _version(page)
        form = act(page)
    except Refused as refused:
        page.refused = refused
        return False
    except ValidationError as error:
        page.refused = Refused([FieldError("", "invalid", message) for message in error.messages], status=422)
        return False
    if form is None:
        return True
    page.forms[str(page.post["act"])] = form
    return False


def _version(page: Page) -> int:
    """The version that the author saw; Refused (409) where the form does not say one."""
    text = page.post.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION):
        drafts.at_number(page.draft, -1)
    return int(text)


def _draw(page: Page) -> None:
    """The areas that the map's script, or the page of a refused change, sends by their sectors."""
    texts = {name.removeprefix(AREA): str(text) for name, text in page.post.items() if name.startswith(AREA)}
    page.mine = texts
    rows = cutting.named(page.draft, texts)
    areas = {code: shapely.to_wkb(outlines.area(text)) for code, text in texts.items()}
    drawing.redraw(**page.facts, drawn=[cutting.redrawn(row, areas[code]) for code, row in rows.items()])


def _sector(page: Page) -> Form | None:
    code = page.post.get("sector", "")
    row = cutting.named(page.draft, [code])[code]
    form = SectorForm(page.post, choices=page.choices, auto_id=f"id_{code}_%s")
    page.bound = (code, "sector")

    def put(given: Mapping[str, Any]) -> None:
        page.mine = {code: str(page.post["outline"])}
        wanted = Drawn(
            code=code, name=given["name"], kind=given["kind"], post=given["post"],
            area=shapely.to_wkb(given["outline"]), commune=row.commune.code if row.commune else "",
            priority=row.priority, source=row.source,
        )  # fmt: skip
        drawing.redraw(**page.facts, drawn=[wanted])

    return _tried(form, put)


def _add(page: Page) -> Form | None:
    form = AddForm(page.post, choices=page.choices, auto_id="id_add_%s")

    def put(given: Mapping[str, Any]) -> None:
        area = shapely.to_wkb(given["outline"])
        wanted = {name: given[name] for name in ("code", "name", "kind", "post", "commune")}
        facts = {name: value for name, value in page.facts.items() if name != "seen"}
        drawing.add(**facts, drawn=Drawn(**wanted, area=area))

    return _tried(form, put)


def _split(page: Page) -> Form | None:
    form = SplitForm(page.post, choices=page.choices | {"sector": _sectors(page)}, auto_id="id_split_%s")
    return _tried(form, lambda given: cutting.split(**page.facts, **given))


def _merge(page: Page) -> Form | None:
    sectors = _sectors(page)
    form = MergeForm(page.post, choices={"sector": sectors, "other": sectors}, auto_id="id_merge_%s")
    return _tried(form, lambda given: cutting.merge(**page.facts, **given))


def _remove(page: Page) -> None:
    code = page.post.get("sector", "")
    cutting.named(page.draft, [code])
    drawing.redraw(**page.facts, drawn=[], removed=[code])


def _mend(page: Page) -> None:
    """The repair of the finding of this number, as it was looked at."""
    drafts.at_number(page.draft, page.facts["seen"])
    number, findings = page.post.get("finding", ""), findings_of(page.draft)
    found = next((each for at, each in enumerate(findings, start=1) if str(at) == number), None)
    if found is None:
        raise Http404
    mending.mend(**page.facts, finding=found)


def _tried(form: Form, put: Callable[[Mapping[str, Any]], object]) -> Form | None:
    """None where it is done; else the form with what is wrong. Raises Refused where it was changed meanwhile."""
    if not form.is_valid():
        return form
    try:
        put(form.cleaned_data)
    except Refused as refused:
        if refused.code == "changed_meanwhile":
            raise
        fields = {"geometry": "outline"}
        told = [_named(each, fields) for each in refused.errors]
        tell(form, Refused(told, status=refused.status))
        return form
    return None


def _named(error: FieldError, fields: Mapping[str, str]) -> FieldError:
    """The same at the field of the form: `features[0].properties.code` is `code`."""
    last = error.field.rsplit(".", 1)[-1]
    return FieldError(fields.get(last, last), error.code, error.message)


ACTS: Final[Mapping[str, Callable[[Page], Form | None]]] = {
    "draw": _draw,
    "sector": _sector,
    "add": _add,
    "split": _split,
    "merge": _merge,
    "remove": _remove,
    "mend": _mend,
    "undo": lambda page: _led(page, drafts.undo),
    "redo": lambda page: _led(page, drafts.redo),
}


def _led(page: Page, change: Callable[..., Edition]) -> None:
    change(**page.facts)


def _sectors(page: Page) -> list[tuple[str, str]]:
    return [(code, name) for code, name in page.draft.sectors.order_by("code").values_list("code", "name")]


def _shown(request: HttpRequest, page: Page) -> HttpResponse:
    """The page as the draft stands now."""
    draft, sectors = page.draft, _sectors(page)
    rows, drawing_ = drawn.rows_of(draft)
    findings, names = findings_of(draft), dict(sectors)
    choices = page.choices | {"sector": sectors, "other": sectors}
    forms = {
        "add": AddForm(choices=choices, auto_id="id_add_%s"),
        "split": SplitForm(choices=choices, auto_id="id_split_%s"),
        "merge": MergeForm(choices=choices, auto_id="id_merge_%s"),
    } | page.forms
    wrong = page.forms.get(page.post.get("act", ""))
    conflict = [each for each in rows if each.code in page.mine] if _clash(page) else []
    context = {
        "edition": draft,
        "rows": [(row, _form_of(row, page)) for row in rows],
        "findings": drawn.told(findings, names),
        "data": drawn.data(drawing_, findings, agreed.features(draft.territory, page.facts["at"])),
        "stacks": drafts.stacks_of(draft),
        "steps": _steps(draft),
        "tools": [(name, *told, forms[name], name in page.forms) for name, told in TOOLS.items()],
        "form": wrong,
        "refused": page.refused,
        "conflict": [(row, page.mine[row.code]) for row in conflict],
        "towns": drawn.towns(rows),
        "box": edition_rows.box_of(draft),
    }
    status = page.refused.status if page.refused else 422 if wrong else 200
    return render(request, "frontend/editions/draw.html", context, status=status)


def _steps(draft: Edition) -> QuerySet[DraftStep]:
    rows: QuerySet[DraftStep] = draft.steps.select_related("author").defer("before", "after")
    return rows.order_by("-number")[:_MOST_STEPS]


def _clash(page: Page) -> bool:
    return page.refused is not None and page.refused.code == "changed_meanwhile"


def _form_of(row: drawn.Row, page: Page) -> Form:
    if page.bound == (row.code, "sector") and "sector" in page.forms:
        return page.forms["sector"]
    initial = {"name": row.name, "kind": row.kind, "post": row.post, "outline": row.outline}
    return SectorForm(initial=initial, choices=page.choices, auto_id=f"id_{row.code}_%s")
