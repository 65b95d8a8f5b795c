"""The accounts of a demonstration: what each covers stands in `accounts.toml` beside its territory's file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sectors.file_tables import CODE, Defect, Defects, TableReader, limited

EMBEDDED: Final = Path(__file__).resolve().parent / "territories"
NAME: Final = "accounts.toml"
# What is left of the @ in these accounts' addresses stands in the file.
DOMAIN: Final = "psq.example"
ROLES: Final = ("partner", "mayor", "director", "administrator", "auditor")


@dataclass(frozen=True, slots=True)
class Account:
    """One account: the part of its address before the @, its name, and what it covers.

    `over` is the code of the organisation, commune or territory that the role is over, by the role.
    """

    local: str = limited(pattern=r"[a-z0-9.-]+", longest=60)
    name: str = limited(longest=120)
    what: str = limited(longest=120)
    post: str = limited("", blank=True, pattern=CODE)
    role: str = limited("", blank=True, choices=("", *ROLES))
    over: str = limited("", blank=True, pattern=CODE)
    active: bool = limited(True)

    @property
    def email(self) -> str:
        """The whole address."""
        return f"{self.local}@{DOMAIN}"


def read_accounts(path: Path) -> tuple[str, list[Account]]:
    """The code of the territory and its accounts in the order of the file. Raises Defects, all at once."""
    reader = TableReader(path.name)
    try:
        raw = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Defects([Defect(path.name, "", "", "unreadable", str(error))]) from error
    accounts = reader.rows(Account, raw.get("accounts", []), "accounts")
    territory = raw.get("territory")
    if not isinstance(territory, str):
        reader.blame("", "territory", "missing", "say which territory these accounts are of, by its code")
    for key in raw.keys() - {"territory", "accounts"}:
        reader.blame("", key, "unknown_key", "unknown key; known are accounts, territory")
    if reader.defects:
        raise Defects(reader.defects)
    return str(territory), accounts


def embedded_accounts() -> dict[str, list[Account]]:
    """The accounts of every embedded territory, by its code."""
    return dict(sorted(read_accounts(path) for path in EMBEDDED.glob(f"*/{NAME}")))
