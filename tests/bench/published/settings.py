"""The database of the bench, and the room."""

from tests.bench.peers.textbook import settings as textbook

# A session as the product asks for it.
_SESSION = "-c search_path=peer,public -c jit=off -c max_parallel_workers_per_gather=0"
DATABASES: dict[str, dict[str, object]] = {
    "default": {**textbook.DATABASES["default"], "OPTIONS": {"options": _SESSION}}
}

SECRET_KEY = "of the bench only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.gis", "rest_framework", "drf_spectacular", "ogcapi", "tests.bench.published"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.bench.published.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REST_FRAMEWORK: dict[str, object] = {"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None}
USE_TZ = True
