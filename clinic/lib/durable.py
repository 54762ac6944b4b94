"""What has to survive a power cut at once."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def durable():
    """What is committed within is on the disk, and everything before it. PostgreSQL does so with each commit.

    SQLite waits for the next checkpoint otherwise, which is quicker and may lose the last moment when the power goes.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous=NORMAL")
