"""Accounts, tokens and the access log, to read."""

from __future__ import annotations

from django.contrib import admin

from accounts.administration import ReadOnly
from accounts.models import AccessLog, ApiToken, Identity, TokenBucket, User


@admin.register(User)
class UserAdmin(ReadOnly):
    """Accounts; the hash of the password is nobody's to read."""

    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = ("email", "name", "phone", "language", "is_active", "is_staff", "is_superuser", "last_login", "created_at")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    """Tokens, known by name and last use; the digest stays unseen."""

    list_display = ("token_key", "name", "user", "created", "expiry", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "name")
    fields = list_display


@admin.register(Identity)
class IdentityAdmin(ReadOnly):
    """Which accounts are known to the identity provider."""

    list_display = ("user", "issuer", "subject", "linked_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "subject")


@admin.register(TokenBucket)
class TokenBucketAdmin(ReadOnly):
    """Who is near a limit."""

    list_display = ("key", "tokens", "filled_at")
    search_fields = ("key",)
    show_full_result_count = False


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnly):
    """Who did what, when, on which reference."""

    list_display = ("at", "user", "operation", "reference", "count", "territory", "motive", "recipient")
    list_select_related = ("user",)
    search_fields = ("reference", "user__email")
    date_hierarchy = "at"
    show_full_result_count = False
