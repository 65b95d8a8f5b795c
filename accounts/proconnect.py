"""Sign-in through an OpenID Connect provider, as ProConnect does it: answers are signed (RS256), accounts are not made.

Each refusal is a `Refused` with a code; what the person is told of it is the page's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import jwt
import requests
from django.conf import settings
from django.db import IntegrityError
from django.utils.crypto import constant_time_compare
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from accounts import changes
from accounts.models import Identity, User

if TYPE_CHECKING:
    from django.http import HttpRequest

# Clocks of two machines differ a little.
LEEWAY_S: Final = 30
# A token of ours says at least this; without one of them nothing else in it is worth reading.
CLAIMS: Final = ("iss", "aud", "exp", "sub")
SUBJECT: Final = re.compile(r"[\x20-\x7e]{1,255}")
# What the provider says of how the person proved themselves, when it was by more than one means (RFC 8176).
BY_TWO_MEANS: Final = "mfa"


class Refused(Exception):  # noqa: N818 - a refusal to sign in is no fault
    """Nobody is signed in. `code`: `unknown`, `unverified`, `suspended`, `elsewhere`, `invalid` or `silent`."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(why or code)
        self.code = code


@contextmanager
def _asking() -> Iterator[None]:
    """What goes wrong while the provider is asked, or in what it answers, as a Refused."""
    try:
        yield
    except (requests.Timeout, requests.ConnectionError) as error:
        raise Refused("silent", type(error).__name__) from error
    except (requests.RequestException, jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused("invalid", f"{type(error).__name__}: {error}") from error


class Provider(OIDCAuthenticationBackend):
    """One sign-in. `proved`: whether the provider says that a second factor was shown to it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the library has no types
        self.proved = False
        self._keys: list[dict[str, Any]] | None = None

    def sign_in(self, request: HttpRequest, *, nonce: str) -> User:
        """The account of the person who comes back with `code` and `state`. Raises Refused."""
        with _asking():
            user: User | None = self.authenticate(request, nonce=nonce)  # type: ignore[no-untyped-call] # the same
        if user is None:
            raise Refused("invalid", "no code")
        return user

    def verify_token(self, token: str, **expected: Any) -> dict[str, Any]:
        """The claims of a token signed by the provider, for us and still valid. With `nonce`: the one we sent."""
        if not isinstance(token, str):
            raise Refused("invalid", "no token")
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key(token),
            algorithms=[settings.OIDC_RP_SIGN_ALGO],
            audience=settings.OIDC_RP_CLIENT_ID,
            issuer=settings.OIDC_OP_ISSUER,
            leeway=LEEWAY_S,
            options={"require": list(CLAIMS)},
        )
        if not SUBJECT.fullmatch(claims["sub"]):
            raise Refused("invalid", "sub")
        if claims.get("azp", settings.OIDC_RP_CLIENT_ID) != settings.OIDC_RP_CLIENT_ID:
            raise Refused("invalid", "azp")
        if "nonce" in expected and not (
            expected["nonce"] and constant_time_compare(str(claims.get("nonce", "")), expected["nonce"])
        ):
            raise Refused("invalid", "nonce")
        return claims

    def _key(self, token: str) -> jwt.PyJWK:
        """The provider's public key that signed this, by its name and for our algorithm."""
        head = jwt.get_unverified_header(token)
        if head.get("alg") != settings.OIDC_RP_SIGN_ALGO:
            raise Refused("invalid", "alg")
        if self._keys is None:
            answer = requests.get(settings.OIDC_OP_JWKS_ENDPOINT, timeout=settings.OIDC_TIMEOUT)
            answer.raise_for_status()
            self._keys = list(answer.json()["keys"])
        named = [key for key in self._keys if key.get("kid") == head.get("kid") and key.get("kty") == "RSA"]
        if len(named) != 1:
            raise Refused("invalid", "kid")
        return jwt.PyJWK(named[0], algorithm=settings.OIDC_RP_SIGN_ALGO)

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:
        """What the provider says of the person, signed: a plain JSON answer is refused."""
        answer = requests.get(
            settings.OIDC_OP_USER_ENDPOINT,
            headers={"Authorization": f"Bearer {access_token}", "Accept": "application/jwt"},
            timeout=settings.OIDC_TIMEOUT,
        )
        answer.raise_for_status()
        if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/jwt":
            raise Refused("invalid", "userinfo is not signed")
        said = self.verify_token(answer.text.strip())
        if said["sub"] != payload["sub"]:
            raise Refused("invalid", "userinfo is of another person")
        return said

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User:
        """The account that is this person; linked at the first time by its e-mail address. None is ever made."""
        said = self.get_userinfo(access_token, id_token, payload)
        issuer, subject = settings.OIDC_OP_ISSUER, payload["sub"]
        known = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
        user = known.user if known else _reconciled(said)
        if not user.is_active:
            raise Refused("suspended")
        if known is None:
            try:
                changes.link(user=user, issuer=issuer, subject=subject)
            except IntegrityError as error:
                # Two sign-ins at once, both the first: the other one has linked them, or somebody else.
                if not Identity.objects.filter(user=user, issuer=issuer, subject=subject).exists():
                    raise Refused("elsewhere") from error
        means = payload.get("amr")
        self.proved = isinstance(means, list) and BY_TWO_MEANS in means
        return user


def _reconciled(said: dict[str, Any]) -> User:
    """The account with the address that the provider vouches for. Raises Refused."""
    email = said.get("email")
    if not isinstance(email, str) or not email.strip() or "\0" in email:
        raise Refused("unknown", "no address")
    if said.get("email_verified", True) is not True:
        raise Refused("unverified")
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise Refused("unknown")
    if Identity.objects.filter(user=user).exists():
        # The address has gone to somebody else at the provider, or the person to another provider of theirs.
        raise Refused("elsewhere")
    return user
