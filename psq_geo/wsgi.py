"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from psq_geo.demonstration import check_before_serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psq_geo.settings")
application = get_wsgi_application()
check_before_serving()
