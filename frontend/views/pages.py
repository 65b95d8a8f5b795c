"""Pages of words, and the pages of what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from accounts import retention
from frontend.form_pages import page_of


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "frontend/pages/accessibility.html")


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes this, and under which licence."""
    return render(request, "frontend/pages/legal.html")


@require_safe
def data_protection(request: HttpRequest) -> HttpResponse:
    """Which data is kept, how long, and who reads it: the table is made of the rules by which it is forgotten."""
    return render(request, "frontend/pages/data_protection.html", {"rules": retention.rules()})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page, as a list."""
    return render(request, "frontend/pages/sitemap.html")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon that browsers ask for by this name."""
    return HttpResponsePermanentRedirect(static("frontend/favicon.svg"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return render(request, "frontend/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a role that may not, with the reason when the view gave one and whom to ask."""
    reason = str(exception) if exception and exception.args and isinstance(exception.args[0], str) else ""
    return render(request, "frontend/errors/403.html", {"reason": reason}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is too old: nothing was sent."""
    return render(request, "frontend/errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same bytes for what does not exist and for what this reader may not see."""
    return render(request, "frontend/errors/404.html", status=404)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """405: an address that only takes what a form sends, opened as a page (or the reverse)."""
    return render(request, "frontend/errors/405.html", status=405)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: a form that holds more than its page takes; nothing of it was read."""
    return render(request, "frontend/errors/413.html", status=413)


def server_error(
    request: HttpRequest, exception: Exception | None = None, *, status: int = 500, fault: str = ""
) -> HttpResponse:
    """500 or 503: without database, session or context, since one of them may be what failed.

    fault: what the log calls it, to be told to whoever reads the log.
    """
    try:
        # What a form was sent to is no page: one tries again where the form is.
        context = {"fault": fault, "again": page_of(request.get_full_path()), "sent": request.method == "POST"}
        answer = HttpResponse(loader.get_template("frontend/errors/500.html").render(context), status=status)
    except Exception:
        plain = f"Erreur {status} ({fault}). Le service ne répond pas. / Error {status} ({fault})."
        answer = HttpResponse(plain, status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        answer["Retry-After"] = "5"
    return answer
