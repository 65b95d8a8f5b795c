"""An address of the API: a REST framework view for its place in the schema, without its cost on the way.

REST framework's request, negotiation and renderers take longer than the questions asked here. An `Endpoint` keeps the
class, so that drf-spectacular documents it, and calls its method with Django's own request. What it raises becomes a
problem document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.views import APIView

from ogcapi import problems


class Endpoint(APIView):
    """Subclasses define `get`, `post`…, taking an HttpRequest and returning an HttpResponse."""

    permission_classes = ()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:  # type: ignore[override]
        """The view: exempt from CSRF, which the session's authentication checks itself."""
        methods = [name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(cls, name)]

        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
                # Django reads as many bytes as are announced: of a body without a length, none.
                return problems.problem(411)
            name = "get" if request.method == "HEAD" else (request.method or "").lower()
            response: HttpResponse = getattr(cls(**initkwargs), name)(request, *args, **kwargs)
            return response

        answering = problems.answers(*methods)(view)
        answering.cls = cls  # type: ignore[attr-defined]
        answering.initkwargs = initkwargs  # type: ignore[attr-defined]
        answering.csrf_exempt = True  # type: ignore[attr-defined]
        answering.is_endpoint = True  # type: ignore[attr-defined] # what psq_geo.shortway looks for
        return answering
