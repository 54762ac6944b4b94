"""What the clinic sends goes out, and a code that came is read."""

import re

from django.conf import settings
from django.utils import timezone

from clinic.messaging import delivery


def deliver():
    """What is due goes out."""
    while delivery.deliver_due(at=timezone.now()):
        pass


def newest_code():
    """Of the newest mail that brings one; the row forgets it once it was handed over."""
    deliver()
    files = (settings.DATA_DIR / "messages" / "email").glob("sign-in-*")
    newest = max(files, key=lambda file: file.stat().st_ctime)
    return re.search(r"^\s*(\d{6,8})\s*$", newest.read_text(), re.MULTILINE).group(1)
