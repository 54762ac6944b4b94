"""The web server's entry point. A person is waiting here, so no SQL statement runs longer than a few seconds."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT_SECONDS", "5")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
