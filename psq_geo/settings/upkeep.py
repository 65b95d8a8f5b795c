"""What happens without anybody asking: mail leaves, tasks run, data is forgotten, lines are logged."""

from psq_geo.environment import env, env_bool, secret
from psq_geo.settings.installation import BASE_DIR, DEMO

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
