"""Versions of what is read far more often than changed, so processes can cache it (`clinic.lib.cached_by_version`).

Triggers in the database change the token, so it does not matter who writes, or how.
"""

from uuid import uuid4

from django.db import models


class Version(models.Model):
    """One row whose token changes with every change of some tables."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    token = models.UUIDField(default=uuid4)

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.token)


class TimetableVersion(Version):
    """Of people, hours, absences, rooms, machines and kinds of visit (`clinic.scheduling.timetable`)."""


class WordsVersion(Version):
    """Of what the public pages are made of (`clinic.website.page_cache`)."""
