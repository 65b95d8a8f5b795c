"""Django's admin, for superusers only, behind the product's own sign-in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from accounts.changes import log_access

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin  # generic in the stubs only


class SuperuserSite(admin.AdminSite):
    """Reads only. It has no sign-in page: a second one would need its own limits and second factor."""

    site_header = "psq_geo"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Shows these rows, if their admin is `ReadOnly`: that of another app changes them past our `changes`."""
        if admin_class is not None and issubclass(admin_class, ReadOnly):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """True for a superuser in force. Whether they have shown their second factor is asked at every page's gate."""
        return bool(request.user.is_active and request.user.is_superuser)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The product's sign-in page, then back; 403 for somebody who has signed in already."""
        if self.has_permission(request):
            return HttpResponseRedirect(resolve_url("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or resolve_url("admin:index"), settings.LOGIN_URL)


class ReadOnly(ModelAdmin):
    """Shows rows and changes none: a change goes through the `changes` of its app. Whoever reads is logged."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The rows."""
        return self._logged(request, super().changelist_view(request, extra_context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One row."""
        return self._logged(request, super().changeform_view(request, object_id, form_url, extra_context))

    def _logged(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        # Not which row: the key of some is a secret's digest. A redirect showed nothing.
        if answer.status_code == HTTPStatus.OK:
            reader = request.user if request.user.is_authenticated else None
            log_access(user=reader, operation="admin.read", reference=self.opts.model_name or "")
        return answer

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True for a superuser."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
