"""Two roles of PostgreSQL: the owner, who migrates, imports and purges, and the one that the running product is.

Which tables are written once is not said here a second time: those that carry the trigger `psq_append_only` are.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.db import connection, transaction

EVERYTHING: Final = "SELECT, INSERT, UPDATE, DELETE"
WRITTEN_ONCE: Final = "SELECT, INSERT"
READ: Final = "SELECT"
# Tables whose rights are neither those of a table written once nor everything.
RIGHTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "django_migrations": READ,
        "django_content_type": READ,
        "auth_permission": READ,
        # What the purge writes, and it alone.
        "accounts_retentionrun": READ,
        "incidents_statisticalrow": READ,
        "partnership_statisticalproblem": READ,
        # Forgotten by the purge, anonymised by erasure, never deleted otherwise.
        "incidents_incident": "SELECT, INSERT, UPDATE",
        "accounts_user": "SELECT, INSERT, UPDATE",
        # Ended or answered, and part of the concern's history from the day they began.
        "incidents_suspension": "SELECT, INSERT, UPDATE",
        "incidents_transfer": "SELECT, INSERT, UPDATE",
        "incidents_handover": "SELECT, INSERT, UPDATE",
        # A post that passed from hand to hand: noted, told, received, and deleted by the purge alone.
        "incidents_succession": "SELECT, INSERT, UPDATE",
        # What a group works on, promises and meets for: ended, settled or called off, and deleted by the purge alone.
        "partnership_problem": "SELECT, INSERT, UPDATE",
        "partnership_problemconcern": "SELECT, INSERT, UPDATE",
        "partnership_problemsuspension": "SELECT, INSERT, UPDATE",
        "partnership_action": "SELECT, INSERT, UPDATE",
        "partnership_meeting": "SELECT, INSERT, UPDATE",
        "partnership_minutes": "SELECT, INSERT, UPDATE",
        "partnership_rating": "SELECT, INSERT, UPDATE",
    }
)
# The tables of the product, without those of an extension, and whether each is written once.
TABLES: Final = """
SELECT relname, EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'psq_append_only')
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
ORDER BY relname
"""
# Of this session's role: whether it owns the tables, and how many of them it may not even read.
STANDING: Final = f"""
SELECT bool_or(pg_has_role(current_user, tableowner, 'USAGE')),
  count(*) FILTER (WHERE NOT has_table_privilege(quote_ident(relname), 'SELECT'))
FROM ({TABLES}) AS found (relname, once) JOIN pg_tables ON tablename = relname AND schemaname = 'public'
"""  # noqa: S608 - our own text


@transaction.atomic
def grant(role: str) -> dict[str, str]:
    """Gives the role what running needs and nothing else, on every table; table -> rights. To be run as the owner.

    Raises ProgrammingError where there is no such role, or where somebody else owns a table.
    """
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        rights = {name: RIGHTS.get(name, WRITTEN_ONCE if once else EVERYTHING) for name, once in cursor.fetchall()}
        to = connection.ops.quote_name(role)
        for name, some in rights.items():
            table = connection.ops.quote_name(name)
            cursor.execute(f"REVOKE ALL ON {table} FROM {to}")
            cursor.execute(f"GRANT {some} ON {table} TO {to}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {to}")
    return rights


def standing() -> tuple[bool, int]:
    """Whether this session's role owns the tables, and how many of them it may not read."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        owns, unread = cursor.fetchone()
    return bool(owns), unread
