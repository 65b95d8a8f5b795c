"""Checks that the installation itself is what the product was measured on."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.core.cache import close_caches
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries

from psq_geo import demonstration, roles
from psq_geo.environment import env


class PsqGeoConfig(AppConfig):
    name = "psq_geo"

    def ready(self) -> None:
        """Takes off what Django does around each request and what here has nothing to do, but costs a tenth of it."""
        request_started.disconnect(reset_queries)  # a list that only DEBUG fills
        request_finished.disconnect(close_caches)  # the cache is the process's own
        if settings.DATABASES["default"]["CONN_MAX_AGE"] != 0:
            # A connection that is kept is looked at when the next request begins, and once is enough.
            request_finished.disconnect(close_old_connections)


class SuperuserAdminConfig(AdminConfig):
    """The admin, for superusers only and without a sign-in page of its own."""

    default_site = "accounts.administration.SuperuserSite"


@register
def only_psycopg2(**_: Any) -> list[CheckMessage]:
    """An error where psycopg 3 can be imported: Django would take it without a word."""
    if find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed, and Django would use it instead of psycopg2.",
            hint="Uninstall psycopg.",
            id="psq_geo.E001",
        )
    ]


@register(Tags.database)
def no_real_territory(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error where the demonstration meets a real territory: `migrate` and `worker` ask before they begin."""
    why = demonstration.refusal() if databases else ""
    return [Error(why, id="psq_geo.E002")] if why else []


@register(Tags.database)
def two_roles(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A warning where a real installation runs as the owner of its tables, and names no other role (PSQ_APP)."""
    if not databases or settings.DEMO or env("PSQ_APP") or not roles.standing()[0]:
        return []
    return [
        checks.Warning(
            "One role of the database owns the tables and runs the product: it could delete the access log.",
            hint="Make a second role, set PSQ_APP to it and run manage.py grant (docs/deployment.md).",
            id="psq_geo.W001",
        )
    ]
