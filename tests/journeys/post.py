"""Delivers what the clinic sends, and reads a code that arrived."""

import re

from django.conf import settings
from django.utils import timezone

from clinic.messaging import delivery


def deliver():
    """Delivers what is due."""
    while delivery.deliver_due(at=timezone.now()):
        pass


def newest_code():
    """From the newest mail that has one; the row no longer has it once it was handed over."""
    deliver()
    files = (settings.DATA_DIR / "messages" / "email").glob("sign-in-*")
    newest = max(files, key=lambda file: file.stat().st_ctime)
    return re.search(r"^\s*(\d{6,8})\s*$", newest.read_text(), re.MULTILINE).group(1)
