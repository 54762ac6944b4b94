"""Settings: every value that may differ between two clinics comes from the environment.

Without any environment the embedded default runs: SQLite, a file-system broker, mail written to files.
`.env.example` lists each name; a test compares that list with this folder.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from clinic.settings import content_security, folders
from clinic.settings.environment import BASE_DIR, env
from clinic.settings.second_factor import *  # noqa: F403 - each name in it is a setting
from clinic.settings.sign_in import *  # noqa: F403 - each name in it is a setting
from clinic.settings.ways_out import *  # noqa: F403 - each name in it is a setting


def stored_secret_key(path):
    """The embedded default's own key: made once, stored beside its data, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


# The clinic
CLINIC_NAME = env.str("CLINIC_NAME", default="Linden Pain Clinic")
CLINIC_TIME_ZONE = env.str("CLINIC_TIME_ZONE", default="Europe/Vilnius")
CLINIC_PHONE = env.str("CLINIC_PHONE", default="+370 5 200 0000")
CLINIC_EMAIL = env.str("CLINIC_EMAIL", default="desk@clinic.example")
CLINIC_ADDRESS = env.str("CLINIC_ADDRESS", default="12 Linden Street, Vilnius")
EMERGENCY_NUMBER = env.str("EMERGENCY_NUMBER", default="112")
PRIVACY_FILE = Path(env.str("PRIVACY_FILE", default="") or BASE_DIR / "privacy.toml")
PHONENUMBER_DEFAULT_REGION = env.str("CLINIC_COUNTRY", default="LT")

# The installation
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
DATA_DIR = folders.closed(env.str("DATA_DIR", default=str(BASE_DIR / "data")))
MEMORY_DIR = Path(os.path.expanduser(env.str("MEMORY_DIR", default="~/.local/state/clinic")))  # also without a home
SECRET_KEY = env.str("SECRET_KEY", default="") or stored_secret_key(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
IDENTIFIER_KEYS = env.list("IDENTIFIER_KEYS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname, "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
WEB_WORKERS = env.int("WEB_WORKERS", default=2 if env.str("DATABASE_URL", default="") else 1)

# Upward names are written here as strings only; see the import directions in tests/architecture.
INSTALLED_APPS = [
    "clinic",
    "procedures",
    "aftercare",
    "clinic.lib.catalogue_app.CatalogueConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "phonenumber_field",
]

MIDDLEWARE = [
    "clinic.middleware.DemoStaysHereMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.middleware.VisitorsGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic.middleware.PrivacyHeadersMiddleware",
    "clinic.middleware.ReadableRequestsMiddleware",
    "clinic.middleware.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "clinic.middleware.SignedWebhooksMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.middleware.RefusalsMiddleware",
    "clinic.unsent_forms.SignInRequiredMiddleware",
    "clinic.screen_lock.ScreenLockMiddleware",
    "clinic.second_factor.SecondFactorMiddleware",
    "clinic.unsent_forms.UnsentFormsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.middleware.TriesMiddleware",
    "clinic.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context_processors.clinic",
            ],
        },
    },
]
# Plain text is not HTML: texts sent by e-mail and SMS have their own engine, which escapes nothing.
TEMPLATES.append(
    {
        "NAME": "plain-text",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False},
    }
)
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database. Web and worker give up after these waits; commands (migrate, seed_demo) may take as long as they need.
LOCK_TIMEOUT_SECONDS = env.float("DATABASE_LOCK_TIMEOUT_SECONDS", default=2)
STATEMENT_TIMEOUT_SECONDS = env.float("DATABASE_STATEMENT_TIMEOUT_SECONDS", default=0)
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'clinic.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Every atomic block takes the write lock at its start, so two bookings never read the same free time.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Recursive triggers: INSERT OR REPLACE also fires the delete triggers of the row that it replaces.
        # Trusted schema: the trigger that chains the audit trail calls SHA256, which Django gives to SQLite.
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
        "PRAGMA recursive_triggers=ON;PRAGMA trusted_schema=ON;",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,  # seconds; a database whose machine is gone answers nothing
        "options": f"-c lock_timeout={int(LOCK_TIMEOUT_SECONDS * 1000)}"
        f" -c statement_timeout={int(STATEMENT_TIMEOUT_SECONDS * 1000)}"
        # Compiling a query takes longer than running any the clinic has: two thirds of the time of the outcomes page.
        " -c jit=off",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker: a doorbell only. The rows in the database are the truth, so losing it loses nothing.
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    }
else:
    QUEUE_DIR = DATA_DIR / "queue"
    for folder in ("tasks", "done", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "tasks"),
        "data_folder_out": str(QUEUE_DIR / "tasks"),
        "processed_folder": str(QUEUE_DIR / "done"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_IGNORE_RESULT = CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# One process per worker. One of its threads delivers, with many calls open; the others are free for chores meanwhile.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = 4
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: Redis comes back
CELERY_TIMEZONE = "UTC"
# The beat only ticks and remembers nothing: what is due is in the database (clinic/operations/chores.py).
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
BEAT_SECONDS = env.float("BEAT_SECONDS", default=30)
WORKER_STOP_SECONDS = env.float("WORKER_STOP_SECONDS", default=60)
# A worker that was down finds a few rings of the doorbell, not a night's worth; one whose clock is fast still hears.
RINGS_EXPIRE_SECONDS = 300
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "clinic.tick",
        "schedule": BEAT_SECONDS,
        "options": {"expires": RINGS_EXPIRE_SECONDS},
    },
}

# Messages
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{CLINIC_NAME} <{CLINIC_EMAIL}>")
MESSAGES_ARCHIVED_AFTER_DAYS = env.int("MESSAGES_ARCHIVED_AFTER_DAYS", default=90)
QUIET_HOURS = (env.int("QUIET_HOURS_FROM", default=20), env.int("QUIET_HOURS_UNTIL", default=8))

# Limits on attempts to sign in: counted in the database, so they hold for all web processes, and while Redis is away.
CACHES = {"default": {"BACKEND": "clinic.operations.shared_cache.SharedCache"}}

# Booking
HOLD_MINUTES = 10
CHECK_IN_OPENS_MINUTES = 60  # by the patient's own phone, before the visit
HOLDS_PER_ADDRESS = env.int("HOLDS_PER_ADDRESS", default=3)
HOLDS_PER_SHARED_ADDRESS = env.int("HOLDS_PER_SHARED_ADDRESS", default=30)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Language and time
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = CLINIC_TIME_ZONE
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["clinic.formats"]

# Pictures of patients: outside the web root, shown by a view only.
IMAGES_DIR = Path(env.str("IMAGES_DIR", default=str(DATA_DIR / "images")))
# Photos of the people who treat: public
PHOTOS_DIR = Path(env.str("PHOTOS_DIR", default=str(DATA_DIR / "photos")))
for folder in (IMAGES_DIR, PHOTOS_DIR, MEMORY_DIR):
    folders.close(folder)
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "clinic.lib.upload_limits.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Static files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "clinic.website.asset_bundles.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Security
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS and TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "clinic.views.system.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": content_security.DIRECTIVES}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "clinic.lib.redacted_logs.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Addresses may contain what only their reader should see; the web server logs none, and the SDK sends none.
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "twilio": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
