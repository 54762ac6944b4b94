"""The Celery application: `celery -A clinic worker` and `celery -A clinic beat`."""

import os

from celery import Celery
from celery.signals import after_setup_logger, after_setup_task_logger, beat_init

from clinic.lib.redacted_logs import redact_handlers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("clinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def tick_at_once(**kwargs):
    """The first tick comes when the beat starts: what fell due while it was down need not wait for the second."""
    app.send_task("clinic.tick", ignore_result=True)


after_setup_logger.connect(redact_handlers)
after_setup_task_logger.connect(redact_handlers)
