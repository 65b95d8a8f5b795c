#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psq_geo.settings")
    # Five seconds are for those who wait for an answer; a migration or an import may take its time.
    os.environ.setdefault("PSQ_STATEMENT_TIMEOUT", "10min")
    execute_from_command_line(sys.argv)
