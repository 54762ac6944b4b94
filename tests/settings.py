"""The app's own settings with a data folder of their own, and without what would only slow the tests down."""

import atexit
import os
import shutil
import tempfile

if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="clinic-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ.setdefault("MEMORY_DIR", f"{os.environ['DATA_DIR']}/memory")
os.environ.setdefault("DEMO", "true")
# Named here, so that a developer's own .env does not lead the tests to another database or broker.
os.environ.setdefault("DATABASE_URL", f"sqlite:///{os.environ['DATA_DIR']}/clinic.sqlite3")
os.environ.setdefault("REDIS_URL", "")

from clinic.settings import *  # noqa: F403 - the environment must be set first
from clinic.settings import DATA_DIR, DATABASES, INSTALLED_APPS, MIDDLEWARE, STATIC_ROOT, STORAGES

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file as in the clinic: SQLite's shared memory locks differently.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

STATIC_ROOT.mkdir(exist_ok=True)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A page that repeats a query for each of its rows is an error.
INSTALLED_APPS = ["tests.emptying", *INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
