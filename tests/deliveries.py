"""What is known outside the database of how far it has delivered; in tests the database is rolled back all the time."""

from django.conf import settings

from clinic.messaging import outside_memory


def forget_deliveries():
    for path in (settings.DATA_DIR / outside_memory.NAME, *settings.MEMORY_DIR.glob("*")):
        path.unlink(missing_ok=True)
