"""Checks that the installation itself is what the product was measured on."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.checks import CheckMessage, Error, register


class PsqGeoConfig(AppConfig):
    name = "psq_geo"


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
