"""Which installation this is: the demonstration or a real one, its key, its names, and what stands before it."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from psq_geo.environment import env, env_bool, env_list, env_origins, secret

BASE_DIR = Path(__file__).resolve().parents[2]

DEMO = env_bool("PSQ_DEMO", True)
_REAL = [
    name
    for name in (
        "PSQ_SECRET_KEY", "PSQ_SECRET_KEY_FILE", "PSQ_BEHIND_PROXY", "PSQ_TRUSTED_PROXIES", "PSQ_TRUSTED_ORIGINS",
    )
    if env(name)
]  # fmt: skip
if "PSQ_DEMO" not in os.environ and _REAL:
    # Somebody is setting up a real installation: it must not become the demonstration by omission.
    raise ImproperlyConfigured(
        f"{', '.join(_REAL)} set without PSQ_DEMO: say PSQ_DEMO=0, or PSQ_DEMO=1 for the demonstration."
    )
DEBUG = False
THROTTLES = env_bool("PSQ_THROTTLES", True)
if not (THROTTLES or DEMO):
    raise ImproperlyConfigured("PSQ_THROTTLES=off is for the demonstration and for tests only.")

KNOWN_KEY = "demonstration-only: everybody knows this key, so nothing signed with it is worth anything"
SECRET_KEY = secret("PSQ_SECRET_KEY") or (KNOWN_KEY if DEMO else "")
if not DEMO and (SECRET_KEY == KNOWN_KEY or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured(
        "Set PSQ_SECRET_KEY, or PSQ_SECRET_KEY_FILE, to 50 random characters or more, or say PSQ_DEMO=1."
    )
ALLOWED_HOSTS = env_list("PSQ_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]" if DEMO else "")
CSRF_TRUSTED_ORIGINS = env_list("PSQ_TRUSTED_ORIGINS")
# Sites whose maps may show what a token of their user reads (psq_geo.elsewhere).
MAP_ORIGINS = env_origins("PSQ_MAP_ORIGINS")
# Right-most trusted hops in X-Forwarded-For; 0 = the peer's own address.
TRUSTED_PROXIES = int(env("PSQ_TRUSTED_PROXIES", "0"))

# Shown in the header and the footer; the State's identity is reserved to State bodies and is off by default.
SITE = {
    "brand": env("PSQ_BRAND", "PSQ"),
    "title": env("PSQ_TITLE", "psq_geo"),
    # Where people find it, for the links in e-mails: none without it.
    "url": env("PSQ_URL", f"http://127.0.0.1:{env('PORT', '8000')}" if DEMO else ""),
    "state_brand": env_bool("PSQ_STATE_BRAND", False),
    # What the law asks a site to say of itself.
    "publisher": env("PSQ_PUBLISHER"),
    "director": env("PSQ_DIRECTOR"),
    "host": env("PSQ_HOST"),
    "contact": env("PSQ_CONTACT"),
    "dpo": env("PSQ_DPO"),
}
