"""An identity provider on the loopback that answers as ProConnect does, and misbehaves when told to.

It speaks the code flow of OpenID Connect over real HTTP: `/token`, `/jwks` and `/userinfo` (a signed JWT); a browser's
way through `/authorize` is `sign_in`. What it says of the person and how it says it are plain attributes.
"""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT: Final = "psq-geo-client"
BEGIN, BACK, ENDED = (f"/connexion/proconnect/{each}" for each in ("", "retour/", "fin/"))
SECRET: Final = "a secret between the two of them"
KEY: Final = RSAKey.generate_key(2048, {"kid": "current", "use": "sig", "alg": "RS256"})
STRANGER: Final = RSAKey.generate_key(2048, {"kid": "current", "use": "sig", "alg": "RS256"})


class Provider(ThreadingHTTPServer):
    """`person` is who signs in there; `id_token` and `userinfo` change what is said, `wrong` how it is said."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.person: dict[str, Any] = {"sub": "subject-1", "email": "somebody@psq.example", "email_verified": True}
        self.amr: list[str] = ["pwd"]
        self.id_token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.wrong = ""
        self.nonces: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def issuer(self) -> str:
        """The address by which it names itself."""
        return f"http://127.0.0.1:{self.server_address[1]}/api/v2"

    def stop(self) -> None:
        """Lets go of who still waits, and closes."""
        self.released.set()
        self.shutdown()
        self.server_close()

    def sign_in(self, authorize: str) -> str:
        """The address to which the person's browser is sent back, once they have signed in at this address of ours."""
        asked = one(urlsplit(authorize).query)
        code = f"code-{len(self.nonces)}"
        self.nonces[code] = asked["nonce"]
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def signed(self, claims: dict[str, Any], *, where: str) -> str:
        """A token of these claims, as good as `wrong` lets it be there."""
        key, algorithm = (STRANGER if self.wrong == f"{where} signature" else KEY), "RS256"
        head = {"alg": algorithm, "kid": "unknown" if self.wrong == f"{where} kid" else "current"}
        if self.wrong == f"{where} alg":
            return forged({**head, "alg": "HS256"}, claims)
        if self.wrong == f"{where} none":
            return forged({**head, "alg": "none"}, claims)
        return jwt.encode(head, claims, key, algorithms=[algorithm])

    def claims(self, **more: Any) -> dict[str, Any]:
        """What every token of it says."""
        now = int(time.time())
        return {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, **more}


def forged(head: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed with what everybody knows, for a reader that takes the public key as a secret; or not signed at all."""
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, claims))
    seal = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256") if head["alg"] == "HS256" else b""
    return f"{text}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def one(query: str) -> dict[str, str]:
    """The parameters, each once."""
    return {name: values[0] for name, values in parse_qs(query).items()}


class Conversation(BaseHTTPRequestHandler):
    """One request."""

    server: Provider

    def log_message(self, *words: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self.answer(one(urlsplit(self.path).query))

    def do_POST(self) -> None:
        self.answer(one(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    def answer(self, sent: dict[str, str]) -> None:
        path = urlsplit(self.path).path.removeprefix("/api/v2")
        provider = self.server
        provider.asked.append((path, sent))
        if provider.wrong == f"{path} hangs":
            provider.released.wait(30)
            return
        if provider.wrong == f"{path} fails":
            self.say(500, "text/plain", b"no")
            return
        if provider.wrong == f"{path} babbles":
            self.say(200, "text/html", b"<p>Maintenance</p>")
            return
        match path:
            case "/jwks":
                self.say_json({"keys": [KEY.as_dict(private=False)]})
            case "/token":
                self.token(sent)
            case "/userinfo":
                self.userinfo()
            case _:
                self.say(404, "text/plain", b"")

    def token(self, sent: dict[str, str]) -> None:
        provider = self.server
        nonce = provider.nonces.pop(sent.get("code", ""), None)
        if nonce is None or sent.get("client_id") != CLIENT or sent.get("client_secret") != SECRET:
            self.say_json({"error": "invalid_grant"}, status=400)
            return
        said = provider.claims(sub=provider.person["sub"], nonce=nonce, amr=provider.amr)
        claims = {name: value for name, value in (said | provider.id_token).items() if value is not None}
        signed = provider.signed(claims, where="id_token")
        self.say_json({"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": signed})

    def userinfo(self) -> None:
        provider = self.server
        if self.headers.get("Authorization") != "Bearer access":
            self.say(401, "text/plain", b"")
            return
        said = provider.claims(**provider.person) | provider.userinfo
        claims = {name: value for name, value in said.items() if value is not None}
        if provider.wrong == "userinfo plain":
            self.say_json(claims)
        elif provider.wrong == "userinfo disguised":
            self.say(200, "application/jwt", json.dumps(claims).encode())
        else:
            self.say(200, "application/jwt; charset=utf-8", provider.signed(claims, where="userinfo").encode())

    def say_json(self, document: dict[str, Any], *, status: int = 200) -> None:
        self.say(status, "application/json", json.dumps(document).encode())

    def say(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def came_back(provider: Provider, visitor: Client, *, begin: str = BEGIN) -> Any:
    """The answer to who comes back from the provider."""
    return visitor.get(provider.sign_in(visitor.get(begin)["Location"]))
