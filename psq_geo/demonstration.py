"""The demonstration, whose accounts everybody knows, never runs on the data of a real territory."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection


def real_territories() -> list[str]:
    """The codes of the territories that are no demonstration; none where the database cannot say (yet)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT code FROM sectors_territory WHERE NOT is_demonstration ORDER BY code")
            return [row[0] for row in cursor.fetchall()]
    except DatabaseError:
        return []


def refusal() -> str:
    """Why this may not start, as a sentence; "" where it may. No query outside the demonstration."""
    real = real_territories() if settings.DEMO else []
    if not real:
        return ""
    return (
        f"This is the demonstration (PSQ_DEMO), and its database holds a real territory ({', '.join(real)})."
        " Say PSQ_DEMO=0, or name another database (PGDATABASE)."
    )


def check_before_serving() -> None:
    """Raises ImproperlyConfigured where the demonstration may not start. One query, whose connection is closed."""
    why = refusal()
    connection.close()
    if why:
        raise ImproperlyConfigured(why)
