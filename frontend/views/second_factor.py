"""The second factor: shown at the door, set up, its recovery codes renewed, taken away."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import second_factor
from accounts.changes import end_sessions
from accounts.changes import second_factor as changes
from accounts.models import User
from accounts.sessions import digest
from accounts.throttles import LIMITS, allow
from frontend import entry, people
from frontend.account_forms import CodeAndPasswordForm, CodeForm, PasswordForm, RecoveryForm

# The secret of an application that is being set up, until its first code is shown.
KEY: Final = "second_factor_key"
WRONG: Final = {
    "totp": gettext_noop("This code is wrong, or was used already. Wait for the next one."),
    "recovery": gettext_noop("This recovery code is wrong, or was used already."),
}


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code of the application, after the password."""
    return _at_the_door(request, CodeForm, changes.show_code, "totp")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    """A recovery code in its place."""
    return _at_the_door(request, RecoveryForm, changes.use_recovery_code, "recovery")


def _at_the_door(
    request: HttpRequest, kind: type[forms.Form], check: Callable[..., changes.Checked], by: str
) -> HttpResponse:
    person = _whose_turn(request)
    if person is None:
        messages.info(request, _("Sign in again: the code was awaited for ten minutes."))
        return redirect("login")
    form = kind(request.POST or None)
    page = entry.asked_page(request)
    facts = {"form": form, "next": page, "person_waiting": person, "left": second_factor.codes_left(person)}
    if request.method != "POST":
        return render(request, f"frontend/account/{by}.html", facts)
    wait = _wait(person)
    if not wait and form.is_valid():
        checked = check(user=person, code=form.cleaned_data["code"])
        if checked.passed:
            return entry.enter(request, person, next_page=page, by=by)
        wait = checked.wait_s
        if not wait:
            form.add_error("code", gettext(WRONG[by]))
    return _refused(request, f"frontend/account/{by}.html", facts, wait)


def _whose_turn(request: HttpRequest) -> User | None:
    """Who gave the password just now, or is signed in and still owes the factor."""
    if not request.user.is_authenticated:
        return entry.waiting(request)
    person = people.user(request)
    if second_factor.shown(request.session, person) or not second_factor.has_one(person):
        return None
    return person


@never_cache
@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Whether the account has a second factor, and what can be done about it."""
    person = people.user(request)
    has_one = second_factor.has_one(person)
    return render(
        request,
        "frontend/account/second_factor.html",
        {
            "has_one": has_one,
            "left": second_factor.codes_left(person) if has_one else 0,
            "codes": second_factor.RECOVERY_CODES,
            "required": _is_mandatory(request),
            "removable": has_one and not _must_stay(request),
        },
    )


@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_up(request: HttpRequest) -> HttpResponse:
    """The QR code, then the first code of the application; the recovery codes are shown in the answer, this once.

    An application that is replaced asks for the password too, and for its session to have shown it.
    """
    person = people.user(request)
    replaces = second_factor.has_one(person)
    if replaces and not second_factor.shown(request.session, person):
        return redirect("second_factor_code")
    typed = request.POST or None
    form: CodeForm = CodeAndPasswordForm(typed, user=person) if replaces else CodeForm(typed)
    key: str = request.session.get(KEY) or second_factor.fresh_key()
    request.session[KEY] = key
    page = entry.asked_page(request)
    facts: dict[str, Any] = {"form": form, "next": page, "replaces": replaces, "required": _is_mandatory(request)}
    if request.method == "POST":
        wait = _wait(person)
        if not wait and form.is_valid():
            codes = changes.set_up(user=person, key=key, code=form.cleaned_data["code"])
            if codes is not None:
                del request.session[KEY]
                request.session.cycle_key()
                second_factor.note_shown(request.session, person, by="totp")
                # The sessions elsewhere never showed it.
                end_sessions(user=person, but=digest(request.session.session_key or ""))
                return _codes_once(request, codes, page or entry.landing(person))
            form.add_error("code", _("This code is not the one of this moment. Is the clock of the telephone right?"))
        return _refused(request, "frontend/account/set_up.html", {**facts, **_shown_secret(person, key)}, wait)
    return render(request, "frontend/account/set_up.html", {**facts, **_shown_secret(person, key)})


def _shown_secret(person: User, key: str) -> dict[str, str]:
    issuer = str(settings.SITE["title"])
    address = second_factor.address(key, account=person.email, issuer=issuer)
    return {"secret": second_factor.secret_text(key), "picture": second_factor.picture(address), "address": address}


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, after a code of the application; shown this once."""
    person = people.user(request)
    if not second_factor.has_one(person):
        return redirect("second_factor")
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        checked = _code_in(form, person)
        if checked is not None and checked.passed:
            return _codes_once(request, changes.renew_codes(user=person), "")
        return _refused(request, "frontend/account/codes.html", {"form": form}, checked.wait_s if checked else 0)
    return render(request, "frontend/account/codes.html", {"form": form})


@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: HttpRequest) -> HttpResponse:
    """Takes the factor away, after the password and a code; refused to those whose role needs it."""
    person = people.user(request)
    if not second_factor.has_one(person):
        return redirect("second_factor")
    if _must_stay(request):
        raise PermissionDenied(_("Your role needs a second factor. You may replace the application by another."))
    form = CodeAndPasswordForm(request.POST or None, user=person)
    if request.method == "POST":
        checked = _code_in(form, person)
        if checked is not None and checked.passed:
            changes.remove(user=person)
            request.session.pop(second_factor.SHOWN, None)
            messages.success(request, _("Your account no longer has a second factor."))
            return redirect("second_factor")
        return _refused(request, "frontend/account/remove.html", {"form": form}, checked.wait_s if checked else 0)
    return render(request, "frontend/account/remove.html", {"form": form})


def _code_in(form: CodeForm | PasswordForm, person: User) -> changes.Checked | None:
    """What became of the form's code; None for a form that has errors. One more try is counted."""
    wait = _wait(person)
    if wait:
        return changes.Checked(False, wait)
    if not form.is_valid():
        return None
    checked = changes.show_code(user=person, code=form.cleaned_data["code"])
    if not checked.passed and not checked.wait_s:
        form.add_error("code", gettext(WRONG["totp"]))
    return checked


def _wait(person: User) -> float:
    """0.0 when a code may be tried on this account, else the seconds to wait; from whatever address it is tried."""
    return allow(f"second_factor:{person.pk}", rate=LIMITS["second_factor"])


def _is_mandatory(request: HttpRequest) -> bool:
    return second_factor.mandatory(people.scope(request).roles, superuser=people.user(request).is_superuser)


def _must_stay(request: HttpRequest) -> bool:
    return not settings.DEMO and _is_mandatory(request)


def _codes_once(request: HttpRequest, fresh: list[str], following: str) -> HttpResponse:
    facts = {"fresh": fresh, "following": following, "service_name": settings.SITE["title"]}
    return render(request, "frontend/account/codes_once.html", facts)


def _refused(request: HttpRequest, template: str, facts: dict[str, Any], wait: float) -> HttpResponse:
    """The form again with its errors; 429 when too many codes were tried, and then nothing typed is looked at."""
    if not wait:
        return render(request, template, facts)
    seconds = math.ceil(wait)
    form = facts["form"]
    # Adding an error asks the fields first, and so would tell whether the password was right after all.
    form._errors, form.cleaned_data = ErrorDict(), {}
    form.add_error(
        None,
        ngettext(
            "Too many attempts. Try again in %(seconds)d second.",
            "Too many attempts. Try again in %(seconds)d seconds.",
            seconds,
        )
        % {"seconds": seconds},
    )
    answer = render(request, template, facts, status=429)
    answer["Retry-After"] = str(seconds)
    return answer
