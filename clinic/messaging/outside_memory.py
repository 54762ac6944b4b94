"""What is remembered outside the database of how far it has delivered. Restoring the database leaves it as it is.

Three places, each of which may be lost: a file in the data folder of each machine; one in `MEMORY_DIR`, which stays
when a whole data folder is put back; and Redis, which all machines share.
"""

import fcntl
import logging
import os
from contextlib import suppress
from functools import lru_cache

from django.conf import settings

from clinic.lib.soft_redis import soft_redis

logger = logging.getLogger(__name__)

NAME = "delivery-mark"


def recall(database=None):
    """How far each database is known to have delivered: numbers by its name, the one of this machine first.

    `database`: the name of one that is looked for even if the data folder and Redis know only others.
    """
    found = [_read_file(settings.DATA_DIR / NAME), _read_redis()]
    names = dict.fromkeys(name for name, _number in filter(None, found)) | ({database: None} if database else {})
    found += [_read_file(settings.MEMORY_DIR / name) for name in names]
    furthest = {}
    for name, number in filter(None, found):
        furthest[name] = max(number, furthest.get(name, number))
    return furthest


def remember(database, number):
    """Note it in every place. One that cannot be written is left: the others know."""
    for folder, name in ((settings.DATA_DIR, NAME), (settings.MEMORY_DIR, database)):
        try:
            _write_file(folder, name, database, number)
        except OSError as error:
            _complain(folder, type(error).__name__)
    if settings.REDIS_URL:
        soft_redis(settings.REDIS_URL).set(NAME, f"{database} {number}")


@lru_cache
def _complain(folder, why):
    """Once, not before each claim."""
    logger.warning("how far was delivered cannot be noted in %s: %s", folder, why)


def _read_file(path):
    with suppress(OSError):
        return _understood(path.read_text(errors="replace"))
    return None


def _read_redis():
    if settings.REDIS_URL:
        return _understood(soft_redis(settings.REDIS_URL).get(NAME) or "")
    return None


def _understood(text):
    """Name and number; None for a file that a power cut left empty."""
    words = text.split()
    return (words[0], int(words[1])) if len(words) == 2 and words[1].isdecimal() else None


def _write_file(folder, name, database, number):
    """Never less than what is there: several processes write it. One short write, so a kill leaves no half of it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        there = _understood(os.read(file, 100).decode(errors="replace"))
        if not (there and there[0] == database and there[1] >= number):
            os.pwrite(file, f"{database} {number:020d}\n".encode(), 0)
    finally:
        os.close(file)
