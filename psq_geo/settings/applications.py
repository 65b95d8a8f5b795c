"""What the product is put together from: applications, middleware, templates, languages."""

from django.utils.translation import gettext_lazy as _

from psq_geo.settings.installation import BASE_DIR

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

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# GDAL < 3.9 lets a GeoJSON text name a remote coordinate system. No text of a request reaches GDAL here: the strict
# reader builds every geometry from numbers (ogcapi/geojson/, tests/test_architecture.py).
# axes.W002 misses a middleware of axes (see AXES_FAILURE_LIMIT).
SILENCED_SYSTEM_CHECKS = ["gis.W001", "axes.W002"]
