from uuid import uuid4

from django.db import models


class TimetableVersion(models.Model):
    """One row whose token changes with every change of people, hours, absences, rooms, machines or kinds of visit.

    Triggers in the database change it (`clinic.scheduling.timetable`), so it does not matter who writes, or how.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    token = models.UUIDField(default=uuid4)

    def __str__(self):
        return str(self.token)
