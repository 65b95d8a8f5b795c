"""The second factor: who must have one, what its codes look like, and which sessions have shown it.

The codes of an authenticator application (TOTP) are the factor; ten recovery codes stand in for a lost telephone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b32encode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import segno
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from accounts.models import User

# Whose account reaches far enough that a password alone does not protect it.
MANDATORY: Final = frozenset({"referent", "director", "administrator", "auditor"})
# In the session: whose factor was shown there, and by which means.
SHOWN: Final = "second_factor"
RECOVERY_CODES: Final = 10
# Without the letters that are read as digits (Crockford): sixty bits in three groups of four.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD: Final = str.maketrans("OIL", "011")
DIGITS: Final = re.compile(r"[0-9]{6}")


def mandatory(roles: Iterable[str], *, superuser: bool = False) -> bool:
    """True when somebody with these roles may not go on without a second factor."""
    return superuser or not MANDATORY.isdisjoint(roles)


def has_one(user: User) -> bool:
    """True when the account has an authenticator application set up. One query."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def codes_left(user: User) -> int:
    """How many recovery codes the account has not used. One query."""
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


def shown(session: SessionBase, user: User) -> bool:
    """True when this session has shown the second factor of this very account."""
    kept: Any = session.get(SHOWN)
    return isinstance(kept, dict) and kept.get("user") == user.pk


def note_shown(session: SessionBase, user: User, *, by: str) -> None:
    """From now on this session has shown the account's second factor, by `totp`, `recovery` or `proconnect`."""
    session[SHOWN] = {"user": user.pk, "by": by}


def fresh_key() -> str:
    """A new secret of 160 random bits, as django-otp keeps it: 40 hexadecimal digits."""
    return secrets.token_hex(20)


def secret_text(key: str) -> str:
    """The secret as an application takes it by hand: base32, in groups of four letters."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(key: str, *, account: str, issuer: str) -> str:
    """The `otpauth:` address that the QR code carries (six digits, thirty seconds: what every application has)."""
    name = issuer.replace(":", " ")
    facts = {"secret": secret_text(key).replace(" ", ""), "issuer": name, "digits": 6, "period": 30}
    return f"otpauth://totp/{quote(name)}:{quote(account)}?{urlencode(facts, quote_via=quote)}"


def picture(text: str) -> str:
    """The text as a QR code: an SVG image in a `data:` address, black on white in the dark theme too."""
    image: str = segno.make(text, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return image


def tidy(code: str) -> str:
    """A recovery code as it was given out, however it was typed: case, spaces, hyphens, O for 0, I and L for 1."""
    return re.sub(r"[\s\-‐–—]", "", code).upper().translate(MISREAD)


def fresh_codes() -> list[str]:
    """Ten recovery codes `XXXX-XXXX-XXXX`; what is kept of each is its `digest`."""
    return [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]


def digest(code: str, *, account: int) -> str:
    """What is kept of a recovery code: sixteen letters that do not give it back (it has sixty random bits)."""
    return hashlib.sha256(f"recovery:{account}:{tidy(code)}".encode()).hexdigest()[:16]
