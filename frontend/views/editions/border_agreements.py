"""Border agreements: the list of them on a map, a new one, and the end of one."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend import agreed, edition_rows, people
from frontend.agreement_forms import AgreementForm, EndForm
from frontend.refused import tell
from frontend.views.administration.entry import choice_among, sent
from frontend.views.editions.entry import FORM, drawers, drawn_by
from ogcapi.geojson import Refused
from sectors.changes import agreements
from sectors.models import BorderAgreement, Edition, Sector, Territory
from sectors.moments import PARIS


@drawers
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The agreements of a territory, those that hold first, with their map. Three queries."""
    choice, now = choice_among(request, drawn_by(request)), timezone.now()
    rows = agreed.rows(choice.territory, now)
    context = {
        "choice": choice,
        "rows": rows,
        "shapes": edition_rows.carried(agreed.shapes(rows)),
    }
    return render(request, "frontend/editions/agreements.html", context)


@drawers
@require_http_methods(FORM)
def add(request: HttpRequest) -> HttpResponse:
    """A new agreement."""
    choice, now = choice_among(request, drawn_by(request)), timezone.now()
    today = now.astimezone(PARIS).date()
    form = AgreementForm(
        sent(request), sectors=_sectors(choice.territory, now), initial={"start": today, "shape": "line", "reach_m": 20}
    )
    if form.is_valid():
        try:
            agreements.agree(by=people.user(request), territory=choice.territory.pk, at=now, **form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The agreement is kept."))
            return choice.redirect("agreements")
    context = {
        "choice": choice,
        "form": form,
        "box": edition_rows.box_of(*_editions(choice.territory, now)),
        "agreements": agreed.features(choice.territory, now),
    }
    return render(request, "frontend/editions/agreement.html", context)


@drawers
@require_http_methods(FORM)
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The last day of an agreement; one that has not begun by then is taken back."""
    now = timezone.now()
    row = BorderAgreement.objects.filter(territory__in=drawn_by(request), code=code).first()
    if row is None:
        raise Http404
    form = EndForm(sent(request), initial={"last": now.astimezone(PARIS).date()})
    if form.is_valid():
        try:
            left = agreements.end(by=people.user(request), agreement=code, at=now, **form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        except BorderAgreement.DoesNotExist:
            # The same form sent twice, or somebody else was faster.
            messages.warning(request, _("The agreement is taken back."))
            return redirect("agreements")
        else:
            messages.success(request, _("The agreement ends.") if left else _("The agreement is taken back."))
            return redirect("agreements")
    return render(request, "frontend/editions/agreement_end.html", {"form": form, "row": row})


def _editions(territory: Territory, at: datetime) -> QuerySet[Edition]:
    """The edition in force, and those to come."""
    dated: QuerySet[Edition] = Edition.objects.filter(territory=territory, validity__isnull=False)
    return dated.filter(Q(validity__endswith=None) | Q(validity__endswith__gt=at))


def _sectors(territory: Territory, at: datetime) -> list[tuple[str, str]]:
    """The sectors that an agreement may name, each once. One query."""
    rows = Sector.objects.filter(edition__in=_editions(territory, at)).order_by("code")
    return list(dict(rows.values_list("code", "name")).items())
