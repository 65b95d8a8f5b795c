"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from ogcapi.files import sweep
from psq_geo.demonstration import check_before_serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psq_geo.settings")
application = get_wsgi_application()
check_before_serving()
# What an earlier process left past its hour; from here on the worker sees to it.
sweep()

# What was loaded stays until the process ends: a collection need not walk through it. A request leaves few cycles
# behind, and more of them at a time are found for the same price.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
