"""All settings, from the environment.

Without any variable this is the demonstration (`PSQ_DEMO=1`): plain http on the loopback, known accounts, an e-mail
folder instead of a mail server. Anywhere else `PSQ_DEMO=0` and the secrets are required. The database is the one of
libpq's own variables (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE).
"""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from psq_geo.environment import env, env_bool, env_list, env_origins, secret

BASE_DIR = Path(__file__).resolve().parent.parent


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

INSTALLED_APPS = [
    "psq_geo.apps.PsqGeoConfig",
    "frontend",
    "partnership",
    "incidents",
    "sectors",
    "accounts",
    "messaging",
    "ogcapi",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "psq_geo.apps.SuperuserAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.forms",
    "widget_tweaks",
    "dsfr",
    "rest_framework",
    "rest_framework_gis",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "axes",
    "gisserver",
]
# WFS: no more at once than a page of /ogc, in seven decimals.
GISSERVER_GEOJSON_MAX_PAGE_SIZE = 10_000
GISSERVER_DB_PRECISION = 7

MIDDLEWARE = [
    "psq_geo.guards.guarded",
    "psq_geo.elsewhere.shared",
    "psq_geo.shortway.ShortWay",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "psq_geo.errors.with_pages",
    "psq_geo.uploads.Uploads",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.SessionLimits",
    "frontend.gate.SecondFactorGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "psq_geo.urls"
WSGI_APPLICATION = "psq_geo.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "frontend.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# A session keeps the plan of its longest question, and takes options when it begins. Behind a pooler that shares
# sessions (pgbouncer) neither can be: PSQ_PREPARED=off, and the options by ALTER ROLE … SET.
PREPARED = env_bool("PSQ_PREPARED", True)
SESSION = (
    f"-c statement_timeout={env('PSQ_STATEMENT_TIMEOUT', '5s')} -c lock_timeout=2s"
    " -c idle_in_transaction_session_timeout=15s"
    # jit compiles a plan for longer than these short questions run.
    " -c jit=off"
    # Calling workers takes ten milliseconds, and whoever asks at the same time needs the processors too.
    " -c max_parallel_workers_per_gather=0"
    # The one prepared statement (sectors.survey) takes a list of unknown length: PostgreSQL would plan it anew each
    # time, for fear of a long one.
    " -c plan_cache_mode=force_generic_plan"
)
DATABASES = {
    "default": {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": env("PGDATABASE", "psq_geo"),
        "USER": env("PGUSER"),
        # Empty: libpq then reads PGPASSFILE.
        "PASSWORD": env("PGPASSWORD"),
        "HOST": env("PGHOST"),
        "PORT": env("PGPORT"),
        # A fresh PostGIS connection costs about 16 ms: keep it, and check it once a request.
        "CONN_MAX_AGE": int(env("PSQ_CONN_MAX_AGE", "600")),
        "CONN_HEALTH_CHECKS": True,
        # A server-side cursor outlives its transaction, which a pooler in transaction mode does not allow.
        "DISABLE_SERVER_SIDE_CURSORS": not PREPARED,
        "OPTIONS": {
            "connect_timeout": 5,
            **({"options": SESSION} if PREPARED else {}),
        },
    }
}
# The running product is a role that may not change what is written once. As the owner of the tables, named here, the
# worker's purge forgets what is past its time; nothing else uses this connection.
if env("PSQ_OWNER") and env("PSQ_OWNER") != env("PGUSER"):
    DATABASES["owner"] = {
        **DATABASES["default"],
        "USER": env("PSQ_OWNER"),
        "PASSWORD": secret("PSQ_OWNER_PASSWORD") or env("PGPASSWORD"),
        "CONN_MAX_AGE": 0,
        "TEST": {"MIRROR": "default"},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "frontend.views.pages.csrf_failure"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# In the session, whose cookie has a `__Host-` name: the default's own cookie would have a plain one.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "sectors.safeguards.LengthByRole"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotTrivial"},
]

PASSWORD_RESET_TIMEOUT = 3600

# Five wrong passwords for an account from an address, and both together wait a quarter of an hour. The form itself
# tells so (accounts/forms.py), hence no middleware of axes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.lockout.account_name"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

SESSION_ENGINE = "accounts.sessions"
# What a person was writing outlives their sign-in in the browser's session; whose it is stands in it.
SESSION_SURVIVORS = ["draft", "typed"]
# A function of the account: how long its session may rest without a request.
IDLE_LIMIT = "sectors.safeguards.idle_limit"

# After the first wrong code 1 s, then 2 s, 4 s…: as with the other limits, not where they are lifted.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = int(THROTTLES)

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEMO
if not DEMO:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if env_bool("PSQ_BEHIND_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# ProConnect, or another provider of OpenID Connect whose answers are signed: off without a client's name.
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
    # The form that signs out is led on to the provider.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append("/".join(OIDC_OP_LOGOUT_ENDPOINT.split("/")[:3]))
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = env("PSQ_OIDC_SCOPES", "openid email")
OIDC_AUTH_REQUEST_EXTRA_PARAMS = {"claims": '{"id_token":{"amr":{"essential":true}}}'}
OIDC_AUTHENTICATION_CALLBACK_URL = "proconnect_back"
OIDC_STATE_SIZE = OIDC_NONCE_SIZE = 43
OIDC_TIMEOUT = 5
OIDC_CREATE_USER = False
OIDC_STORE_ID_TOKEN = True

# Right-most trusted hops in X-Forwarded-For; 0 = the peer's own address.
TRUSTED_PROXIES = int(env("PSQ_TRUSTED_PROXIES", "0"))

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# A page takes no file unless it says so (psq_geo.uploads).
FILE_UPLOAD_HANDLERS = ["incidents.uploads.NoFile"]
# Where photos lie: a folder that web servers and workers share, and that nothing serves by itself.
MEDIA_ROOT = Path(env("PSQ_MEDIA_ROOT", str(BASE_DIR / ".local" / "media")))
# Downloads that are files, each for an hour: a folder that web servers and workers of a machine share.
DOWNLOADS_ROOT = Path(env("PSQ_DOWNLOADS_ROOT", str(BASE_DIR / ".local" / "downloads")))

# GDAL < 3.9 lets a GeoJSON text name a remote coordinate system. No text of a request reaches GDAL here: the strict
# reader builds every geometry from numbers (ogcapi/geojson/, tests/test_architecture.py).
# axes.W002 misses a middleware of axes (see AXES_FAILURE_LIMIT).
SILENCED_SYSTEM_CHECKS = ["gis.W001", "axes.W002"]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("PSQ_STATIC_ROOT", str(BASE_DIR / ".local" / "static")))
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Hashed storage rewrites the CSS, so the upstream checksums can no longer match.
DSFR_USE_INTEGRITY_CHECKSUMS = False
DSFR_MARK_OPTIONAL_FIELDS = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ogcapi.geojson.parser.StrictJSONParser", "ogcapi.geojson.parser.StrictGeoJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "psq_geo.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "TOKEN_PREFIX": "psq_"}
KNOX_TOKEN_MODEL = "accounts.ApiToken"
# knox's own table would only stand beside accounts.ApiToken, and a flush would not know it.
MIGRATION_MODULES = {"knox": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "psq_geo",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "psq_geo.openapi.describe_errors",
    ],
    "ENUM_NAME_OVERRIDES": {"OutcomeEnum": "sectors.views.locate.OUTCOMES"},
}

EMAIL_BACKEND = env(
    "PSQ_EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = env("PSQ_EMAIL_FOLDER", str(BASE_DIR / ".local" / "mail"))
EMAIL_HOST = env("PSQ_EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("PSQ_EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("PSQ_EMAIL_USER")
EMAIL_HOST_PASSWORD = secret("PSQ_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("PSQ_EMAIL_TLS", not DEMO)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("PSQ_EMAIL_FROM", "psq@psq.example")

# What the worker runs besides deliveries: dotted path -> seconds between two runs.
PERIODIC_TASKS: dict[str, int] = {
    "accounts.tasks.forget_expired": 3600,
    "incidents.tasks.forget_idempotency_keys": 3600,
    "accounts.tasks.purge": 86_400,
    "incidents.tasks.sweep_photos": 3600,
    "incidents.tasks.end_suspensions": 900,
    "incidents.tasks.escalate": 900,
    "incidents.tasks.ask_again": 3600,
    "incidents.tasks.apply_editions": 60,
    "incidents.tasks.pass_on": 300,
    "messaging.tasks.digests": 300,
    "partnership.tasks.suggest_problems": 3600,
    "partnership.tasks.ask_partners_again": 3600,
    "partnership.tasks.end_suspensions": 900,
    "ogcapi.files.sweep": 300,
}
# What is forgotten and when, in this order: dotted paths of accounts.retention.Rule.
RETENTION_RULES: tuple[str, ...] = (
    "incidents.changes.forgetting.DRAFT",
    "incidents.changes.forgetting.REPORTER_CONTACT",
    "partnership.changes.forgetting.MEETING",
    "partnership.changes.forgetting.PROBLEM",
    "partnership.changes.forgetting.SUGGESTION",
    "incidents.changes.forgetting.CONCERN",
    "incidents.changes.successions.SUCCESSION",
    "incidents.changes.forgetting.IDEMPOTENCY_KEY",
    "incidents.changes.forgetting.ANNOUNCEMENT",
    "accounts.changes.forgetting.MESSAGE_TEXT",
    "accounts.changes.forgetting.MESSAGE",
    "accounts.changes.forgetting.NOTICE",
    "accounts.changes.forgetting.SESSION",
    "accounts.changes.forgetting.TOKEN",
    "accounts.changes.forgetting.ATTEMPT",
    "accounts.changes.forgetting.BUCKET",
    "sectors.changes.forgetting.INVITATION",
    "sectors.changes.forgetting.ACCESS_LOG",
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    # A refusal is a line without a traceback, and no line holds what somebody typed into an address.
    "filters": {"one_line": {"()": "psq_geo.log_lines.OneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one_line"]}},
    # Any stranger may name a wrong host: that is no news.
    # And axes writes addresses of people into the log at each wrong password.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}, "axes": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": env("PSQ_LOG_LEVEL", "WARNING")},
}

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
