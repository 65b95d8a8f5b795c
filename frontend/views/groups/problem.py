"""One problem: where it is, what is known of it, what is done about it, and doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.throttles import wait_of
from frontend import acting, group_acting, motives, people, posts, problems, readers, words
from frontend.acting import Offer
from frontend.doors import limited, too_many
from frontend.forms import MotiveForm
from frontend.group_doing import make, offers
from frontend.views.groups.asked import note, problem_asked_for, sees_problems
from frontend.views.groups.course import course, told
from frontend.views.groups.promises import waits_for
from messaging.changes import read_notices
from ogcapi.geojson import Refused
from partnership import words as said_words
from partnership.models import Action, Contribution, CoSignature, Diagnosis, Evaluation, Problem
from partnership.models.visibility import asks_for_a_motive, may_on
from sectors.models import Partner
from sectors.scope import Scope

Said = tuple[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@sees_problems
@limited("read")
def problem(request: HttpRequest, problem: str) -> HttpResponse:
    """The problem; to a mayor its state and result. The direction says first why it reads (POST `motive`)."""
    asked = problem_asked_for(request, problem)
    scope = people.scope(request)
    if asks_for_a_motive(asked, scope) and not motives.given(request):
        form = MotiveForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            motives.keep(request, form.cleaned_data["motive"])
            return redirect("problem", asked.reference)
        return render(request, "frontend/groups/motive.html", {"form": form, "reference": asked.reference})
    return page(request, asked)


def page(
    request: HttpRequest, asked: Problem, *, said: Said | None = None, number: int = 0, refused: Refused | None = None
) -> HttpResponse:
    """The problem with all that this person may do; after a refusal, with what was typed and why it was refused.

    number: of the action that `said` is about; 0 for what is about the problem.
    """
    scope, now = people.scope(request), timezone.now()
    note(request, "problem.read", asked.territory_id, f"problem:{asked.reference}")
    read_notices(user=people.user(request).pk, reference=asked.reference)
    context: dict[str, Any] = {
        "problem": asked,
        "card": problems.card(request, asked, now),
        "reads": may_on(asked, scope, "read_problem"),
    }
    if not context["reads"]:
        context["entries"] = told(asked)
        return render(request, "frontend/groups/told.html", context)
    concerns = _concerns(asked, scope, now)
    diagnoses = list(
        Diagnosis.objects.visible_to(scope)
        .filter(problem=asked)
        .select_related("author")
        .prefetch_related(Prefetch("signatures", CoSignature.objects.select_related("partner", "person")))
    )
    members = list(Partner.objects.filter(groups__post=asked.post_id).order_by("name"))
    evaluations = list(
        Evaluation.objects.visible_to(scope).filter(problem=asked).select_related("author").defer("facts")
    )
    contributions = list(
        Contribution.objects.visible_to(scope).filter(problem=asked).select_related("partner", "author")
    )
    given = list(
        Action.objects.visible_to(scope).filter(problem=asked).select_related("owner").order_by("due_on", "pk")
    )
    for each in given:
        # It is at hand: neither it nor its commune is read again for each action.
        each.problem = asked
    actions = [
        _action(each, scope, members, (said, refused) if each.number == number else (None, None), request)
        for each in given
    ]
    named = [(row.reference, f"{row.category}, {row.reference}") for row in concerns]
    stands, choices = _standing(asked, scope, members, diagnoses, named)
    mine = said if not number else None
    offered = offers(
        group_acting.PROBLEMS,
        stands,
        mine,
        choices=choices,
        initial={"version": stands.unsigned, "text": diagnoses[0].text if diagnoses else ""},
    )
    failed = acting.failed(offered, mine, refused)
    failed = failed or next((each["failed"] for each in actions if each["failed"]), None)
    context |= {
        "concerns": concerns,
        "diagnoses": diagnoses,
        "evaluations": evaluations,
        "contributions": contributions,
        "actions": actions,
        "offers": offered,
        "failed": failed,
        "form": failed.form if failed else None,
        "refusal": "" if failed or refused is None else str(refused.detail),
        "entries": course(asked, contributions=contributions, diagnoses=diagnoses, evaluations=evaluations),
        "recurrence": words.word(said_words.RECURRENCES, asked.recurrence),
        "box": asked.extent.extent if asked.extent else None,
    }
    return render(request, "frontend/groups/problem.html", context)


@sees_problems
@require_POST
def act(request: HttpRequest, problem: str, action: str) -> HttpResponse:
    """Does one of the things that may be done with the problem, and comes back to it."""
    return _act(request, problem_asked_for(request, problem), 0, action)


@sees_problems
@require_POST
def act_on_action(request: HttpRequest, problem: str, number: int, action: str) -> HttpResponse:
    """The same with one of its actions; back to the promises where one came from there."""
    return _act(request, problem_asked_for(request, problem), number, action)


def _act(request: HttpRequest, asked: Problem, number: int, code: str) -> HttpResponse:
    scope, person = people.scope(request), people.user(request)
    deed = (group_acting.ACTIONS if number else group_acting.PROBLEMS).get(code)
    # What has a page of its own is done there.
    if deed is None or deed.page:
        raise Http404
    if not may_on(asked, scope, "read_problem"):
        raise PermissionDenied(_("Only the members of the group work on this problem."))
    if asks_for_a_motive(asked, scope) and not motives.given(request):
        return redirect("problem", asked.reference)
    if wait := wait_of(request, "status", person):
        return too_many(request, wait)
    said: Said = (code, request.POST)
    about: dict[str, Any] = {"problem": asked}
    if number:
        found = (
            Action.objects.visible_to(scope)
            .filter(problem=asked, number=number)
            .select_related("owner", "problem")
            .first()
        )
        if found is None:
            raise Http404
        about = {"action": found}
    offer = _offer(asked, about, scope, said)
    if offer is None:
        messages.warning(request, _("Nothing was done: it has changed meanwhile. This is how it stands now."))
        return redirect("problem", asked.reference)
    try:
        if not offer.form.is_valid():
            raise Refused([], status=422)
        make(offer, person, scope, **about)
    except Refused as refused:
        return page(request, asked, said=said, number=number, refused=refused)
    messages.success(request, str(offer.action.done))
    readable = Problem.objects.visible_to(scope).filter(pk=asked.pk).exists()
    if "promises" in request.POST or not readable:
        return redirect("promises" if readable else "groups")
    return redirect("problem", asked.reference)


def _offer(asked: Problem, about: dict[str, Any], scope: Scope, said: Said) -> Offer | None:
    """The deed that was asked for, where it is offered to this person now."""
    members = list(Partner.objects.filter(groups__post=asked.post_id).order_by("name"))
    if "action" in about:
        stands_so = group_acting.action_standing(about["action"], scope)
        found = offers(group_acting.ACTIONS, stands_so, said, choices={"owner": group_acting.owners(members)})
    else:
        diagnoses = list(Diagnosis.objects.visible_to(scope).filter(problem=asked).prefetch_related("signatures"))
        concerns = asked.concerns.filter(until__isnull=True).values_list("incident__reference", flat=True)
        stands, choices = _standing(asked, scope, members, diagnoses, [(each, each) for each in concerns])
        found = offers(group_acting.PROBLEMS, stands, said, choices=choices)
    return next((each for each in found if each.code == said[0]), None)


def _standing(
    asked: Problem,
    scope: Scope,
    members: list[Partner],
    diagnoses: list[Diagnosis],
    concerns: list[tuple[str, str]],
) -> tuple[group_acting.ProblemStanding, dict[str, Any]]:
    """How this person stands to the problem, and what their deeds choose among. concerns: in it, each by its reference
    and as it is called."""
    held = [each for each in members if each.pk in scope.partners]
    stands = group_acting.standing(
        asked,
        scope,
        holds=bool(concerns),
        unsigned=_unsigned(asked, diagnoses, held, scope),
        rates=waits_for(scope, asked).exists(),
    )
    choices = {
        "owner": group_acting.owners(members),
        "partner": [(each.code, each.name) for each in held] if not stands.runs else [],
        "to_post": posts.to_choose([asked])(asked),
        "incident": concerns,
    }
    return stands, choices


def _action(
    each: Action, scope: Scope, members: list[Partner], asked: tuple[Said | None, Refused | None], request: HttpRequest
) -> dict[str, Any]:
    said, refused = asked
    offered = offers(
        group_acting.ACTIONS,
        group_acting.action_standing(each, scope),
        said,
        choices={"owner": group_acting.owners(members)},
    )
    for offer in offered:
        # One page has the forms of several actions.
        offer.form.auto_id = f"id_{each.number}_%s"
    return {
        "row": problems.promise(request, each, timezone.now(), members),
        "offers": offered,
        "failed": acting.failed(offered, said, refused),
    }


def _concerns(asked: Problem, scope: Scope, now: Any) -> list[readers.Row]:
    """The concerns that are in it, as far as this person may see each. Two queries."""
    keys = list(asked.concerns.filter(until__isnull=True).values_list("incident_id", flat=True))
    rows = readers.listed(scope, letters=readers.NOTHING).filter(pk__in=keys).order_by("-reported_at", "-pk")
    return [readers.row(each, now) for each in rows]


def _unsigned(asked: Problem, diagnoses: list[Diagnosis], held: list[Partner], scope: Scope) -> int:
    """The version that this person may still sign for an organisation, or for the police; 0 for none."""
    if not diagnoses:
        return 0
    signed = {each.partner_id for each in diagnoses[0].signatures.all()}
    ours = {None} if asked.post_id in scope.posts else {each.pk for each in held}
    return diagnoses[0].version if ours - signed else 0
