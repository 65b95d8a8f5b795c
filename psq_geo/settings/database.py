"""The database, as the role that runs and, where it is told, as the owner of the tables."""

from psq_geo.environment import env, env_bool, secret

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
# knox's own table would only stand beside accounts.ApiToken, and a flush would not know it.
MIGRATION_MODULES = {"knox": None}
