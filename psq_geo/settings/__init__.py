"""All settings, from the environment.

Without any variable this is the demonstration (`PSQ_DEMO=1`): plain http on the loopback, known accounts, an e-mail
folder instead of a mail server. Anywhere else `PSQ_DEMO=0` and the secrets are required. The database is the one of
libpq's own variables (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE).
"""

from psq_geo.settings.api import *
from psq_geo.settings.applications import *
from psq_geo.settings.browsers import *
from psq_geo.settings.database import *
from psq_geo.settings.files import *
from psq_geo.settings.installation import *
from psq_geo.settings.proconnect import *
from psq_geo.settings.sign_in import *
from psq_geo.settings.upkeep import *
