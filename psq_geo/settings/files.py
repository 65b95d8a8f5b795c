"""Files: those that are sent, those that are kept, and those that every page loads."""

from pathlib import Path

from psq_geo.environment import env
from psq_geo.settings.installation import BASE_DIR

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# A page takes no file unless it says so (psq_geo.uploads).
FILE_UPLOAD_HANDLERS = ["incidents.uploads.NoFile"]
# Where photos lie: a folder that web servers and workers share, and that nothing serves by itself.
MEDIA_ROOT = Path(env("PSQ_MEDIA_ROOT", str(BASE_DIR / ".local" / "media")))
# Downloads that are files, each for an hour: a folder that web servers and workers of a machine share.
DOWNLOADS_ROOT = Path(env("PSQ_DOWNLOADS_ROOT", str(BASE_DIR / ".local" / "downloads")))

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
