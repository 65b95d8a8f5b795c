"""ProConnect, or another provider of OpenID Connect whose answers are signed: off without a client's name."""

from django.core.exceptions import ImproperlyConfigured

from psq_geo.environment import env, secret
from psq_geo.settings.installation import DEMO

PROCONNECT = bool(env("PSQ_OIDC_CLIENT_ID"))
if PROCONNECT:
    OIDC_OP_ISSUER = env("PSQ_OIDC_ISSUER")
    if not OIDC_OP_ISSUER:
        raise ImproperlyConfigured("PSQ_OIDC_ISSUER: the https address by which the provider names itself.")
    OIDC_RP_CLIENT_ID = env("PSQ_OIDC_CLIENT_ID")
    OIDC_RP_CLIENT_SECRET = secret("PSQ_OIDC_CLIENT_SECRET")
    if not OIDC_RP_CLIENT_SECRET:
        raise ImproperlyConfigured("PSQ_OIDC_CLIENT_SECRET, or a file of it, goes with PSQ_OIDC_CLIENT_ID.")
    _AT = OIDC_OP_ISSUER.rstrip("/")
    OIDC_OP_AUTHORIZATION_ENDPOINT = env("PSQ_OIDC_AUTHORIZE_URL", f"{_AT}/authorize")
    OIDC_OP_TOKEN_ENDPOINT = env("PSQ_OIDC_TOKEN_URL", f"{_AT}/token")
    OIDC_OP_USER_ENDPOINT = env("PSQ_OIDC_USERINFO_URL", f"{_AT}/userinfo")
    OIDC_OP_JWKS_ENDPOINT = env("PSQ_OIDC_JWKS_URL", f"{_AT}/jwks")
    OIDC_OP_LOGOUT_ENDPOINT = env("PSQ_OIDC_LOGOUT_URL", f"{_AT}/session/end")
    # Keys and tokens of sign-in travel to each of them.
    for _variable, _address in {
        "PSQ_OIDC_ISSUER": OIDC_OP_ISSUER,
        "PSQ_OIDC_AUTHORIZE_URL": OIDC_OP_AUTHORIZATION_ENDPOINT,
        "PSQ_OIDC_TOKEN_URL": OIDC_OP_TOKEN_ENDPOINT,
        "PSQ_OIDC_USERINFO_URL": OIDC_OP_USER_ENDPOINT,
        "PSQ_OIDC_JWKS_URL": OIDC_OP_JWKS_ENDPOINT,
        "PSQ_OIDC_LOGOUT_URL": OIDC_OP_LOGOUT_ENDPOINT,
    }.items():
        if not _address.startswith(("https://", "http://") if DEMO else "https://"):
            raise ImproperlyConfigured(f"{_variable}: an https address of the identity provider.")
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = env("PSQ_OIDC_SCOPES", "openid email")
OIDC_AUTH_REQUEST_EXTRA_PARAMS = {"claims": '{"id_token":{"amr":{"essential":true}}}'}
OIDC_AUTHENTICATION_CALLBACK_URL = "proconnect_back"
OIDC_STATE_SIZE = OIDC_NONCE_SIZE = 43
OIDC_TIMEOUT = 5
OIDC_CREATE_USER = False
OIDC_STORE_ID_TOKEN = True
